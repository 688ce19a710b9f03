package import FerryCore
import FerryLinux
import FoundationEssentials
import Glibc
import Synchronization

/// Something that happened on this host and that an administrator may look for later.
package struct HostEvent: Sendable, Codable, Hashable {
    package enum Level: String, Sendable, Codable {
        case information = "Information", warning = "Warning", error = "Error"
    }

    /// Unix time.
    package var time: Double
    package var level: Level
    /// Machine name, or nil for the host.
    package var target: String?
    package var message: String

    package init(time: Double, level: Level, target: String?, message: String) {
        self.time = time
        self.level = level
        self.target = target
        self.message = message
    }
}

/// The host's events: one JSON object a line in `events.jsonl`, and to whoever listens (ferryd's log). Never a failure.
package final class EventLog: Sendable {
    private static let sizeLimit: UInt64 = 8 << 20

    private let path: String
    private let listener: @Sendable (HostEvent) -> Void
    private let file: Mutex<AppendOnlyFile?>

    package init(folder: String, listener: @escaping @Sendable (HostEvent) -> Void = { _ in }) throws(Failure) {
        path = "\(folder)/events.jsonl"
        self.listener = listener
        file = Mutex(try AppendOnlyFile(path))
    }

    package func add(_ level: HostEvent.Level, _ target: String?, _ message: String) {
        let event = HostEvent(time: Date().timeIntervalSince1970, level: level, target: target, message: message)
        listener(event)
        guard let line = try? JSONEncoder().encode(event) else { return }
        file.withLock { file in
            if let full = file, full.length > Self.sizeLimit {
                // SAFETY: zero-terminated copies that outlive the call.
                _ = unsafe rename(path, path + ".1")
                file = try? AppendOnlyFile(path)
            }
            try? file?.append([UInt8](line) + [UInt8(ascii: "\n")])
        }
    }

    package func add(_ failure: Failure, _ target: String?) { add(.error, target, failure.description) }
}
