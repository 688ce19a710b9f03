import FoundationEssentials
import Glibc
package import Logging

/// Writes log lines to stderr: with journald's priority in front where journald reads, with the time where it does not.
package struct JournalLog: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let isJournal: Bool

    package init(level: Logger.Level) {
        logLevel = level
        isJournal = unsafe getenv("JOURNAL_STREAM") != nil
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let details = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let suffix = details.map { " \($0.key)=\($0.value)" }.joined()
        let head =
            isJournal
            ? "<\(event.level.priority)>" : "\(Date.now.formatted(.iso8601)) \(event.level.rawValue.uppercased()) "
        // One record a message, whatever the message's own lines: the later ones are indented.
        let text = "\(event.message)\(suffix)".split(separator: "\n", omittingEmptySubsequences: false)
        let line = Array(
            (text.enumerated().map { ($0 == 0 || !isJournal ? "" : head) + $1 }.joined(separator: "\n  ")).utf8)
        let bytes = Array(head.utf8) + line + [UInt8(ascii: "\n")]
        // SAFETY: writes the array's own bytes; one write keeps lines of several threads apart.
        _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress!, $0.count) }
    }
}

extension Logger.Level {
    /// syslog's.
    fileprivate var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
