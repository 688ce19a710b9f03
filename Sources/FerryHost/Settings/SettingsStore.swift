package import FerryCore
import FerryLinux
import Synchronization

/// The host's settings: in memory for readers, in `host.json` before a change counts.
package final class SettingsStore: Sendable {
    private let path: String
    private let settings: Mutex<HostSettings>

    /// Reads the file; without one, `initial` is what the host starts with.
    ///
    /// - Throws: `HostFault.documentDamaged`: guessing at who may migrate here would be worse than not starting.
    package init(folder: String, initial: HostSettings) throws(Failure) {
        path = "\(folder)/\(HostSettings.fileName)"
        let stored = try JSONDocument.readIfPresent(HostSettings.self, at: path)
        if let stored, stored.format > HostSettings.currentFormat {
            throw Failure(
                HostFault.documentDamaged, "\(path) was written by a newer ferryd (format \(stored.format)).",
                target: path,
                advice: "Start the newer ferryd, or move the file away.")
        }
        settings = Mutex(stored ?? initial)
    }

    package var current: HostSettings { settings.withLock { $0 } }

    /// Changes the settings once the file holds them; a failure leaves them as they were.
    @discardableResult
    package func update<Result>(
        _ change: (inout HostSettings) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try settings.withLock { (settings) throws(Failure) in
            var changed = settings
            let result = try change(&changed)
            if changed != settings {
                try JSONDocument.write(changed, to: path)
                settings = changed
            }
            return result
        }
    }
}
