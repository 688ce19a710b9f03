extension Parser {
    /// Where an argument stands decides what may continue it and whether it expands.
    enum ArgumentPlace {
        /// A command's name: never expanded, commas end it.
        case name
        /// The name after `&` or `.`.
        case invokedName
        case argument
        case file
        case switchPattern
    }

    /// A command with its arguments; nil when none begins here.
    func command() throws(ParseDiagnostic) -> Command? {
        try inMode(.argument) { () throws(ParseDiagnostic) in
            let first = try peek()
            let invocation: Command.Invocation
            switch first.kind {
            case .dot: invocation = .dot
            case .ampersand: invocation = .call
            default: invocation = .name
            }
            if invocation != .name { take(first, as: .operator) }
            var redirections: [Redirection] = []
            guard let name = try commandName(invocation) else {
                guard invocation != .name else { return nil }
                throw failure(
                    "MissingExpression",
                    "Missing expression after '\(invocation.rawValue)' in pipeline element.",
                    range(first.start, first.end))
            }
            let arguments = try commandArguments(&redirections)
            return Command(
                range: range(from: first.start), invocation: invocation, name: name, arguments: arguments,
                redirections: redirections)
        }
    }

    private func commandName(_ invocation: Command.Invocation) throws(ParseDiagnostic) -> Expression? {
        let next = try peek()
        switch next.kind {
        case .parameter, .minusMinus, .fileRedirection, .mergeRedirection, .inputRedirection:
            // Old scripts name functions like this.
            take(next, as: .command)
            return bareword(next)
        case .comma:
            throw failure("MissingArgument", "Missing argument in parameter list.", range(next.start, next.end))
        default:
            return try argument(invocation == .name ? .name : .invokedName)
        }
    }

    private func commandArguments(_ redirections: inout [Redirection]) throws(ParseDiagnostic) -> [CommandArgument] {
        var arguments: [CommandArgument] = []
        var sawEnd = false
        while true {
            let next = try peek()
            switch next.kind {
            case .pipe, .closeBrace, .closeParen, .end, .newline, .semicolon, .andAnd, .orOr, .ampersand:
                return arguments
            case .minusMinus:
                take(next, as: .operator)
                arguments.append(sawEnd ? .value(bareword(next)) : .endOfParameters(range(next.start, next.end)))
                sawEnd = true
            case .comma:
                throw failure("MissingArgument", "Missing argument in parameter list.", range(next.start, next.end))
            case .parameter(let name, let hasColon):
                take(next, as: sawEnd ? .bareword : .parameter)
                if sawEnd {
                    arguments.append(.value(bareword(next)))
                    continue
                }
                arguments.append(.parameter(try parameter(name, hasColon: hasColon, next)))
            case .fileRedirection, .mergeRedirection, .inputRedirection:
                if let redirection = try redirection(next, after: redirections) { redirections.append(redirection) }
            case .word where isVerbatimMark(next):
                take(Lexeme(kind: .word, start: next.start, end: next.start + 3), as: .operator)
                arguments.append(verbatim())
            default:
                guard let value = try argument(.argument) else { throw unexpected(next) }
                arguments.append(.value(value))
            }
        }
    }

    private func parameter(_ name: String, hasColon: Bool, _ lexeme: Lexeme) throws(ParseDiagnostic) -> CommandParameter
    {
        var value: Expression?
        let written = source.text(lexeme.start, lexeme.end)
        if hasColon, try peek().kind != .comma {
            value = try argument(.argument)
            if value == nil {
                throw failure(
                    "ParameterRequiresArgument", "Parameter \(written) requires an argument.",
                    range(lexeme.end, lexeme.end))
            }
        }
        return CommandParameter(range: range(from: lexeme.start), name: name, argument: value, written: written)
    }

    private func isVerbatimMark(_ lexeme: Lexeme) -> Bool {
        lexeme.start + 3 <= lexer.end && source.text(lexeme.start, lexeme.start + 3) == "--%"
            && lexer.endsWord(at: lexeme.start + 3)
    }

    /// Everything up to the end of the line or a pipe outside double quotes.
    private func verbatim() -> CommandArgument {
        var index = cursor
        while let (value, next) = lexer.scalar(index), Characters.isWhitespace(value) { index = next }
        let start = index
        var isQuoted = false
        while let (value, next) = lexer.scalar(index), !Characters.isNewline(value) {
            if Characters.isDoubleQuote(value) { isQuoted.toggle() }
            if !isQuoted, value == 0x7C || value == 0x26 && lexer.byte(next) == 0x26 { break }
            index = next
        }
        note(.bareword, start, index)
        cursor = index
        return .verbatim(source.text(start, index), range(start, index))
    }

    // MARK: Arguments

    /// One argument without commas behind it: a file, a pattern, a name.
    func singleArgument(_ place: ArgumentPlace) throws(ParseDiagnostic) -> Expression? {
        try inStatements { () throws(ParseDiagnostic) in try argument(place) }
    }

    /// The argument at the cursor, a list where commas follow; nil when something else follows.
    private func argument(_ place: ArgumentPlace) throws(ParseDiagnostic) -> Expression? {
        guard let first = try argumentItem(place) else { return nil }
        guard case .argument = place, try peek().kind == .comma else { return first }
        var elements = [first]
        while let comma = try takeIf(.comma, as: .separator) {
            try skipNewlines()
            guard let next = try argumentItem(place) else {
                throw missing(
                    "MissingExpression", "Missing expression after ',' in pipeline element.", after: comma.end)
            }
            elements.append(next)
        }
        for case .variable(let variable) in elements where variable.isSplatted {
            throw failure(
                "SplattingNotPermittedInArgumentList",
                "Splatted variables like '@\(variable.path.text)' cannot be part of a comma-separated list of arguments.",
                variable.range)
        }
        return .array(ArrayExpression(range: range(from: first.range.start), elements: elements))
    }

    private func argumentItem(_ place: ArgumentPlace) throws(ParseDiagnostic) -> Expression? {
        let next = try peek()
        switch next.kind {
        case .pipe, .closeBrace, .closeParen, .end, .newline, .semicolon, .fileRedirection, .mergeRedirection,
            .inputRedirection, .andAnd, .orOr, .ampersand, .minusMinus, .comma:
            return nil
        case .splatted(let path):
            if case .argument = place { return try primaryExpression(withMembers: true, allowsSplat: true) }
            throw splattingNotPermitted(path, next)
        case .variable, .number, .doubleQuoted, .doubleQuotedHere, .singleQuoted, .singleQuotedHere, .openParen,
            .dollarParen, .atParen, .atBrace, .openBrace:
            return try deeper { () throws(ParseDiagnostic) in try primaryExpression(withMembers: true) }
        case .word:
            if case .name = place {
                let value = try wordLiteral(from: next.start)
                return .string(StringExpression(range: range(from: next.start), value: value, style: .bareword))
            }
            if case .argument = place, let number = try negativeNumber(next) { return number }
            return try word(from: next.start)
        case .unrecognized:
            throw failure("UnrecognizedToken", "Unrecognized token in source text.", range(next.start, next.end))
        default:
            switch place {
            case .name, .invokedName: take(next, as: .command)
            case .argument, .file, .switchPattern: take(next, as: .bareword)
            }
            return bareword(next)
        }
    }

    /// `-5` as an argument is a number, as `5` is; nil where the word only begins like one.
    private func negativeNumber(_ word: Lexeme) throws(ParseDiagnostic) -> Expression? {
        guard let (value, next) = lexer.scalar(word.start), Characters.isDash(value),
            Characters.isDigit(UInt32(lexer.byte(next))) || lexer.byte(next) == 0x2E
        else { return nil }
        let lexeme = try lexer.number(from: word.start, mode: .argument, inTernary: false)
        guard case .number(let number) = lexeme.kind else { return nil }
        take(lexeme, as: .number)
        return .number(NumberExpression(range: range(lexeme.start, lexeme.end), value: number))
    }

    private func bareword(_ lexeme: Lexeme) -> Expression {
        .string(
            StringExpression(
                range: range(lexeme.start, lexeme.end), value: source.text(lexeme.start, lexeme.end), style: .bareword))
    }
}
