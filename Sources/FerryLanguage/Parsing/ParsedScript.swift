/// What parsing a text gave: a tree to run, or the reason why there is none.
package struct ParsedScript: Sendable {
    package let source: SourceText
    /// nil exactly when `diagnostics` is not empty.
    package let script: ScriptBlock?
    package let diagnostics: [ParseDiagnostic]
    /// Every token up to the first error, comments included, in source order: for completion, help comments and colouring.
    package let tokens: [Token]

    /// The text ended before the script did: more input could make it right. The prompt then asks for another line.
    package var isIncomplete: Bool { diagnostics.first?.isIncomplete ?? false }
}
