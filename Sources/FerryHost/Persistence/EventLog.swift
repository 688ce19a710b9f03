package import FerryContract
package import FerryCore
import FerryLinux
import FoundationEssentials
import Glibc
import Synchronization

/// The host's events: one JSON object a line in `events.jsonl`, and to whoever listens (ferryd's log). Adding is never a failure.
///
/// ```
///   events.jsonl      the newest, at most `sizeLimit` and a line
///   events.jsonl.1    those before, as many
/// ```
///
/// A line that was torn by a crash, or that somebody damaged, is passed over by readers.
package final class EventLog: Sendable {
    private struct State {
        var file: AppendOnlyFile?
        var newest: UInt64
    }

    /// Longer messages are cut: a peer's words must not fill the log.
    private static let messageLimit = 8 << 10

    private let path: String
    private let sizeLimit: UInt64
    private let listener: @Sendable (HostEvent) -> Void
    private let state: Mutex<State>

    /// - Parameter sizeLimit: bytes after which a new file begins.
    package init(
        folder: String, sizeLimit: UInt64 = 8 << 20, listener: @escaping @Sendable (HostEvent) -> Void = { _ in }
    ) throws(Failure) {
        path = "\(folder)/events.jsonl"
        self.sizeLimit = sizeLimit
        self.listener = listener
        state = Mutex(State(file: try AppendOnlyFile(path), newest: 0))
        // A log that cannot be read is no reason not to start; its numbers begin anew.
        let newest = (try? events(GetEventsRequest(limit: 1)))?.first?.record ?? 0
        state.withLock { state in
            state.newest = newest
            // What follows a torn line would be torn with it.
            if state.file?.length ?? 0 > 0 { try? state.file?.append([UInt8(ascii: "\n")]) }
        }
    }

    package func add(
        _ id: EventID, _ level: HostEvent.Level, _ target: String?, _ message: String,
        _ properties: [EventProperty] = []
    ) {
        let shown = message.utf8.count <= Self.messageLimit ? message : String(message.prefix(2000)) + "…"
        let event = state.withLock { state in
            state.newest += 1
            let event = HostEvent(
                record: state.newest, time: Date().timeIntervalSince1970, id: id, level: level, target: target,
                message: shown, properties: properties)
            guard let line = try? JSONEncoder().encode(event) else { return event }
            if let full = state.file, full.length > sizeLimit {
                // SAFETY: zero-terminated copies that outlive the call.
                _ = unsafe rename(path, path + ".1")
                state.file = nil
            }
            // A file that could not be opened or has taken no more is tried anew with the next event.
            if state.file == nil { state.file = try? AppendOnlyFile(path) }
            do throws(Failure) { try state.file?.append([UInt8](line) + [UInt8(ascii: "\n")]) } catch {
                state.file = nil
            }
            return event
        }
        listener(event)
    }

    package func add(_ failure: Failure, _ target: String?) {
        add(.failure, .error, target, failure.description)
    }

    // MARK: - Reading

    private static let readLimit = 64 << 20

    /// Events that match, newest first, at most the request's limit and a page.
    package func events(_ request: GetEventsRequest) throws(Failure) -> [HostEvent] {
        let limit = min(max(0, request.limit), GetEventsRequest.pageLimit)
        var found: [HostEvent] = []
        guard limit > 0 else { return [] }
        // Both files of one moment: no rotation in between.
        let files = try state.withLock { _ throws(Failure) in
            [
                try DurableFile.readIfPresent(path, limit: Self.readLimit),
                try DurableFile.readIfPresent(path + ".1", limit: Self.readLimit),
            ]
        }
        let decoder = JSONDecoder()
        for bytes in files.compactMap({ $0 }) {
            for line in bytes.split(separator: UInt8(ascii: "\n")).reversed() {
                guard let event = try? decoder.decode(HostEvent.self, from: Data(line)), event.matches(request) else {
                    continue
                }
                found.append(event)
                if found.count == limit { return found }
            }
        }
        return found
    }
}
