extension Parser {
    /// `[attributes] param ( … )`; nil, with nothing taken, when there is none.
    func parameterBlock() throws(ParseDiagnostic) -> ParameterBlock? {
        let first = try peek()
        if first.kind == .openBracket || first.kind == .word, lexer.byte(first.start) == 0x5B {
            guard isParameterBlockAhead(from: first.start) else { return nil }
        } else if keyword(first) != .param || !isParenthesisAhead(from: first.end) {
            return nil
        }
        let attributes = try attributeList()
        try skipNewlines()
        let word = try peek()
        take(word, as: .keyword)
        try skipNewlines()
        let opened = try peek()
        take(opened, as: .group)
        let parameters = try parameterList(opened: opened)
        var own: [Attribute] = []
        for node in attributes {
            switch node {
            case .attribute(let attribute): own.append(attribute)
            case .type(let constraint):
                throw failure(
                    "TypeNotAllowedBeforeParam",
                    "Unexpected type [\(constraint.typeName.name)] was found in the parameter statement.",
                    constraint.range)
            }
        }
        return ParameterBlock(range: range(from: word.start), attributes: own, parameters: parameters)
    }

    /// What follows `(`, the closing parenthesis included.
    func parameterList(opened: Lexeme) throws(ParseDiagnostic) -> [ParameterDeclaration] {
        let (oldMode, oldComma) = (mode, stopsAtComma)
        (mode, stopsAtComma) = (.expression, true)
        defer { (mode, stopsAtComma) = (oldMode, oldComma) }
        var parameters: [ParameterDeclaration] = []
        var comma: Lexeme?
        while true {
            guard let parameter = try parameterDeclaration() else {
                if let comma {
                    throw missing("MissingExpressionAfterToken", "Missing expression after ','.", after: comma.end)
                }
                break
            }
            if parameters.contains(where: { $0.variable.key == parameter.variable.key }) {
                throw failure(
                    "DuplicateFormalParameter", "Duplicate parameter $\(parameter.name) in parameter list.",
                    parameter.variableRange)
            }
            parameters.append(parameter)
            try skipNewlines()
            comma = try takeIf(.comma, as: .separator)
            if comma == nil { break }
        }
        try skipNewlines()
        guard try takeIf(.closeParen) != nil else {
            throw missing(
                "MissingEndParenthesisInFunctionParameterList", "Missing ')' in function parameter list.",
                after: parameters.last?.range.end ?? opened.end)
        }
        return parameters
    }

    private func parameterDeclaration() throws(ParseDiagnostic) -> ParameterDeclaration? {
        try skipNewlines()
        let start = try peek().start
        let attributes = try attributeList()
        try skipNewlines()
        let name = try peek()
        let path: VariablePath
        switch name.kind {
        case .variable(let found): path = found
        case .splatted(let found): throw splattingNotPermitted(found, name)
        default:
            guard let last = attributes.last else { return nil }
            throw missing(
                "InvalidFunctionParameter",
                "Parameter declarations are a comma-separated list of variable names with optional initializer "
                    + "expressions.", after: last.range.end)
        }
        take(name, as: .variable)
        let afterName = cursor
        let tokenCount = tokens.count
        try skipNewlines()
        var value: Expression?
        if let equals = try takeIf(.assignment(.set), as: .operator) {
            try skipNewlines()
            value = try expression()
            if value == nil {
                throw missing("MissingExpressionAfterToken", "Missing expression after '='.", after: equals.end)
            }
        } else {
            // The newlines belong to what follows.
            cursor = afterName
            tokens.removeSubrange(tokenCount...)
        }
        return ParameterDeclaration(
            range: range(from: start), variable: path, variableRange: range(name.start, name.end),
            attributes: attributes,
            defaultValue: value)
    }

    // MARK: Attributes

    /// `[…][…]…` with newlines between them.
    func attributeList() throws(ParseDiagnostic) -> [AttributeNode] {
        var attributes: [AttributeNode] = []
        while let attribute = try attribute() {
            attributes.append(attribute)
            try skipNewlines()
        }
        return attributes
    }

    /// One bracketed type or attribute; nil when there is no bracket.
    func attribute() throws(ParseDiagnostic) -> AttributeNode? {
        let start = try lexer.skipTrivia(from: cursor)
        guard lexer.byte(start) == 0x5B else { return nil }
        note(.group, start, start + 1)
        cursor = start + 1
        return try deeper { () throws(ParseDiagnostic) in try attributeBody(from: start) }
    }

