extension Parser {
    /// One statement; nil when nothing that begins one follows.
    func statement() throws(ParseDiagnostic) -> Statement? {
        try deeper { () throws(ParseDiagnostic) in
            try inMode(.argument) { () throws(ParseDiagnostic) in
                let first = try peek()
                if case .label(let label) = first.kind { return try labeledStatement(label, first) }
                guard let word = keyword(first) else { return try chain() }
                return try keywordStatement(word, first, label: nil)
            }
        }
    }

    private func labeledStatement(_ label: String, _ lexeme: Lexeme) throws(ParseDiagnostic) -> Statement? {
        let (oldCursor, oldCount) = (cursor, tokens.count)
        take(lexeme, as: .label)
        try skipNewlines()
        let first = try peek()
        let word = keyword(first)
        if let word, [.switch, .foreach, .for, .while, .do].contains(word) {
            return try keywordStatement(word, first, label: (label, lexeme))
        }
        // A word with a colon in front names a command like any other.
        cursor = oldCursor
        tokens.removeSubrange(oldCount...)
        return try chain()
    }

    private func keywordStatement(
        _ word: Keyword, _ lexeme: Lexeme, label: (name: String, lexeme: Lexeme)?
    ) throws(ParseDiagnostic) -> Statement? {
        switch word {
        case .if, .switch, .foreach, .for, .while, .do, .try, .data, .return, .throw, .exit, .break, .continue,
            .function, .filter:
            take(lexeme, as: .keyword)
        case .class, .enum, .workflow, .configuration, .parallel, .sequence, .from, .define, .var, .using:
            return try refuse(word, lexeme)
        case .else, .elseif, .in, .until, .catch, .finally, .trap, .begin, .process, .end, .clean, .dynamicparam,
            .param:
            return try chain()
        }
        let start = label?.lexeme.start ?? lexeme.start
        switch word {
        case .if: return .conditional(try ifStatement(lexeme))
        case .switch: return .switch(try switchStatement(lexeme, label: label?.name, start: start))
        case .foreach: return .foreach(try foreachStatement(lexeme, label: label?.name, start: start))
        case .for: return .for(try forStatement(lexeme, label: label?.name, start: start))
        case .while: return .loop(try whileStatement(lexeme, label: label?.name, start: start))
        case .do: return .loop(try doStatement(lexeme, label: label?.name, start: start))
        case .try: return .try(try tryStatement(lexeme))
        case .data: return .data(try dataStatement(lexeme))
        case .return: return .leave(try leaveStatement(.return, lexeme))
        case .throw: return .leave(try leaveStatement(.throw, lexeme))
        case .exit: return .leave(try leaveStatement(.exit, lexeme))
        case .break: return .jump(try jumpStatement(.break, lexeme))
        case .continue: return .jump(try jumpStatement(.continue, lexeme))
        default: return .function(try functionDefinition(lexeme, isFilter: word == .filter))
        }
    }

    /// Keywords of PowerShell that Ferry's language does not have.
    private func refuse(_ word: Keyword, _ lexeme: Lexeme) throws(ParseDiagnostic) -> Statement? {
        let where_ = range(lexeme.start, lexeme.end)
        let text = source.text(lexeme.start, lexeme.end)
        switch word {
        case .using:
            throw failure(
                "UsingMustBeAtStartOfScript",
                "A 'using' statement must appear before any other statements in a script.", where_)
        case .workflow:
            throw failure(
                "WorkflowNotSupportedInPowerShellCore", "Workflow is not supported in PowerShell 6+.", where_)
        case .configuration:
            // Only with a name behind it is it the keyword; alone it may be a command.
            throw failure(
                "ConfigurationNotSupportedInPowerShellCore", "Configuration keyword is not supported in PowerShell 6+.",
                where_)
        case .class, .enum:
            throw failure(
                "UnsupportedReservedKeyword",
                "The '\(text)' keyword is not supported by Ferry. Use functions and [pscustomobject] instead.", where_)
        default:
            throw failure(
                "ReservedKeywordNotAllowed",
                "The '\(text)' keyword is not supported in this version of the language.", where_)
        }
    }

    // MARK: if

