/// Text to syntax tree by recursive descent, one statement at a time.
///
///     script block ─▶ statements ─▶ pipelines ─▶ commands (argument mode)
///                                       └──────▶ expressions (expression mode)
///
/// The parser's place is `cursor`, the end of the last lexeme it took. A look ahead scans from there in the current mode and
/// is thrown away when the mode changes, so nothing has to be put back. The first error ends the parse: it is what
/// the reader sees first, and later ones are mostly its echoes.
package final class Parser {
    /// Trees deeper than this are refused: the parser, the evaluator and the release of a tree all recurse.
    static let depthLimit = 256
    /// Operators or member accesses in one chain, which also nest.
    static let chainLimit = 2_000

    let source: SourceText
    var lexer: Lexer
    var cursor = 0
    var mode = Lexer.Mode.argument
    /// Inside method arguments and the like, where a comma separates instead of making an array.
    var stopsAtComma = false
    /// Inside the branches of `? :`, where those characters end a number.
    var inTernary = false
    var depth: Int
    var tokens: [Token] = []
    /// How far `finally` and loops reach: `break` may not leave a `finally`.
    var jumpScope = JumpScope()

    private var lookahead: (lexeme: Lexeme, cursor: Int, mode: Lexer.Mode, takesSign: Bool, inTernary: Bool)?

    struct JumpScope {
        var isInFinally = false
        var isInLoop = false
    }

    init(_ source: SourceText, depth: Int = 0) {
        self.source = source
        self.depth = depth
        lexer = Lexer(source)
    }

    // MARK: Entry points

    /// Parses a whole script, file or line.
    package static func parse(_ source: SourceText) -> ParsedScript {
        let parser = Parser(source)
        do throws(ParseDiagnostic) {
            let script = try parser.script()
            return ParsedScript(source: source, script: script, diagnostics: [], tokens: parser.allTokens)
        } catch {
            return ParsedScript(source: source, script: nil, diagnostics: [error], tokens: parser.allTokens)
        }
    }

    package static func parse(_ text: String, path: String? = nil) -> ParsedScript {
        parse(SourceText(text, path: path))
    }

    /// The type named by `text`, without brackets, as `[Type]'int[]'` conversions need it; nil when it is no type name.
    package static func typeName(_ text: String) -> TypeName? {
        let parser = Parser(SourceText(text))
        guard let type = try? parser.typeName(allowsAssembly: true) else { return nil }
        return parser.lexer.isRestEmpty(from: parser.cursor) ? type : nil
    }

    /// The number that `text` is as a whole, in the notation of literals, with an optional sign; nil when it is none.
    package static func number(_ text: String) -> NumberValue? { Lexer.number(in: text) }

    private var allTokens: [Token] {
        let comments = lexer.comments.map { Token(kind: .comment, range: $0) }
        guard !comments.isEmpty else { return tokens }
        var merged: [Token] = []
        merged.reserveCapacity(tokens.count + comments.count)
        var next = comments.startIndex
        for token in tokens {
            while next < comments.endIndex, comments[next].range.start < token.range.start {
                merged.append(comments[next])
                next += 1
            }
            merged.append(token)
        }
        return merged + comments[next...]
    }

    // MARK: Lexemes

    func peek(takesSign: Bool = false) throws(ParseDiagnostic) -> Lexeme {
        if let lookahead, lookahead.cursor == cursor, lookahead.mode == mode, lookahead.takesSign == takesSign,
            lookahead.inTernary == inTernary
        {
            return lookahead.lexeme
        }
        let lexeme = try lexer.next(from: cursor, mode: mode, takesSign: takesSign, inTernary: inTernary)
        lookahead = (lexeme, cursor, mode, takesSign, inTernary)
        return lexeme
    }

    /// Takes a lexeme that was peeked at.
    func take(_ lexeme: Lexeme, as kind: Token.Kind) {
        tokens.append(Token(kind: kind, range: range(lexeme.start, lexeme.end)))
        cursor = lexeme.end
    }

    func note(_ kind: Token.Kind, _ start: Int, _ end: Int) {
        tokens.append(Token(kind: kind, range: range(start, end)))
    }

    /// Takes the next lexeme if it is `kind`.
    @discardableResult
    func takeIf(_ kind: Lexeme.Kind, as tokenKind: Token.Kind = .group) throws(ParseDiagnostic) -> Lexeme? {
        let lexeme = try peek()
        guard lexeme.kind == kind else { return nil }
        take(lexeme, as: tokenKind)
        return lexeme
    }

    func skipNewlines() throws(ParseDiagnostic) {
        while true {
            let lexeme = try peek()
            guard lexeme.kind == .newline else { return }
            take(lexeme, as: .newline)
        }
    }

    func skipSeparators() throws(ParseDiagnostic) {
        while true {
            let lexeme = try peek()
            switch lexeme.kind {
            case .newline: take(lexeme, as: .newline)
            case .semicolon: take(lexeme, as: .separator)
            default: return
            }
        }
    }

    /// The keyword at the cursor in argument mode.
    func keyword(_ lexeme: Lexeme) -> Keyword? {
        guard lexeme.kind == .identifier, lexeme.end - lexeme.start <= 13 else { return nil }
        return Keyword(rawValue: source.text(lexeme.start, lexeme.end).lowercased())
    }

    /// A lexeme's text for error messages, which is the whole word where only its beginning was scanned.
    func text(of lexeme: Lexeme) -> String {
        var end = lexeme.end
        switch lexeme.kind {
        case .word, .doubleQuoted, .doubleQuotedHere:
            while !lexer.endsWord(at: end), let next = lexer.scalar(end)?.next { end = next }
        default:
            break
        }
        return source.text(lexeme.start, end)
    }

    // MARK: Modes and depth

    func inMode<Result>(
        _ newMode: Lexer.Mode, _ body: () throws(ParseDiagnostic) -> Result
    ) throws(ParseDiagnostic) -> Result {
        let old = mode
        mode = newMode
        defer { mode = old }
        return try body()
    }

    /// A nested context in which statements stand again: commas make arrays and ternaries begin anew.
    func inStatements<Result>(_ body: () throws(ParseDiagnostic) -> Result) throws(ParseDiagnostic) -> Result {
        let (oldMode, oldComma, oldTernary) = (mode, stopsAtComma, inTernary)
        (mode, stopsAtComma, inTernary) = (.argument, false, false)
        defer { (mode, stopsAtComma, inTernary) = (oldMode, oldComma, oldTernary) }
        return try body()
    }

    func deeper<Result>(_ body: () throws(ParseDiagnostic) -> Result) throws(ParseDiagnostic) -> Result {
        guard depth < Self.depthLimit else { throw tooComplicated() }
        depth += 1
        defer { depth -= 1 }
        return try body()
    }

    func tooComplicated() -> ParseDiagnostic {
        failure(
            "ScriptTooComplicated", "Processing was stopped because the script is too complex.", range(cursor, cursor))
    }

    // MARK: Ranges and errors

    func range(_ start: Int, _ end: Int) -> SourceRange { SourceRange(source, start, end) }
    func range(from start: Int) -> SourceRange { SourceRange(source, start, cursor) }

    func failure(_ id: String, _ message: String, _ range: SourceRange) -> ParseDiagnostic {
        ParseDiagnostic(id: id, message: message, range: range)
    }

    /// An error that more input may repair, if nothing follows `end`.
    ///
    /// - Parameters:
    ///   - after: where the error shows, an empty range.
    ///   - end: where the missing thing would have stood; `after` when nil.
    func missing(_ id: String, _ message: String, after: Int, foundAt end: Int? = nil) -> ParseDiagnostic {
        ParseDiagnostic(
            id: id, message: message, range: range(after, after), isIncomplete: lexer.isRestEmpty(from: end ?? after))
    }

    func missingBrace(opened: Lexeme) throws(ParseDiagnostic) -> ParseDiagnostic {
        ParseDiagnostic(
            id: "MissingEndCurlyBrace", message: "Missing closing '}' in statement block or type definition.",
            range: range(opened.start, opened.end), isIncomplete: try peek().kind == .end)
    }

    func unexpected(_ lexeme: Lexeme) -> ParseDiagnostic {
        let text = text(of: lexeme)
        return failure(
            "UnexpectedToken", "Unexpected token '\(text)' in expression or statement.",
            range(lexeme.start, lexeme.start + text.utf8.count))
    }
}
