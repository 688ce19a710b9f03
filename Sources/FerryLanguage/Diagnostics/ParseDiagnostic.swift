/// A parse error in PowerShell's words.
package struct ParseDiagnostic: Error, Sendable {
    /// PowerShell's error id, e.g. `MissingEndCurlyBrace`: the `FullyQualifiedErrorId` of the error.
    package let id: String
    package let message: String
    /// The text the error view underlines; empty at the end of the text.
    package let range: SourceRange
    /// More input could repair it.
    package let isIncomplete: Bool
}