    private func ifStatement(_ first: Lexeme) throws(ParseDiagnostic) -> IfStatement {
        var clauses: [IfStatement.Clause] = []
        var word = first
        while true {
            let text = source.text(word.start, word.end)
            try skipNewlines()
            guard let opened = try takeIf(.openParen) else {
                throw missing(
                    "MissingOpenParenthesisInIfStatement", "Missing '(' after '\(text)' in if statement.",
                    after: word.end)
            }
            let condition = try inStatements { () throws(ParseDiagnostic) -> Statement in
                try skipNewlines()
                guard let condition = try chain() else {
                    throw missing(
                        "IfStatementMissingCondition", "Missing condition in if statement after '\(text) ('.",
                        after: opened.end)
                }
                try skipNewlines()
                return condition
            }
            guard let closed = try takeIf(.closeParen) else { throw try missingParenthesis(after: text) }
            guard let body = try statementBlock() else {
                throw missing(
                    "MissingStatementBlock", "Missing statement block after \(text) ( condition ).", after: closed.end)
            }
            clauses.append(IfStatement.Clause(condition: condition, body: body))

            let (oldCursor, oldCount) = (cursor, tokens.count)
            try skipNewlines()
            let next = try peek()
            switch keyword(next) {
            case .elseif:
                take(next, as: .keyword)
                word = next
            case .else:
                take(next, as: .keyword)
                guard let otherwise = try statementBlock() else {
                    throw missing(
                        "MissingStatementBlockAfterElse", "Missing statement block after 'else' keyword.",
                        after: next.end)
                }
                return IfStatement(range: range(from: first.start), clauses: clauses, otherwise: otherwise)
            default:
                // The newlines separate the next statement.
                cursor = oldCursor
                tokens.removeSubrange(oldCount...)
                return IfStatement(range: range(from: first.start), clauses: clauses, otherwise: nil)
            }
        }
    }

    func missingParenthesis(after keyword: String) throws(ParseDiagnostic) -> ParseDiagnostic {
        let found = try peek()
        return ParseDiagnostic(
            id: "MissingEndParenthesisAfterStatement",
            message: "Missing closing ')' after expression in '\(keyword)' statement.",
            range: range(found.start, found.end), isIncomplete: found.kind == .end)
    }

    // MARK: try and trap

    private func tryStatement(_ word: Lexeme) throws(ParseDiagnostic) -> TryStatement {
        guard let body = try statementBlock() else {
            throw missing(
                "MissingTryStatementBlock", "The Try statement is missing its statement block.", after: word.end)
        }
        var catches: [TryStatement.Catch] = []
        while let next = try keywordAhead(.catch) {
            let handler = try catchClause(next)
            if let last = catches.last, last.types.isEmpty {
                throw failure("EmptyCatchNotLast", "Catch block must be the last catch block.", last.range)
            }
            catches.append(handler)
        }
        var finally: StatementBlock?
        if let next = try keywordAhead(.finally) {
            let scope = jumpScope
            jumpScope = JumpScope(isInFinally: true, isInLoop: false)
            defer { jumpScope = scope }
            finally = try statementBlock()
            if finally == nil {
                throw missing(
                    "MissingFinallyStatementBlock", "The Finally block is missing its statement block.", after: next.end
                )
            }
        }
        guard !catches.isEmpty || finally != nil else {
            throw missing(
                "MissingCatchOrFinally", "The Try statement is missing its Catch or Finally block.",
                after: body.range.end)
        }
        return TryStatement(range: range(from: word.start), body: body, catches: catches, finally: finally)
    }

    /// Takes `word` if it follows, newlines allowed before it; else nothing is taken.
    private func keywordAhead(_ word: Keyword) throws(ParseDiagnostic) -> Lexeme? {
        let (oldCursor, oldCount) = (cursor, tokens.count)
        try skipNewlines()
        let next = try peek()
        guard keyword(next) == word else {
            cursor = oldCursor
            tokens.removeSubrange(oldCount...)
            return nil
        }
        take(next, as: .keyword)
        return next
    }

    private func catchClause(_ word: Lexeme) throws(ParseDiagnostic) -> TryStatement.Catch {
        var types: [TypeConstraint] = []
        var comma: Lexeme?
        repeat {
            try skipNewlines()
            guard let attribute = try attribute() else {
                if let comma { throw missing("MissingTypeLiteralToken", "Missing type literal.", after: comma.end) }
                break
            }
            guard case .type(let type) = attribute else {
                throw missing(
                    "MissingCatchHandlerBlock", "The Catch block is missing its statement block.",
                    after: types.last?.range.end ?? word.end)
            }
            types.append(type)
            let (oldCursor, oldCount) = (cursor, tokens.count)
            try skipNewlines()
            comma = try takeIf(.comma, as: .separator)
            if comma == nil {
                cursor = oldCursor
                tokens.removeSubrange(oldCount...)
            }
        } while comma != nil
        guard let body = try statementBlock() else {
            throw missing(
                "MissingCatchHandlerBlock", "The Catch block is missing its statement block.",
                after: types.last?.range.end ?? word.end)
        }
        return TryStatement.Catch(range: range(from: word.start), types: types, body: body)
    }

    /// A trap; nil, with nothing taken, when the word is not followed by one's body.
    func trapStatement() throws(ParseDiagnostic) -> TrapStatement? {
        let word = try peek()
        take(word, as: .keyword)
        try skipNewlines()
        var type: TypeConstraint?
        if case .type(let constraint)? = try attribute() { type = constraint }
        guard let body = try statementBlock() else {
            throw missing(
                "MissingTrapStatement", "The 'trap' statement was incomplete. A trap statement requires a body.",
                after: type?.range.end ?? word.end)
        }
        return TrapStatement(range: range(from: word.start), type: type, body: body)
    }

    // MARK: return, throw, exit, break, continue

