/// A parse error in PowerShell's words.
package final class ParseDiagnostic: Error, Sendable {
    /// PowerShell's error id, e.g. `MissingEndCurlyBrace`: the `FullyQualifiedErrorId` of the error.
    package let id: String
    package let message: String
    /// The text the error view underlines; empty at the end of the text.
    package let range: SourceRange
    /// More input could repair it.
    package let isIncomplete: Bool

    package init(id: String, message: String, range: SourceRange, isIncomplete: Bool = false) {
        self.id = id
        self.message = message
        self.range = range
        self.isIncomplete = isIncomplete
    }
}

extension ParseDiagnostic: CustomStringConvertible {
    package var description: String {
        let start = range.startPosition
        return "\(range.source.path ?? "line"):\(start.line):\(start.column): \(message) [\(id)]"
    }
}
