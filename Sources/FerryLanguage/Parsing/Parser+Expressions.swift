extension Parser {
    /// An expression of any kind; nil when none begins here.
    func expression() throws(ParseDiagnostic) -> Expression? {
        try deeper { () throws(ParseDiagnostic) in
            try inMode(.expression) { () throws(ParseDiagnostic) in
                guard let condition = try binaryExpression() else { return nil }
                guard let question = try takeIf(.question, as: .operator) else { return condition }
                return try ternary(condition, question)
            }
        }
    }

    private func ternary(_ condition: Expression, _ question: Lexeme) throws(ParseDiagnostic) -> Expression {
        func expected(_ sign: String, after: Int) -> ParseDiagnostic {
            missing(
                "ExpectedValueExpression", "You must provide a value expression following the '\(sign)' operator.",
                after: after)
        }
        let old = inTernary
        inTernary = true
        defer { inTernary = old }
        try skipNewlines()
        guard let then = try expression() else { throw expected("?", after: question.end) }
        try skipNewlines()
        guard let colon = try takeIf(.colon, as: .operator) else {
            throw missing(
                "MissingColonInTernaryExpression", "Missing ':' in the ternary expression.", after: then.range.end)
        }
        inTernary = old
        try skipNewlines()
        guard let otherwise = try expression() else { throw expected(":", after: colon.end) }
        return .ternary(
            TernaryExpression(
                range: condition.range.through(otherwise.range), condition: condition, then: then, otherwise: otherwise)
        )
    }

    // MARK: Binary operators

    private struct PendingOperator {
        var kind: BinaryOperator
        var isCaseSensitive: Bool
        var lexeme: Lexeme
    }

    private func binaryOperator(_ lexeme: Lexeme) throws(ParseDiagnostic) -> PendingOperator? {
        let kind: BinaryOperator
        var isCaseSensitive = false
        switch lexeme.kind {
        case .plus: kind = .add
        case .minus: kind = .subtract
        case .multiply: kind = .multiply
        case .divide: kind = .divide
        case .remainder: kind = .remainder
        case .dotDot: kind = .range
        case .questionQuestion: kind = .coalesce
        case .dash(let dash):
            guard let binary = dash.binary else { throw unexpected(lexeme) }
            kind = binary
            isCaseSensitive = dash.isCaseSensitive
        case .parameter: throw unexpected(lexeme)
        default: return nil
        }
        return PendingOperator(kind: kind, isCaseSensitive: isCaseSensitive, lexeme: lexeme)
    }

    private func binaryExpression() throws(ParseDiagnostic) -> Expression? {
        guard let first = try arrayLiteral() else { return nil }
        var operands = [first]
        var operators: [PendingOperator] = []
        var count = 0
        while let next = try binaryOperator(try peek()) {
            count += 1
            guard count <= Self.chainLimit else { throw tooComplicated() }
            take(next.lexeme, as: .operator)
            try skipNewlines()
            guard let operand = try arrayLiteral() else {
                throw missing(
                    "ExpectedValueExpression",
                    "You must provide a value expression following the '\(text(of: next.lexeme))' operator.",
                    after: next.lexeme.end)
            }
            while let last = operators.last, last.kind.precedence >= next.kind.precedence {
                reduce(&operands, &operators)
            }
            operators.append(next)
            operands.append(operand)
        }
        while !operators.isEmpty { reduce(&operands, &operators) }
        return operands[0]
    }

    private func reduce(_ operands: inout [Expression], _ operators: inout [PendingOperator]) {
        let right = operands.removeLast()
        let left = operands.removeLast()
        let sign = operators.removeLast()
        operands.append(
            .binary(
                BinaryExpression(
                    range: left.range.through(right.range), left: left, operator: sign.kind,
                    isCaseSensitive: sign.isCaseSensitive, operatorRange: range(sign.lexeme.start, sign.lexeme.end),
                    right: right)))
    }

    private func arrayLiteral() throws(ParseDiagnostic) -> Expression? {
        guard let first = try unaryExpression() else { return nil }
        guard !stopsAtComma, try peek().kind == .comma else { return first }
        var elements = [first]
        while let comma = try takeIf(.comma, as: .separator) {
            try skipNewlines()
            guard let next = try unaryExpression() else {
                throw missing("MissingExpressionAfterToken", "Missing expression after ','.", after: comma.end)
            }
            elements.append(next)
        }
        return .array(
            ArrayExpression(range: first.range.through(elements[elements.count - 1].range), elements: elements))
    }

    // MARK: Unary operators and casts

    func unaryExpression() throws(ParseDiagnostic) -> Expression? {
        try deeper { () throws(ParseDiagnostic) in
            try inMode(.expression) { () throws(ParseDiagnostic) in
                let first = try peek(takesSign: true)
                let value: Expression?
                if let (sign, isCaseSensitive) = unaryOperator(first) {
                    value = try unary(sign, isCaseSensitive: isCaseSensitive, first)
                } else if first.kind == .comma, !stopsAtComma {
                    value = try unaryComma(first)
                } else if first.kind == .openBracket {
                    value = try castOrType()
                } else {
                    value = try primaryExpression(withMembers: true)
                }
                guard let value else { return nil }
                return try postfix(value)
            }
        }
    }

    private func unaryOperator(_ lexeme: Lexeme) -> (UnaryOperator, isCaseSensitive: Bool)? {
        switch lexeme.kind {
        case .exclaim: (.not, false)
        case .plus: (.plus, false)
        case .minus: (.minus, false)
        case .plusPlus: (.preIncrement, false)
        case .minusMinus: (.preDecrement, false)
        case .dash(let dash): dash.unary.map { ($0, dash.isCaseSensitive) }
        default: nil
        }
    }

    private func missingOperand(_ lexeme: Lexeme) -> ParseDiagnostic {
        missing(
            "MissingExpressionAfterOperator",
            "Missing expression after unary operator '\(source.text(lexeme.start, lexeme.end))'.", after: lexeme.end)
    }

    private func unary(
        _ sign: UnaryOperator, isCaseSensitive: Bool, _ lexeme: Lexeme
    ) throws(ParseDiagnostic) -> Expression {
        take(lexeme, as: .operator)
        try skipNewlines()
        guard let operand = try unaryExpression() else { throw missingOperand(lexeme) }
        let isStep = sign == .preIncrement || sign == .preDecrement
        return .unary(
            UnaryExpression(
                range: range(lexeme.start, operand.range.end), operator: sign, isCaseSensitive: isCaseSensitive,
                operand: operand, target: isStep ? try stepTarget(operand, lexeme) : nil))
    }

    private func unaryComma(_ lexeme: Lexeme) throws(ParseDiagnostic) -> Expression {
        take(lexeme, as: .separator)
        try skipNewlines()
        guard let operand = try unaryExpression() else { throw missingOperand(lexeme) }
        return .array(ArrayExpression(range: range(lexeme.start, operand.range.end), elements: [operand]))
    }

    private func stepTarget(_ operand: Expression, _ lexeme: Lexeme) throws(ParseDiagnostic) -> AssignmentTarget {
        guard let target = assignmentTarget(operand, isCompound: true) else {
            throw failure(
                "OperatorRequiresVariableOrProperty",
                "The '\(source.text(lexeme.start, lexeme.end))' operator works only on variables or on properties.",
                operand.range)
        }
        return target
    }

    private func postfix(_ value: Expression) throws(ParseDiagnostic) -> Expression {
        let next = try peek()
        guard next.kind == .plusPlus || next.kind == .minusMinus else { return value }
        take(next, as: .operator)
        return .unary(
            UnaryExpression(
                range: range(value.range.start, next.end),
                operator: next.kind == .plusPlus ? .postIncrement : .postDecrement, operand: value,
                target: try stepTarget(value, next)))
    }

    /// `[a][b] operand`: casts and attributes, or a type standing for itself.
    private func castOrType() throws(ParseDiagnostic) -> Expression? {
        var attributes: [AttributeNode] = []
        while let attribute = try attribute() {
            attributes.append(attribute)
            if case .attribute = attribute { try skipNewlines() }
            guard attributes.count <= Self.depthLimit else { throw tooComplicated() }
        }
        guard let last = attributes.popLast() else { return nil }
        var value: Expression
        switch last {
        case .attribute(let attribute):
            try skipNewlines()
            try refuseDeclaration()
            guard let operand = try unaryExpression() else {
                throw missing(
                    "UnexpectedAttribute", "Unexpected attribute '\(attribute.typeName.name)'.", at: attribute.range)
            }
            value = .attributed(
                AttributedExpression(
                    range: attribute.range.through(operand.range), attribute: attribute, operand: operand))
        case .type(let type):
            let typeValue = Expression.type(TypeExpression(range: type.range, typeName: type.typeName))
            if memberOperator(allowsIndex: false) != nil {
                value = try members(of: typeValue, allowsIndexFirst: false)
            } else if let operand = try castOperand() {
                value = .cast(CastExpression(range: type.range.through(operand.range), type: type, operand: operand))
                try checkReference(type, before: attributes)
                try checkOrdered(type, operand)
            } else {
                value = typeValue
            }
        }
        for attribute in attributes.reversed() {
            switch attribute {
            case .type(let type):
                value = .cast(CastExpression(range: type.range.through(value.range), type: type, operand: value))
            case .attribute(let node):
                value = .attributed(
                    AttributedExpression(range: node.range.through(value.range), attribute: node, operand: value))
            }
        }
        return value
    }

    /// A type may be followed by the operand of a cast only on the same line.
    private func castOperand() throws(ParseDiagnostic) -> Expression? {
        switch try peek().kind {
        case .newline, .comma: return nil
        default: return try unaryExpression()
        }
    }

    /// `[Flags()] enum …` and its like: say what is wrong, not that an attribute is.
    private func refuseDeclaration() throws(ParseDiagnostic) {
        let next = try inMode(.argument) { () throws(ParseDiagnostic) in try peek() }
        guard let word = keyword(next), word == .class || word == .enum else { return }
        throw failure(
            "UnsupportedReservedKeyword",
            "The '\(word.rawValue)' keyword is not supported by Ferry. Use functions and [pscustomobject] instead.",
            range(next.start, next.end))
    }

    private func checkReference(_ last: TypeConstraint, before: [AttributeNode]) throws(ParseDiagnostic) {
        guard last.typeName.key == "ref" else { return }
        for case .type(let type) in before {
            if type.typeName.key == "ref" {
                throw failure(
                    "ReferenceNeedsToBeByItselfInTypeSequence",
                    "Cannot have two occurrences of [ref] in a type sequence.",
                    last.range)
            }
        }
        if !before.isEmpty {
            throw failure(
                "ReferenceNeedsToBeLastTypeInTypeConversion",
                "[ref] can only be the final type in type conversion sequence.", last.range)
        }
    }

    private func checkOrdered(_ type: TypeConstraint, _ operand: Expression) throws(ParseDiagnostic) {
        guard type.typeName.key == "ordered" else { return }
        if case .hashtable = operand { return }
        throw failure(
            "OrderedAttributeOnlyOnHashLiteralNode",
            "The ordered attribute can be specified only on a hash literal node.", type.range.through(operand.range))
    }

    private func missing(_ id: String, _ message: String, at range: SourceRange) -> ParseDiagnostic {
        ParseDiagnostic(id: id, message: message, range: range, isIncomplete: lexer.isRestEmpty(from: cursor))
    }

    func splattingNotPermitted(_ path: VariablePath, _ lexeme: Lexeme) -> ParseDiagnostic {
        failure(
            "SplattingNotPermitted",
            "The splatting operator '@' cannot be used to reference variables in an expression. '@\(path.text)' can be "
                + "used only as an argument to a command. To reference variables in an expression use '$\(path.text)'.",
            range(lexeme.start, lexeme.end))
    }
}
