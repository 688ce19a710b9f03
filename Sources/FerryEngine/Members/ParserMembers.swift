import FerryLanguage

/// `[System.Management.Automation.Language.Parser]`: a script looked at, not run.
enum ParserMembers {
    static let tables: [TypeMembers] = [parser]

    private static let parser = TypeMembers("System.Management.Automation.Language.Parser") {
        $0.staticMethod(
            "ParseInput",
            "static System.Management.Automation.Language.ScriptBlockAst ParseInput(string input, [ref] tokens, [ref] errors)",
            3...3
        ) { call throws(Stop) in try parse(Parser.parse(try call.string(0)), call) }
        $0.staticMethod(
            "ParseFile",
            "static System.Management.Automation.Language.ScriptBlockAst ParseFile(string fileName, [ref] tokens, [ref] errors)",
            3...3
        ) { call throws(Stop) in
            let path = call.runspace.location.resolve(try call.string(0))
            do throws(Stop) {
                let (text, _) = try FileText.read(path)
                return try parse(Parser.parse(text, path: path), call)
            } catch {
                throw call.failed(
                    "System.IO.FileNotFoundException", error.record?.message ?? "Could not find file '\(path)'.")
            }
        }
    }

    /// Fills the references for tokens and errors; the value is what stands for the tree.
    private static func parse(_ parsed: ParsedScript, _ call: MethodCall) throws(Stop) -> Value {
        let tokens = parsed.tokens.map { token in
            object(
                "Token",
                [
                    ("Kind", .string(token.kind.rawValue)), ("Text", .string(token.text)),
                    ("Extent", extent(token.range)),
                ])
        }
        let errors = parsed.diagnostics.map { diagnostic in
            object(
                "ParseError",
                [
                    ("Extent", extent(diagnostic.range)), ("ErrorId", .string(diagnostic.id)),
                    ("Message", .string(diagnostic.message)), ("IncompleteInput", .bool(diagnostic.isIncomplete)),
                ])
        }
        try fill(call.arguments[1], .array(tokens))
        try fill(call.arguments[2], .array(errors))
        return object(
            "ScriptBlockAst", [("Extent", extent(parsed.source.wholeRange)), ("Parent", .null)])
    }

    private static func fill(_ reference: Value, _ value: Value) throws(Stop) {
        guard let reference = reference.asObject as? ReferenceObject else { return }
        _ = try reference.setProperty("Value", to: value)
    }

    private static func extent(_ range: SourceRange) -> Value {
        let (start, end) = (range.startPosition, range.endPosition)
        return object(
            "InternalScriptExtent",
            [
                ("File", .optional(range.source.path)), ("Text", .string(range.text)),
                ("StartLineNumber", .count(start.line)), ("StartColumnNumber", .count(start.column)),
                ("EndLineNumber", .count(end.line)), ("EndColumnNumber", .count(end.column)),
            ])
    }

    private static func object(_ name: String, _ properties: [(String, Value)]) -> Value {
        .object(CustomObject(properties, typeNames: ["System.Management.Automation.Language." + name]))
    }
}
