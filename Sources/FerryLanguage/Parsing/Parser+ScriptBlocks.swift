extension Parser {
    /// The whole text as a script.
    func script() throws(ParseDiagnostic) -> ScriptBlock {
        // A byte order mark that survived decoding is not text.
        if source.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { cursor = 3 }
        try skipSeparators()
        let usings = try usingDirectives()
        return try scriptBlockBody(opened: nil, isFilter: false, inline: nil, usings: usings)
    }

    /// What follows `{`, the closing brace included.
    func scriptBlock(opened: Lexeme, isFilter: Bool, inline: ParameterBlock? = nil) throws(ParseDiagnostic)
        -> ScriptBlock
    {
        let scope = jumpScope
        jumpScope = JumpScope()
        defer { jumpScope = scope }
        return try deeper { () throws(ParseDiagnostic) in
            try inStatements { () throws(ParseDiagnostic) in
                try scriptBlockBody(opened: opened, isFilter: isFilter, inline: inline, usings: [])
            }
        }
    }

    private func scriptBlockBody(
        opened: Lexeme?, isFilter: Bool, inline: ParameterBlock?, usings: [UsingDirective]
    ) throws(ParseDiagnostic) -> ScriptBlock {
        let bodyStart = opened?.end ?? 0
        try skipNewlines()
        var parameters = try parameterBlock()
        if let inline {
            if let parameters {
                throw failure(
                    "OnlyOneParameterListAllowed",
                    "The param statement cannot be used if arguments were specified in the function declaration.",
                    parameters.range)
            }
            parameters = inline
        }
        try skipSeparators()
        var blocks: [NamedBlock.Kind: NamedBlock] = [:]
        if let kind = try blockName() {
            var next: NamedBlock.Kind? = kind
            while let kind = next {
                try namedBlock(kind, into: &blocks)
                try skipSeparators()
                next = try blockName()
            }
            let other = try peek()
            if other.kind != .end, other.kind != .closeBrace {
                let text = text(of: other)
                throw failure(
                    "MissingNamedBlocks",
                    "unexpected token '\(text)', expected 'begin', 'process', 'end', 'clean', or 'dynamicparam'.",
                    range(other.start, other.start + text.utf8.count))
            }
        } else {
            let start = try peek().start
            let (statements, traps) = try statementList()
            let end = statements.isEmpty && traps.isEmpty ? start : cursorBeforeSeparators
            let body = StatementBlock(range: range(start, max(start, end)), statements: statements, traps: traps)
            let kind: NamedBlock.Kind = isFilter ? .process : .end
            blocks[kind] = NamedBlock(range: body.range, kind: kind, isUnnamed: true, body: body)
        }

        let last = try peek()
        let bodyEnd: Int
        if let opened {
            guard last.kind == .closeBrace else {
                // A stray `)` inside braces is the error, not the brace that is still missing.
                if last.kind != .end { throw unexpected(last) }
                throw try missingBrace(opened: opened)
            }
            bodyEnd = last.start
            take(last, as: .group)
        } else {
            guard last.kind == .end else { throw unexpected(last) }
            bodyEnd = source.bytes.count
        }
        return ScriptBlock(
            range: range(opened?.start ?? 0, opened == nil ? bodyEnd : cursor), bodyRange: range(bodyStart, bodyEnd),
            usings: usings, parameters: parameters, dynamicParameters: blocks[.dynamicparam], begin: blocks[.begin],
            process: blocks[.process], end: blocks[.end], clean: blocks[.clean],
            requirements: opened == nil ? try requirements() : [])
    }

    /// The end of the last token that was not a separator: where a list of statements ends.
    private var cursorBeforeSeparators: Int {
        tokens.last { $0.kind != .newline && $0.kind != .separator }?.range.end ?? cursor
    }

    private func blockName() throws(ParseDiagnostic) -> NamedBlock.Kind? {
        let lexeme = try peek()
        switch keyword(lexeme) {
        case .begin: return .begin
        case .process: return .process
        case .end: return .end
        case .clean:
            // `clean` became a keyword late: only a brace behind it makes it one.
            return try isBraceNext(after: lexeme) ? .clean : nil
        case .dynamicparam: return .dynamicparam
        default: return nil
        }
    }

    private func isBraceNext(after lexeme: Lexeme) throws(ParseDiagnostic) -> Bool {
        var index = lexeme.end
        while true {
            index = try lexer.skipTrivia(from: index)
            guard let (value, next) = lexer.scalar(index), Characters.isNewline(value) else { break }
            index = next
        }
        return lexer.byte(index) == 0x7B
    }

    private func namedBlock(
        _ kind: NamedBlock.Kind, into blocks: inout [NamedBlock.Kind: NamedBlock]
    ) throws(ParseDiagnostic) {
        let name = try peek()
        take(name, as: .keyword)
        guard let body = try statementBlock() else {
            throw missing(
                "MissingNamedStatementBlock", "Missing statement block after '\(kind.rawValue)'.", after: name.end)
        }
        let block = NamedBlock(range: range(from: name.start), kind: kind, isUnnamed: false, body: body)
        guard blocks[kind] == nil else {
            throw failure(
                "DuplicateScriptCommandClause", "Script command clause '\(kind.rawValue)' has already been defined.",
                block.range)
        }
        blocks[kind] = block
    }

    // MARK: Blocks of statements

    /// `{ … }` after optional newlines; nil when there is no brace.
    func statementBlock() throws(ParseDiagnostic) -> StatementBlock? {
        try skipNewlines()
        guard let opened = try takeIf(.openBrace) else { return nil }
        let (statements, traps) = try deeper { () throws(ParseDiagnostic) in
            try inStatements { () throws(ParseDiagnostic) in try statementList() }
        }
        guard try takeIf(.closeBrace) != nil else {
            let last = try peek()
            if last.kind != .end { throw unexpected(last) }
            throw try missingBrace(opened: opened)
        }
        return StatementBlock(range: range(from: opened.start), statements: statements, traps: traps)
    }

    /// Statements up to something that cannot begin one.
    func statementList() throws(ParseDiagnostic) -> (statements: [Statement], traps: [TrapStatement]) {
        var statements: [Statement] = []
        var traps: [TrapStatement] = []
        try skipSeparators()
        while true {
            if keyword(try peek()) == .trap, let trap = try trapStatement() {
                traps.append(trap)
            } else if let statement = try statement() {
                statements.append(statement)
            } else {
                return (statements, traps)
            }
            try skipSeparators()
        }
    }

    // MARK: The head of a script

    private func usingDirectives() throws(ParseDiagnostic) -> [UsingDirective] {
        var usings: [UsingDirective] = []
        while keyword(try peek()) == .using {
            let word = try peek()
            take(word, as: .keyword)
            usings.append(try usingDirective(word))
            try skipSeparators()
        }
        return usings
    }

    func usingDirective(_ word: Lexeme) throws(ParseDiagnostic) -> UsingDirective {
        let kindWord = try peek()
        guard kindWord.kind == .identifier,
            let kind = UsingDirective.Kind(rawValue: source.text(kindWord.start, kindWord.end).lowercased())
        else {
            throw missing("MissingUsingStatementDirective", "Missing using directive", after: word.end)
        }
        take(kindWord, as: .keyword)
        guard let name = try singleArgument(.name) else {
            throw missing("MissingUsingItemName", "Missing using name", after: kindWord.end)
        }
        let last = try peek()
        switch last.kind {
        case .newline, .semicolon, .end: break
        default:
            throw failure(
                "UsingStatementNotSupported", "This syntax of the 'using' statement is not supported.",
                range(word.start, last.start))
        }
        let text = if case .string(let string) = name { string.value } else { name.range.text }
        return UsingDirective(range: range(from: word.start), kind: kind, name: text)
    }

    /// The `#requires` comments, each at the start of its line.
    private func requirements() throws(ParseDiagnostic) -> [ScriptRequirement] {
        var found: [ScriptRequirement] = []
        for comment in lexer.comments {
            let text = comment.text
            guard text.utf8.count > 9, text.prefix(9).lowercased() == "#requires" else { continue }
            guard text.dropFirst(9).first?.isWhitespace ?? false else { throw malformed(comment) }
            let inner = Parser(SourceText(String(text.dropFirst()), path: source.path), depth: depth)
            guard let statement = try inner.statement(), case .pipeline(let pipeline) = statement,
                case .command(let command) = pipeline.elements[0]
            else { continue }
            let requirement = ScriptRequirement(range: comment, command: command)
            try checkVersion(requirement)
            found.append(requirement)
        }
        return found
    }

    /// `-Version` takes up to four numbers with dots between them.
    private func checkVersion(_ requirement: ScriptRequirement) throws(ParseDiagnostic) {
        let words = requirement.words
        guard let first = words.first?.lowercased(), first.utf8.count > 1, "-version".hasPrefix(first) else { return }
        let parts = (words.count > 1 ? words[1] : "").split(separator: ".", omittingEmptySubsequences: false)
        let isVersion =
            parts.count <= 4
            && parts.allSatisfy {
                !$0.isEmpty && $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            }
        if !isVersion { throw malformed(requirement.range) }
    }

    private func malformed(_ comment: SourceRange) -> ParseDiagnostic {
        failure(
            "RequiresStatementInvalid",
            "Cannot process the #requires statement because it is not in the correct format: after #requires and a space "
                + "come -Version with a number, -Modules with names, -PSEdition or -RunAsAdministrator.", comment)
    }
}
