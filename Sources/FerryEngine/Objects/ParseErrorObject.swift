import FerryLanguage

/// `System.Management.Automation.Language.ParseError`: one element of a `ParseException`'s `Errors`.
package final class ParseErrorObject: Object {
    private let diagnostic: ParseDiagnostic

    init(_ diagnostic: ParseDiagnostic) {
        self.diagnostic = diagnostic
        super.init()
    }

    static let type = RuntimeType("System.Management.Automation.Language.ParseError")
    package override var typeName: RuntimeType { Self.type }
    package override var text: String { ErrorView.positionMessage(diagnostic.range) + "\n" + diagnostic.message }
    package override var propertyNames: [String] { ["Extent", "ErrorId", "Message", "IncompleteInput"] }

    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "extent":
            let (start, end) = (diagnostic.range.startPosition, diagnostic.range.endPosition)
            return .object(
                CustomObject(
                    [
                        ("File", .optional(diagnostic.range.source.path)),
                        ("StartLineNumber", .count(start.line)), ("StartColumnNumber", .count(start.column)),
                        ("EndLineNumber", .count(end.line)), ("EndColumnNumber", .count(end.column)),
                        ("Text", .string(diagnostic.range.text)),
                    ], typeNames: ["System.Management.Automation.Language.IScriptExtent"]))
        case "errorid": return .string(diagnostic.id)
        case "message": return .string(diagnostic.message)
        case "incompleteinput": return .bool(diagnostic.isIncomplete)
        default: return nil
        }
    }
}
