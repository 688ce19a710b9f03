extension Parser {
    /// A value with the members, indices and calls behind it; nil when none begins here. Keeps the current mode.
    func primaryExpression(withMembers: Bool, allowsSplat: Bool = false) throws(ParseDiagnostic) -> Expression? {
        let first = try peek(takesSign: mode == .expression)
        let value: Expression
        switch first.kind {
        case .variable(let path):
            take(first, as: .variable)
            value = .variable(VariableExpression(range: range(first.start, first.end), path: path))
        case .splatted(let path):
            guard allowsSplat else { throw splattingNotPermitted(path, first) }
            take(first, as: .variable)
            guard memberOperator(allowsIndex: true) == nil else {
                throw failure(
                    "NoPropertiesInSplatting",
                    "Cannot expand the splatted variable '@\(path.text)'. Splatted variables cannot be used as part of a "
                        + "property or array expression. Assign the result of the expression to a temporary variable then "
                        + "splat the temporary variable instead.", range(first.start, first.end))
            }
            return .variable(
                VariableExpression(range: range(first.start, first.end), path: path, isSplatted: true))
        case .number(let number):
            take(first, as: .number)
            value = .number(NumberExpression(range: range(first.start, first.end), value: number))
        case .singleQuoted(let text):
            take(first, as: .string)
            value = .string(
                StringExpression(range: range(first.start, first.end), value: text, style: .singleQuoted))
        case .singleQuotedHere(let text):
            take(first, as: .string)
            value = .string(
                StringExpression(range: range(first.start, first.end), value: text, style: .singleQuotedHere))
        case .doubleQuoted:
            value = try expandableString(first)
        case .doubleQuotedHere:
            value = try expandableHereString(first)
        case .openParen:
            value = .parenthesized(try parenthesized(first))
        case .dollarParen:
            value = .subexpression(try blockExpression(first))
        case .atParen:
            value = .arraySubexpression(try blockExpression(first))
        case .atBrace:
            value = .hashtable(try hashtable(first))
        case .openBrace:
            take(first, as: .group)
            let block = try scriptBlock(opened: first, isFilter: false)
            value = .scriptBlock(ScriptBlockExpression(range: block.range, block: block))
        case .unrecognized:
            throw failure("UnrecognizedToken", "Unrecognized token in source text.", range(first.start, first.end))
        default:
            return nil
        }
        return withMembers ? try members(of: value, allowsIndexFirst: true) : value
    }

    // MARK: Groups

    private func parenthesized(_ opened: Lexeme) throws(ParseDiagnostic) -> ParenthesizedExpression {
        take(opened, as: .group)
        let statement = try deeper { () throws(ParseDiagnostic) in
            try inStatements { () throws(ParseDiagnostic) -> Statement in
                try skipNewlines()
                guard let statement = try chain() else {
                    throw missing("ExpectedExpression", "An expression was expected after '('.", after: opened.end)
                }
                let end = cursor
                try skipNewlines()
                guard try takeIf(.closeParen) != nil else {
                    throw missing(
                        "MissingEndParenthesisInExpression", "Missing closing ')' in expression.", after: end)
                }
                return statement
            }
        }
        return ParenthesizedExpression(range: range(from: opened.start), statement: statement)
    }

    /// `$( … )` or `@( … )`.
    private func blockExpression(_ opened: Lexeme) throws(ParseDiagnostic) -> BlockExpression {
        take(opened, as: .group)
        return try subexpressionBody(start: opened.start) { () throws(ParseDiagnostic) in
            let found = try peek()
            return ParseDiagnostic(
                id: "MissingEndParenthesisInSubexpression", message: "Missing closing ')' in subexpression.",
                range: range(found.start, found.end), isIncomplete: found.kind == .end)
        }
    }

    /// The statements after an opening parenthesis, the closing one included.
    func subexpressionBody(
        start: Int, unclosed: () throws(ParseDiagnostic) -> ParseDiagnostic
    ) throws(ParseDiagnostic) -> BlockExpression {
        let inner = cursor
        let (statements, traps) = try deeper { () throws(ParseDiagnostic) in
            try inStatements { () throws(ParseDiagnostic) in
                let list = try statementList()
                guard try takeIf(.closeParen) != nil else { throw try unclosed() }
                return list
            }
        }
        let body = StatementBlock(range: range(inner, cursor - 1), statements: statements, traps: traps)
        return BlockExpression(range: range(from: start), body: body)
    }

    private func hashtable(_ opened: Lexeme) throws(ParseDiagnostic) -> HashtableExpression {
        take(opened, as: .group)
        return try deeper { () throws(ParseDiagnostic) in
            try inStatements { () throws(ParseDiagnostic) in
                var entries: [HashtableExpression.Entry] = []
                var keys: Set<String> = []
                try skipNewlines()
                while let key = try inMode(.expression, { () throws(ParseDiagnostic) in try hashtableKey() }) {
                    if let name = constantKey(key), !keys.insert(name.lowercased()).inserted {
                        throw failure(
                            "DuplicateKeyInHashLiteral", "Duplicate keys '\(name)' are not allowed in hash literals.",
                            key.range)
                    }
                    entries.append(HashtableExpression.Entry(key: key, value: try hashtableValue(key)))
                    switch try peek().kind {
                    case .newline, .semicolon: try skipSeparators()
                    default: break
                    }
                }
                let last = try peek()
                guard last.kind == .closeBrace else {
                    throw ParseDiagnostic(
                        id: "MissingEndCurlyBrace",
                        message: "Missing closing '}' in statement block or type definition.",
                        range: range(opened.end, opened.end), isIncomplete: last.kind == .end)
                }
                take(last, as: .group)
                return HashtableExpression(range: range(from: opened.start), entries: entries)
            }
        }
    }

    private func hashtableKey() throws(ParseDiagnostic) -> Expression? {
        try peek().kind == .closeBrace ? nil : try labelOrKey()
    }

    private func hashtableValue(_ key: Expression) throws(ParseDiagnostic) -> Statement {
        let equals = try inMode(.expression) { () throws(ParseDiagnostic) in
            try takeIf(.assignment(.set), as: .operator)
        }
        guard let equals else {
            throw missing(
                "MissingEqualsInHashLiteral", "Missing '=' operator after key in hash literal.", after: key.range.end)
        }
        try skipNewlines()
        guard let value = try statement() else {
            throw missing(
                "MissingStatementInHashLiteral", "Missing statement after '=' in hash literal.", after: equals.end)
        }
        return value
    }

    private func constantKey(_ key: Expression) -> String? {
        switch key {
        case .string(let node): node.value
        case .number(let node): node.range.text
        default: nil
        }
    }

    // MARK: Members

    enum MemberOperator { case member, staticMember, conditionalMember, index, conditionalIndex }

    /// The operator directly at the cursor: no white space may stand before it, block comments may.
    func memberOperator(allowsIndex: Bool) -> (kind: MemberOperator, end: Int)? {
        var index = cursor
        while lexer.byte(index) == 0x3C, lexer.byte(index + 1) == 0x23 {
            guard let stop = try? lexer.skipBlockComment(from: index) else { return nil }
            index = stop
        }
        func isBlank(_ offset: Int) -> Bool {
            guard mode == .argument else { return false }
            guard let (value, _) = lexer.scalar(offset) else { return true }
            return Characters.isWhitespace(value) || Characters.isNewline(value)
        }
        switch (lexer.byte(index), lexer.byte(index + 1)) {
        case (0x2E, 0x2E): return nil
        case (0x2E, _): return isBlank(index + 1) ? nil : (.member, index + 1)
        case (0x3A, 0x3A): return isBlank(index + 2) ? nil : (.staticMember, index + 2)
        case (0x5B, _): return allowsIndex ? (.index, index + 1) : nil
        case (0x3F, 0x2E): return (.conditionalMember, index + 2)
        case (0x3F, 0x5B): return allowsIndex ? (.conditionalIndex, index + 2) : nil
        default: return nil
        }
    }

    /// `value` with every member access, index and call that follows it without white space.
    func members(of value: Expression, allowsIndexFirst: Bool) throws(ParseDiagnostic) -> Expression {
        var value = value
        var count = 0
        while let (kind, end) = memberOperator(allowsIndex: allowsIndexFirst || count > 0) {
            count += 1
            guard count <= Self.chainLimit else { throw tooComplicated() }
            note(.operator, cursor, end)
            cursor = end
            switch kind {
            case .member: value = try memberAccess(value, isStatic: false, isNullConditional: false, operatorEnd: end)
            case .staticMember:
                value = try memberAccess(value, isStatic: true, isNullConditional: false, operatorEnd: end)
            case .conditionalMember:
                value = try memberAccess(value, isStatic: false, isNullConditional: true, operatorEnd: end)
            case .index: value = try indexAccess(value, isNullConditional: false, bracketEnd: end)
            case .conditionalIndex: value = try indexAccess(value, isNullConditional: true, bracketEnd: end)
            }
        }
        return value
    }

    private func memberAccess(
        _ target: Expression, isStatic: Bool, isNullConditional: Bool, operatorEnd: Int
    ) throws(ParseDiagnostic) -> Expression {
        try skipNewlines()
        guard let member = try memberSelector() else {
            throw missing("MissingPropertyName", "Missing property name after reference operator.", after: operatorEnd)
        }
        let generics = try genericCallArguments()
        var arguments: [Expression]?
        switch lexer.byte(cursor) {
        case 0x28:
            note(.group, cursor, cursor + 1)
            cursor += 1
            arguments = try callArguments()
        case 0x7B:
            let opened = Lexeme(kind: .openBrace, start: cursor, end: cursor + 1)
            take(opened, as: .group)
            let block = try scriptBlock(opened: opened, isFilter: false)
            arguments = [.scriptBlock(ScriptBlockExpression(range: block.range, block: block))]
        default:
            break
        }
        guard let arguments else {
            return .member(
                MemberExpression(
                    range: range(from: target.range.start), target: target, member: member, isStatic: isStatic,
                    isNullConditional: isNullConditional))
        }
        return .invocation(
            InvocationExpression(
                range: range(from: target.range.start), target: target, member: member, genericArguments: generics,
                arguments: arguments, isStatic: isStatic, isNullConditional: isNullConditional))
    }

    private func memberSelector() throws(ParseDiagnostic) -> MemberSelector? {
        if let name = try lexer.simpleName(from: cursor) {
            note(.member, name.start, name.end)
            cursor = name.end
            return .name(source.text(name.start, name.end), range(name.start, name.end))
        }
        let next = try peek()
        let value: Expression?
        switch next.kind {
        case .openBracket, .exclaim, .plus, .minus, .plusPlus, .minusMinus, .dash:
            value = try unaryExpression()
        default:
            value = try primaryExpression(withMembers: false)
        }
        if case .string(let string)? = value { return .name(string.value, string.range) }
        return value.map { .computed($0) }
    }

    /// `[int, string]` between a method's name and its parenthesis; empty, with nothing taken, when it is something else.
    private func genericCallArguments() throws(ParseDiagnostic) -> [TypeName] {
        guard lexer.byte(cursor) == 0x5B, let (value, _) = lexer.scalar(cursor + 1),
            Characters.isIdentifierStart(value)
        else { return [] }
        let (oldCursor, oldCount) = (cursor, tokens.count)
        cursor += 1
        if let types = try? genericArguments(opened: cursor), lexer.byte(cursor) == 0x28 { return types }
        cursor = oldCursor
        tokens.removeSubrange(oldCount...)
        return []
    }

    /// What follows the `(` of a call, the `)` included.
    private func callArguments() throws(ParseDiagnostic) -> [Expression] {
        let opened = cursor
        let (oldMode, oldComma, oldTernary) = (mode, stopsAtComma, inTernary)
        (mode, stopsAtComma, inTernary) = (.expression, true, false)
        defer { (mode, stopsAtComma, inTernary) = (oldMode, oldComma, oldTernary) }
        var arguments: [Expression] = []
        var comma: Lexeme?
        while true {
            try skipNewlines()
            guard let argument = try expression() else {
                if let comma {
                    throw missing("MissingExpressionAfterToken", "Missing expression after ','.", after: comma.end)
                }
                break
            }
            arguments.append(argument)
            let end = cursor
            try skipNewlines()
            comma = try takeIf(.comma, as: .separator)
            if comma == nil {
                cursor = max(end, cursor)
                break
            }
        }
        try skipNewlines()
        guard try takeIf(.closeParen) != nil else {
            throw missing(
                "MissingEndParenthesisInMethodCall", "Missing ')' in method call.",
                after: arguments.last?.range.end ?? opened)
        }
        return arguments
    }

    private func indexAccess(
        _ target: Expression, isNullConditional: Bool, bracketEnd: Int
    ) throws(ParseDiagnostic) -> Expression {
        let (oldMode, oldComma, oldTernary) = (mode, stopsAtComma, inTernary)
        (mode, stopsAtComma, inTernary) = (.expression, false, false)
        defer { (mode, stopsAtComma, inTernary) = (oldMode, oldComma, oldTernary) }
        try skipNewlines()
        guard let index = try expression() else {
            throw missing(
                "MissingArrayIndexExpression", "Array index expression is missing or not valid.", after: bracketEnd)
        }
        try skipNewlines()
        guard try takeIf(.closeBracket) != nil else {
            throw missing(
                "MissingEndSquareBracket", "Missing ']' after array index expression.", after: index.range.end)
        }
        return .index(
            IndexExpression(
                range: range(from: target.range.start), target: target, index: index,
                isNullConditional: isNullConditional))
    }
}
