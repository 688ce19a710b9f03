extension Parser {
    /// The block of a loop: `break` and `continue` belong to it.
    private func loopBody() throws(ParseDiagnostic) -> StatementBlock? {
        let old = jumpScope
        jumpScope.isInLoop = true
        defer { jumpScope = old }
        return try statementBlock()
    }

    private func openParenthesis(after word: Lexeme) throws(ParseDiagnostic) -> Lexeme {
        try skipNewlines()
        guard let opened = try takeIf(.openParen) else {
            throw missing(
                "MissingOpenParenthesisAfterKeyword",
                "Missing opening '(' after keyword '\(source.text(word.start, word.end))'.", after: word.end)
        }
        return opened
    }

    private func missingLoopBody(_ word: Lexeme, after: Int) -> ParseDiagnostic {
        missing(
            "MissingLoopStatement", "Missing statement body in \(source.text(word.start, word.end)) loop.", after: after
        )
    }

    func foreachStatement(_ word: Lexeme, label: String?, start: Int) throws(ParseDiagnostic) -> ForeachStatement {
        let form = "\nThe correct form is: foreach ($a in $b) {...}"
        let flag = try peek()
        if case .parameter(let name, _) = flag.kind {
            throw failure(
                "InvalidForeachFlag", "The parameter \(name) is not valid for the foreach statement.",
                range(flag.start, flag.end))
        }
        let opened = try openParenthesis(after: word)
        try skipNewlines()
        let name = try peek()
        let path: VariablePath
        switch name.kind {
        case .variable(let found): path = found
        case .splatted(let found): throw splattingNotPermitted(found, name)
        default:
            throw missing(
                "MissingVariableNameAfterForeach", "Missing variable name after foreach." + form, after: opened.end)
        }
        take(name, as: .variable)
        try skipNewlines()
        let word_in = try peek()
        guard keyword(word_in) == .in else {
            throw missing(
                "MissingInInForeach", "Missing 'in' after variable in foreach loop." + form, after: name.end)
        }
        take(word_in, as: .keyword)
        let collection = try inStatements { () throws(ParseDiagnostic) -> Statement in
            try skipNewlines()
            guard let collection = try chain() else {
                throw missing(
                    "MissingForeachExpression", "Missing expression in foreach loop." + form, after: word_in.end)
            }
            return collection
        }
        let end = cursor
        try skipNewlines()
        guard let closed = try takeIf(.closeParen) else {
            throw missing(
                "MissingEndParenthesisAfterForeach",
                "Missing closing ')' after expression part of foreach loop." + form, after: end)
        }
        guard let body = try loopBody() else {
            throw missing(
                "MissingForeachStatement", "Missing statement body in foreach loop." + form, after: closed.end)
        }
        return ForeachStatement(
            range: range(from: start), label: label,
            variable: VariableExpression(range: range(name.start, name.end), path: path), collection: collection,
            body: body)
    }

    func forStatement(_ word: Lexeme, label: String?, start: Int) throws(ParseDiagnostic) -> ForStatement {
        let opened = try openParenthesis(after: word)
        var parts: [Statement?] = [nil, nil, nil]
        var end = opened.end
        for index in 0..<3 {
            parts[index] = try inStatements { () throws(ParseDiagnostic) -> Statement? in
                try skipNewlines()
                let part = try chain()
                if part != nil { end = cursor }
                try skipNewlines()
                return part
            }
            guard index < 2, let semicolon = try takeIf(.semicolon, as: .separator) else { break }
            end = semicolon.end
        }
        try skipNewlines()
        guard let closed = try takeIf(.closeParen) else {
            throw missing(
                "MissingEndParenthesisAfterStatement",
                "Missing closing ')' after expression in '\(source.text(word.start, word.end))' statement.", after: end)
        }
        guard let body = try loopBody() else { throw missingLoopBody(word, after: closed.end) }
        return ForStatement(
            range: range(from: start), label: label, initializer: parts[0], condition: parts[1], iterator: parts[2],
            body: body)
    }

    func whileStatement(_ word: Lexeme, label: String?, start: Int) throws(ParseDiagnostic) -> ConditionLoop {
        let condition = try loopCondition(word)
        guard let body = try loopBody() else { throw missingLoopBody(word, after: cursor) }
        return ConditionLoop(range: range(from: start), label: label, kind: .while, condition: condition, body: body)
    }

    func doStatement(_ word: Lexeme, label: String?, start: Int) throws(ParseDiagnostic) -> ConditionLoop {
        guard let body = try loopBody() else { throw missingLoopBody(word, after: word.end) }
        try skipNewlines()
        let next = try peek()
        let kind: ConditionLoop.Kind
        switch keyword(next) {
        case .while: kind = .doWhile
        case .until: kind = .doUntil
        default:
            throw missing(
                "MissingWhileOrUntilInDoWhile", "Missing while or until keyword in do loop.", after: body.range.end)
        }
        take(next, as: .keyword)
        let condition = try loopCondition(next)
        return ConditionLoop(range: range(from: start), label: label, kind: kind, condition: condition, body: body)
    }

    private func loopCondition(_ word: Lexeme) throws(ParseDiagnostic) -> Statement {
        let opened = try openParenthesis(after: word)
        let text = source.text(word.start, word.end)
        let condition = try inStatements { () throws(ParseDiagnostic) -> Statement in
            try skipNewlines()
            guard let condition = try chain() else {
                throw missing(
                    "MissingExpressionAfterKeyword", "Missing expression after '\(text)' in loop.", after: opened.end)
            }
            return condition
        }
        let end = cursor
        try skipNewlines()
        guard try takeIf(.closeParen) != nil else {
            throw missing(
                "MissingEndParenthesisAfterStatement",
                "Missing closing ')' after expression in '\(text)' statement.", after: end)
        }
        return condition
    }

    // MARK: switch

    func switchStatement(_ word: Lexeme, label: String?, start: Int) throws(ParseDiagnostic) -> SwitchStatement {
        var matching = SwitchStatement.Matching.exact
        var isCaseSensitive = false
        var file: Expression?
        var end = word.end
        try skipNewlines()
        while case .parameter(let name, _) = try peek().kind {
            let flag = try peek()
            take(flag, as: .parameter)
            end = flag.end
            let wanted = name.lowercased()
            if "regex".hasPrefix(wanted) {
                matching = .regex
            } else if "wildcard".hasPrefix(wanted) {
                matching = .wildcard
            } else if "exact".hasPrefix(wanted) {
                matching = .exact
            } else if "casesensitive".hasPrefix(wanted) {
                isCaseSensitive = true
            } else if "file".hasPrefix(wanted) {
                try skipNewlines()
                guard let found = try singleArgument(.file) else {
                    throw missing(
                        "MissingFilenameOption",
                        "Cannot process the 'switch' statement because of a missing file name argument to the -file "
                            + "option.", after: flag.end)
                }
                file = found
                end = cursor
            } else {
                throw failure(
                    "InvalidSwitchFlag", "The parameter \(name) is not valid for the switch statement.",
                    range(flag.start, flag.end))
            }
        }
        let input = try switchInput(file: file, end: &end)
        try skipNewlines()
        guard let opened = try takeIf(.openBrace) else {
            throw missing("MissingCurlyBraceInSwitchStatement", "Missing '{' in switch statement.", after: end)
        }
        let (clauses, otherwise) = try deeper { () throws(ParseDiagnostic) in
            try inStatements { () throws(ParseDiagnostic) in
                let old = jumpScope
                jumpScope.isInLoop = true
                defer { jumpScope = old }
                return try switchClauses(opened: opened)
            }
        }
        return SwitchStatement(
            range: range(from: start), label: label, matching: matching, isCaseSensitive: isCaseSensitive, input: input,
            clauses: clauses, otherwise: otherwise)
    }

    private func switchInput(file: Expression?, end: inout Int) throws(ParseDiagnostic) -> SwitchStatement.Input {
        let required = "A switch statement must have one of the following:  '-file file_name' or '( expression )'."
        guard let opened = try takeIf(.openParen) else {
            if let file { return .file(file) }
            throw missing("PipelineValueRequired", required, after: end)
        }
        guard file == nil else {
            throw failure("PipelineValueRequired", required, range(opened.start, opened.end))
        }
        end = opened.end
        let value = try inStatements { () throws(ParseDiagnostic) -> Statement in
            try skipNewlines()
            guard let value = try chain() else { throw missing("PipelineValueRequired", required, after: opened.end) }
            return value
        }
        let afterValue = cursor
        try skipNewlines()
        guard try takeIf(.closeParen) != nil else {
            throw missing(
                "MissingEndParenthesisInSwitchStatement", "Missing ')' after expression in switch statement.",
                after: afterValue)
        }
        end = cursor
        return .value(value)
    }

    private func switchClauses(
        opened: Lexeme
    ) throws(ParseDiagnostic) -> (clauses: [SwitchStatement.Clause], otherwise: StatementBlock?) {
        var clauses: [SwitchStatement.Clause] = []
        var otherwise: StatementBlock?
        var end = opened.end
        try skipSeparators()
        while true {
            let next = try peek()
            if next.kind == .closeBrace, end != opened.end || !clauses.isEmpty {
                take(next, as: .group)
                return (clauses, otherwise)
            }
            if next.kind == .end, end != opened.end { throw try missingBrace(opened: opened) }
            guard let pattern = try singleArgument(.switchPattern) else {
                throw missing(
                    "MissingSwitchConditionExpression", "Missing condition in switch statement clause.", after: end)
            }
            guard let body = try statementBlock() else {
                throw missing(
                    "MissingSwitchStatementClause", "Missing statement block in switch statement clause.",
                    after: pattern.range.end)
            }
            end = body.range.end
            if case .string(let string) = pattern, string.style == .bareword, string.value.lowercased() == "default" {
                if otherwise != nil {
                    throw failure(
                        "MultipleSwitchDefaultClauses", "A switch statement can have only one default clause.",
                        string.range)
                }
                otherwise = body
            } else {
                clauses.append(SwitchStatement.Clause(pattern: pattern, body: body))
            }
            try skipSeparators()
        }
    }
}
