package import FerryEngine
import FerryRemoting

extension SessionTable {
    /// How long a key may wait for the other host, as for names of machines.
    private static let completionLimit = Duration.milliseconds(300)

    /// What could stand at the cursor of a line, as the host of the entered session says; nil when none is entered.
    ///
    /// - Parameter cursor: UTF-8 bytes.
    package func enteredCompletion(of text: String, cursor: Int) -> CommandCompletion? {
        guard let session = entered else { return nil }
        let nothing = CommandCompletion(matches: [], start: cursor, count: 0)
        let before = String(decoding: Array(text.utf8).prefix(cursor), as: UTF8.self)
        guard
            let found = session.remote.completion(
                of: text, cursor: before.utf16.count, within: Self.completionLimit)
        else { return nothing }
        let units = Array(text.utf16)
        func bytes(_ range: Range<Int>) -> Int { String(decoding: units[range], as: UTF16.self).utf8.count }
        return CommandCompletion(
            matches: found.matches.map { match in
                CompletionResult(
                    match.text, listItem: match.shown, CompletionResult.Kind(rawValue: match.kind) ?? .text)
            },
            start: bytes(0..<found.start), count: bytes(found.start..<found.start + found.count))
    }
}
