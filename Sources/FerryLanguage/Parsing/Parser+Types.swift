extension Parser {
    /// The type name at the cursor, after white space and newlines; nil when there is none.
    func typeName(allowsAssembly: Bool) throws(ParseDiagnostic) -> TypeName? {
        let start = try skipBlankLines(from: cursor)
        guard let (value, _) = lexer.scalar(start), Characters.isIdentifierStart(value) else { return nil }
        cursor = typeIdentifierEnd(from: start)
        note(.type, start, cursor)
        var type = TypeName(range: range(from: start), name: source.text(start, cursor), shape: .simple)
        var brackets = 0
        while try takeTypeCharacter(0x5B) {
            brackets += 1
            guard brackets <= 32 else { throw tooComplicated() }
            type = try typeSuffix(type, from: start)
        }
        guard allowsAssembly, try takeTypeCharacter(0x2C) else { return type }
        let assembly = assemblyName()
        guard !assembly.isEmpty else {
            throw missing(
                "MissingAssemblyNameSpecification", "The type name is missing the assembly name specification.",
                after: cursor)
        }
        return TypeName(range: range(from: start), name: type.name, shape: type.shape, assembly: assembly)
    }

    /// What follows `[` behind a type: a rank or generic arguments, the closing bracket included.
    private func typeSuffix(_ element: TypeName, from start: Int) throws(ParseDiagnostic) -> TypeName {
        let opened = cursor
        cursor = try skipBlankLines(from: cursor)
        switch lexer.byte(cursor) {
        case 0x5D, 0x2C:
            var rank = 1
            while try takeTypeCharacter(0x2C) { rank += 1 }
            guard try takeTypeCharacter(0x5D) else {
                throw missing(
                    "EndSquareBracketExpectedAtEndOfAttribute", "Missing ] at end of attribute or type literal.",
                    after: cursor)
            }
            let name = element.name + "[" + String(repeating: ",", count: rank - 1) + "]"
            return TypeName(range: range(from: start), name: name, shape: .array(of: element, rank: rank))
        default:
            let arguments = try genericArguments(opened: opened)
            let name = element.name + "[" + arguments.map(\.name).joined(separator: ",") + "]"
            return TypeName(range: range(from: start), name: name, shape: .generic(element, arguments: arguments))
        }
    }

    /// Types separated by commas up to and with `]`; each may stand in brackets of its own.
    func genericArguments(opened: Int) throws(ParseDiagnostic) -> [TypeName] {
        var arguments: [TypeName] = []
        while true {
            cursor = try skipBlankLines(from: cursor)
            let argument = try deeper { () throws(ParseDiagnostic) -> TypeName? in
                guard lexer.byte(cursor) == 0x5B else { return try typeName(allowsAssembly: false) }
                cursor += 1
                guard let inner = try typeName(allowsAssembly: true) else { return nil }
                guard try takeTypeCharacter(0x5D) else {
                    throw missing(
                        "EndSquareBracketExpectedAtEndOfType", "Missing ] at end of type token.", after: cursor)
                }
                return inner
            }
            guard let argument else {
                let next = try skipBlankLines(from: cursor)
                if let (_, after) = lexer.scalar(next), arguments.isEmpty, lexer.byte(next) != 0x5D {
                    throw failure(
                        "UnexpectedToken",
                        "Unexpected token '\(source.text(next, after))' in expression or statement.", range(next, after)
                    )
                }
                throw missing(
                    "MissingTypename", "Missing type name after '['.", after: arguments.isEmpty ? opened : cursor)
            }
            arguments.append(argument)
            cursor = try skipBlankLines(from: cursor)
            if lexer.byte(cursor) == 0x2C {
                cursor += 1
                continue
            }
            guard lexer.byte(cursor) == 0x5D else {
                throw missing(
                    "EndSquareBracketExpectedAtEndOfAttribute", "Missing ] at end of attribute or type literal.",
                    after: cursor)
            }
            cursor += 1
            return arguments
        }
    }

    private func typeIdentifierEnd(from start: Int) -> Int {
        var index = start
        while let (value, next) = lexer.scalar(index) {
            switch value {
            case 0x2E, 0x60, 0x5F, 0x2B, 0x23, 0x5C: index = next
            default:
                guard Characters.isLetterOrDigit(value) else { return index }
                index = next
            }
        }
        return index
    }

    private func takeTypeCharacter(_ byte: UInt8) throws(ParseDiagnostic) -> Bool {
        let index = try lexer.skipTrivia(from: cursor)
        guard lexer.byte(index) == byte, index < lexer.end else { return false }
        cursor = index + 1
        return true
    }

    private func assemblyName() -> String {
        let start = cursor
        while cursor < lexer.end, lexer.byte(cursor) != 0x5D, lexer.byte(cursor) != 0x0A, lexer.byte(cursor) != 0x0D {
            cursor += 1
        }
        return source.text(start, cursor).split(separator: " ").joined(separator: " ")
    }

    private func skipBlankLines(from start: Int) throws(ParseDiagnostic) -> Int {
        var index = start
        while true {
            index = try lexer.skipTrivia(from: index)
            guard let (value, next) = lexer.scalar(index), Characters.isNewline(value) else { return index }
            index = next
        }
    }
}
