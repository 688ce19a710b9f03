extension Lexer {
    /// The variable whose `$` (or `@`) is at `start`. In argument mode a longer word may swallow it: then a `.word`.
    func variable(from start: Int, mode: Mode) throws(ParseDiagnostic) -> Lexeme {
        guard let (value, next) = scalar(start + 1) else { return Lexeme(kind: .word, start: start, end: start + 1) }
        if value == 0x7B {
            let (name, stop) = try bracedName(from: next, inString: false)
            if mode == .argument, !endsWord(at: stop), byte(stop) != 0x2E, byte(stop) != 0x5B, byte(stop) != 0x3F {
                return Lexeme(kind: .word, start: start, end: start + 1)
            }
            return Lexeme(kind: .variable(try path(name, start, stop)), start: start, end: stop)
        }
        guard Characters.isVariableStart(value) else { return Lexeme(kind: .word, start: start, end: start + 1) }
        let (stop, endsHard) = nameEnd(from: start + 1)
        if mode == .argument, !endsHard, !endsWord(at: stop) {
            return Lexeme(kind: .word, start: start, end: start + 1)
        }
        return Lexeme(kind: .variable(try path(source.text(start + 1, stop), start, stop)), start: start, end: stop)
    }

    /// The variable in a string or word whose `$` is at `start`; nil when the `$` is just a dollar sign.
    func variableInString(from start: Int) throws(ParseDiagnostic) -> (path: VariablePath, end: Int)? {
        guard let (value, next) = scalar(start + 1) else { return nil }
        if value == 0x7B {
            let (name, stop) = try bracedName(from: next, inString: true)
            return (try path(name, start, stop), stop)
        }
        guard Characters.isVariableStart(value) else { return nil }
        let (stop, _) = nameEnd(from: start + 1)
        return (try path(source.text(start + 1, stop), start, stop), stop)
    }

    /// The end of an unbraced name, and whether what ends it ends a variable in argument mode too (`.`, `[`, `=`, `::`).
    private func nameEnd(from start: Int) -> (end: Int, endsHard: Bool) {
        guard let (first, second) = scalar(start) else { return (start, false) }
        // $$, $? and $^ are never longer.
        if first == 0x24 || first == 0x3F || first == 0x5E { return (second, false) }
        var index = start
        while let (value, next) = scalar(index) {
            switch value {
            case 0x5F, 0x3F:
                index = next
            case 0x3A:
                // `$a::b` reads a static member of what is in $a.
                if byte(next) == 0x3A { return (index, true) }
                index = next
            case 0x2E, 0x5B, 0x3D:
                return (index, true)
            default:
                guard Characters.isLetterOrDigit(value) else { return (index, false) }
                index = next
            }
        }
        return (index, false)
    }

    /// The name between braces with its escapes resolved; `start` is after the brace.
    private func bracedName(from start: Int, inString: Bool) throws(ParseDiagnostic) -> (name: String, end: Int) {
        var name = ""
        var index = start
        while let (value, next) = scalar(index) {
            if value == 0x7D {
                if name.isEmpty {
                    throw failure(
                        "EmptyVariableReference",
                        "An empty ${} variable reference was found. A name is required inside the braces.", index,
                        index + 1)
                }
                return (name, next)
            }
            if value == 0x7B {
                throw failure(
                    "OpenBraceNeedsToBeBackTickedInVariableName", "Use `{ instead of { in variable names.", next, next)
            }
            if value == 0x60, next < end {
                let (text, stop) = try escape(from: index)
                name += text
                index = stop
                continue
            }
            if inString, Characters.isDoubleQuote(value), let (second, later) = scalar(next),
                Characters.isDoubleQuote(second)
            {
                name.append("\"")
                index = later
                continue
            }
            if let scalar = Unicode.Scalar(value) { name.unicodeScalars.append(scalar) }
            index = next
        }
        throw failure(
            "IncompleteDollarVariableReference", "${variable} reference starting is missing the closing '}'.",
            start - 1,
            start - 1, isIncomplete: true)
    }

    private func path(_ name: String, _ start: Int, _ stop: Int) throws(ParseDiagnostic) -> VariablePath {
        let path = VariablePath(name)
        guard path.name.isEmpty else { return path }
        if byte(start + 1) == 0x7B {
            throw failure(
                "InvalidBracedVariableReference", "Variable reference is not valid. The variable name is missing.",
                start,
                stop)
        }
        throw failure(
            "InvalidVariableReferenceWithDrive",
            "Variable reference is not valid. ':' was not followed by a valid variable name character. "
                + "Consider using ${} to delimit the name.", start, stop)
    }
}