    private func attributeBody(from start: Int) throws(ParseDiagnostic) -> AttributeNode {
        guard let type = try typeName(allowsAssembly: true) else {
            throw missing("MissingTypename", "Missing type name after '['.", after: start + 1)
        }
        let next = try lexer.skipTrivia(from: cursor)
        if lexer.byte(next) == 0x5D {
            note(.group, next, next + 1)
            cursor = next + 1
            return .type(TypeConstraint(range: range(from: start), typeName: type))
        }
        guard lexer.byte(next) == 0x28 else {
            throw missing(
                "EndSquareBracketExpectedAtEndOfAttribute", "Missing ] at end of attribute or type literal.",
                after: next)
        }
        note(.group, next, next + 1)
        cursor = next + 1
        let (oldMode, oldComma, oldTernary) = (mode, stopsAtComma, inTernary)
        (mode, stopsAtComma, inTernary) = (.expression, true, false)
        defer { (mode, stopsAtComma, inTernary) = (oldMode, oldComma, oldTernary) }
        let (positional, named) = try attributeArguments()
        try skipNewlines()
        guard try takeIf(.closeParen) != nil else {
            throw missing("MissingEndParenthesisInExpression", "Missing closing ')' in expression.", after: cursor)
        }
        let closed = cursor
        try skipNewlines()
        guard try takeIf(.closeBracket) != nil else {
            throw missing(
                "EndSquareBracketExpectedAtEndOfAttribute", "Missing ] at end of attribute or type literal.",
                after: closed)
        }
        return .attribute(
            Attribute(range: range(from: start), typeName: type, positional: positional, named: named))
    }

    private func attributeArguments() throws(ParseDiagnostic) -> ([Expression], [Attribute.NamedArgument]) {
        var positional: [Expression] = []
        var named: [Attribute.NamedArgument] = []
        var comma: Lexeme?
        while true {
            try skipNewlines()
            if let name = try lexer.simpleName(from: cursor) {
                note(.member, name.start, name.end)
                cursor = name.end
                let text = source.text(name.start, name.end)
                var value: Expression?
                if let equals = try takeIf(.assignment(.set), as: .operator) {
                    try skipNewlines()
                    value = try expression()
                    if value == nil {
                        throw missing(
                            "MissingExpressionInNamedArgument", "Missing statement after '=' in named argument.",
                            after: equals.end)
                    }
                }
                if named.contains(where: { $0.name.lowercased() == text.lowercased() }) {
                    throw failure(
                        "DuplicateNamedArgument", "Duplicate named arguments '\(text)' are not allowed.",
                        range(name.start, name.end))
                }
                named.append(Attribute.NamedArgument(range: range(from: name.start), name: text, value: value))
            } else if let value = try expression() {
                positional.append(value)
            } else if let comma {
                throw missing("MissingExpressionAfterToken", "Missing expression after ','.", after: comma.end)
            }
            try skipNewlines()
            comma = try takeIf(.comma, as: .separator)
            if comma == nil { return (positional, named) }
        }
    }

    // MARK: Looking ahead

    /// Whether `param` follows the brackets at `start`. Only skips text: attributes before anything else are parsed there.
    private func isParameterBlockAhead(from start: Int) -> Bool {
        var index = start
        while true {
            index = skipBlanks(from: index)
            guard lexer.byte(index) == 0x5B else { break }
            guard let stop = skipBalanced(from: index) else { return false }
            index = stop
        }
        let stop = lexer.identifierEnd(from: index)
        return stop - index == 5 && source.text(index, stop).lowercased() == "param" && isParenthesisAhead(from: stop)
    }

    private func isParenthesisAhead(from start: Int) -> Bool { lexer.byte(skipBlanks(from: start)) == 0x28 }

    private func skipBlanks(from start: Int) -> Int {
        var index = start
        while let (value, next) = lexer.scalar(index) {
            if Characters.isWhitespace(value) || Characters.isNewline(value) {
                index = next
            } else if value == 0x23 {
                index = lexer.lineEnd(from: index)
            } else if value == 0x3C, lexer.byte(next) == 0x23 {
                index = next + 1
                while index < lexer.end, !(lexer.byte(index) == 0x23 && lexer.byte(index + 1) == 0x3E) { index += 1 }
                index = min(index + 2, lexer.end)
            } else {
                break
            }
        }
        return index
    }

    /// The offset after the bracket that closes the one at `start`, brackets of all kinds and quotes respected.
    private func skipBalanced(from start: Int) -> Int? {
        var open = 0
        var index = start
        while let (value, next) = lexer.scalar(index) {
            index = next
            switch value {
            case 0x28, 0x5B, 0x7B:
                open += 1
            case 0x29, 0x5D, 0x7D:
                open -= 1
                if open == 0 { return index }
            case 0x60:
                index = lexer.scalar(next)?.next ?? next
            case 0x23 where lexer.byte(next) != 0x3E:
                index = lexer.lineEnd(from: next)
            default:
                let isClosing = Characters.isSingleQuote(value) ? Characters.isSingleQuote : Characters.isDoubleQuote
                guard isClosing(value) else { continue }
                while let (inner, after) = lexer.scalar(index) {
                    index = after
                    if inner == 0x60, Characters.isDoubleQuote(value) { index = lexer.scalar(after)?.next ?? after }
                    if isClosing(inner) { break }
                }
            }
        }
        return nil
    }
}