    private func leaveStatement(_ kind: LeaveStatement.Kind, _ word: Lexeme) throws(ParseDiagnostic) -> LeaveStatement {
        if kind == .return { try checkLeaving(word, isJump: false) }
        let value = try chain()
        return LeaveStatement(range: range(from: word.start), kind: kind, value: value)
    }

    private func jumpStatement(_ kind: JumpStatement.Kind, _ word: Lexeme) throws(ParseDiagnostic) -> JumpStatement {
        let label = try inMode(.expression) { () throws(ParseDiagnostic) in try labelOrKey() }
        try checkLeaving(word, isJump: label == nil)
        return JumpStatement(range: range(from: word.start), kind: kind, label: label)
    }

    private func checkLeaving(_ word: Lexeme, isJump: Bool) throws(ParseDiagnostic) {
        guard jumpScope.isInFinally, !(isJump && jumpScope.isInLoop) else { return }
        throw failure(
            "ControlLeavingFinally", "Flow of control cannot leave a Finally block.", range(word.start, word.end))
    }

    /// A simple name or an expression without commas: a jump's label, a hashtable's key.
    func labelOrKey() throws(ParseDiagnostic) -> Expression? {
        if let name = try lexer.simpleName(from: cursor) {
            note(.member, name.start, name.end)
            cursor = name.end
            return .string(
                StringExpression(
                    range: range(name.start, name.end), value: source.text(name.start, name.end), style: .bareword))
        }
        switch try peek().kind {
        case .newline, .semicolon: return nil
        default: break
        }
        let old = stopsAtComma
        stopsAtComma = true
        defer { stopsAtComma = old }
        return try unaryExpression()
    }

    // MARK: function and data

    private func functionDefinition(_ word: Lexeme, isFilter: Bool) throws(ParseDiagnostic) -> FunctionDefinition {
        try skipNewlines()
        let nameLexeme = try peek()
        let name: String
        switch nameLexeme.kind {
        case .pipe, .openParen, .openBrace, .atParen, .atBrace, .closeBrace, .closeParen, .end, .semicolon,
            .fileRedirection, .mergeRedirection, .inputRedirection, .andAnd, .orOr, .ampersand, .variable, .splatted,
            .doubleQuoted, .doubleQuotedHere, .singleQuoted, .singleQuotedHere, .newline, .comma, .dollarParen:
            throw missing(
                "MissingNameAfterKeyword", "Missing name after \(source.text(word.start, word.end)) keyword.",
                after: word.end)
        case .word:
            name = try wordLiteral(from: nameLexeme.start)
        default:
            take(nameLexeme, as: .command)
            name = source.text(nameLexeme.start, nameLexeme.end)
        }
        let nameRange = range(nameLexeme.start, cursor)
        try skipNewlines()
        var inline: ParameterBlock?
        if let opened = try takeIf(.openParen) {
            let parameters = try parameterList(opened: opened)
            inline = ParameterBlock(range: range(from: opened.start), attributes: [], parameters: parameters)
            try skipNewlines()
        }
        guard let opened = try takeIf(.openBrace) else {
            throw missing(
                "MissingFunctionBody", "Missing function body in function declaration.",
                after: inline?.range.end ?? nameRange.end)
        }
        let body = try scriptBlock(opened: opened, isFilter: isFilter, inline: inline)
        return FunctionDefinition(
            range: range(from: word.start), name: name, nameRange: nameRange, isFilter: isFilter, body: body,
            hasInlineParameters: inline != nil)
    }

    private func dataStatement(_ word: Lexeme) throws(ParseDiagnostic) -> DataStatement {
        try skipNewlines()
        var variable: String?
        if let name = try lexer.simpleName(from: cursor) {
            note(.variable, name.start, name.end)
            cursor = name.end
            variable = source.text(name.start, name.end)
        }
        try skipNewlines()
        var commands: [Expression] = []
        let flag = try peek()
        if case .parameter(let name, _) = flag.kind {
            take(flag, as: .parameter)
            guard "supportedcommand".hasPrefix(name.lowercased()) else {
                throw failure(
                    "InvalidParameterForDataSectionStatement",
                    "The \"\(name)\" parameter of the Data section is not valid. The valid Data section parameter is "
                        + "SupportedCommand.", range(flag.start, flag.end))
            }
            var end = flag.end
            repeat {
                try skipNewlines()
                guard let command = try singleArgument(.name) else {
                    throw missing(
                        "MissingValueForSupportedCommandInDataSectionStatement",
                        "The SupportedCommand parameter of the Data section is missing a value. "
                            + "Supply a cmdlet or function name to the parameter.", after: end)
                }
                commands.append(command)
                guard let comma = try takeIf(.comma, as: .separator) else { break }
                end = comma.end
            } while true
        }
        let end = cursor
        guard let body = try statementBlock() else {
            throw missing(
                "MissingStatementBlockForDataSection", "The Data section is missing its statement block.", after: end)
        }
        return DataStatement(
            range: range(from: word.start), variable: variable, supportedCommands: commands, body: body)
    }
}
