/// Finds the next lexeme at a place. Stateless between calls, except for the comments it came across.
///
/// The parser chooses the mode for every look: the same text reads differently as an argument and in an expression
/// (`a-b` is a word or a subtraction). Facts of the rules: PowerShell's published grammar.
struct Lexer {
    enum Mode { case argument, expression }

    let source: SourceText
    let bytes: [UInt8]
    let end: Int
    /// Comments in source order, each once, however often the text around it was scanned.
    private(set) var comments: [SourceRange] = []

    init(_ source: SourceText) {
        self.source = source
        bytes = source.bytes
        end = bytes.count
    }

    /// The byte at `index`, 0 past the end.
    func byte(_ index: Int) -> UInt8 { index < end ? bytes[index] : 0 }

    /// The character at `index` and the offset after it; nil at the end.
    func scalar(_ index: Int) -> (value: UInt32, next: Int)? {
        guard index < end else { return nil }
        let first = bytes[index]
        if first < 0x80 { return (UInt32(first), index + 1) }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        var value = UInt32(first) & (length == 4 ? 0x07 : length == 3 ? 0x0F : 0x1F)
        var next = index + 1
        while next < min(index + length, end), bytes[next] & 0xC0 == 0x80 {
            value = value << 6 | UInt32(bytes[next] & 0x3F)
            next += 1
        }
        return (value, next)
    }

    func endsWord(at index: Int) -> Bool { Characters.endsWord(scalar(index)?.value) }

    func range(_ start: Int, _ end: Int) -> SourceRange { SourceRange(source, start, end) }

    func failure(_ id: String, _ message: String, _ start: Int, _ end: Int, isIncomplete: Bool = false)
        -> ParseDiagnostic
    {
        ParseDiagnostic(id: id, message: message, range: range(start, end), isIncomplete: isIncomplete)
    }

    // MARK: White space and comments

    /// The offset after white space, comments and continued lines.
    mutating func skipTrivia(from start: Int) throws(ParseDiagnostic) -> Int {
        var index = start
        while let (value, next) = scalar(index) {
            if value == 0x20 || value == 0x09 {
                index = next
            } else if value == 0x23 {
                let stop = lineEnd(from: index)
                note(comment: index, stop)
                index = stop
            } else if value == 0x3C, byte(next) == 0x23 {
                index = try skipBlockComment(from: index)
            } else if value == 0x60 {
                guard next < end else {
                    throw failure("IncompleteString", "Incomplete string token.", next, next, isIncomplete: true)
                }
                if byte(next) == 0x0D {
                    index = byte(next + 1) == 0x0A ? next + 2 : next + 1
                } else if byte(next) == 0x0A {
                    index = next + 1
                } else if let (after, later) = scalar(next), Characters.isWhitespace(after) {
                    index = later
                } else {
                    return index
                }
            } else if Characters.isWhitespace(value) {
                index = next
            } else {
                return index
            }
        }
        return index
    }

    /// The offset after `<# … #>`, which starts at `start`.
    mutating func skipBlockComment(from start: Int) throws(ParseDiagnostic) -> Int {
        var index = start + 2
        while index < end {
            if bytes[index] == 0x23, byte(index + 1) == 0x3E {
                note(comment: start, index + 2)
                return index + 2
            }
            index += 1
        }
        throw failure(
            "MissingTerminatorMultiLineComment", "The terminator '#>' is missing from the multiline comment.", start,
            start + 2, isIncomplete: true)
    }

    func lineEnd(from start: Int) -> Int {
        var index = start
        while index < end, bytes[index] != 0x0A, bytes[index] != 0x0D { index += 1 }
        return index
    }

    /// Whether nothing but white space, newlines and comments follows `index`.
    func isRestEmpty(from start: Int) -> Bool {
        var index = start
        while let (value, next) = scalar(index) {
            if value == 0x23 {
                index = lineEnd(from: index)
            } else if value == 0x3C, byte(next) == 0x23 {
                index = next + 1
                while index < end, !(bytes[index] == 0x23 && byte(index + 1) == 0x3E) { index += 1 }
                index = min(index + 2, end)
            } else if Characters.isNewline(value) || Characters.isWhitespace(value) {
                index = next
            } else {
                return false
            }
        }
        return true
    }

    private mutating func note(comment start: Int, _ end: Int) {
        if start >= (comments.last?.end ?? 0) { comments.append(range(start, end)) }
    }

    // MARK: Lexemes

    /// The lexeme at or after `start`.
    ///
    /// - Parameters:
    ///   - takesSign: a dash or plus before a digit belongs to the number.
    ///   - inTernary: `?` and `:` end a number.
    mutating func next(
        from start: Int, mode: Mode, takesSign: Bool, inTernary: Bool
    ) throws(ParseDiagnostic) -> Lexeme {
        let first = try skipTrivia(from: start)
        guard let (value, next) = scalar(first) else { return Lexeme(kind: .end, start: end, end: end) }
        let second = byte(next)

        func lexeme(_ kind: Lexeme.Kind, _ length: Int = 1) -> Lexeme {
            Lexeme(kind: kind, start: first, end: first + length)
        }
        /// An operator, unless argument mode finds more of a word behind it.
        func symbol(_ kind: Lexeme.Kind, _ end: Int) -> Lexeme {
            if mode == .argument, !endsWord(at: end) { return Lexeme(kind: .word, start: first, end: end) }
            return Lexeme(kind: kind, start: first, end: end)
        }

        switch value {
        case 0x0A: return lexeme(.newline)
        case 0x0D: return lexeme(.newline, second == 0x0A ? 2 : 1)
        case 0x28: return lexeme(.openParen)
        case 0x29: return lexeme(.closeParen)
        case 0x7B: return lexeme(.openBrace)
        case 0x7D: return lexeme(.closeBrace)
        case 0x3B: return lexeme(.semicolon)
        case 0x2C: return lexeme(.comma)
        case 0x5D: return lexeme(.closeBracket)
        case 0x5B: return symbol(.openBracket, next)
        case 0x26: return second == 0x26 ? lexeme(.andAnd, 2) : lexeme(.ampersand)
        case 0x7C: return second == 0x7C ? lexeme(.orOr, 2) : lexeme(.pipe)
        case 0x3D: return symbol(.assignment(.set), next)
        case 0x2B:
            if second == 0x2B { return symbol(.plusPlus, next + 1) }
            if second == 0x3D { return symbol(.assignment(.add), next + 1) }
            if takesSign, Characters.isDigit(UInt32(second)) || second == 0x2E {
                return try number(from: first, mode: mode, inTernary: inTernary)
            }
            return symbol(.plus, next)
        case 0x2D, 0x2013, 0x2014, 0x2015:
            return try dash(from: first, next, mode: mode, takesSign: takesSign, inTernary: inTernary)
        case 0x2A:
            if second == 0x3D { return symbol(.assignment(.multiply), next + 1) }
            if second == 0x3E { return redirection(first, .all, operatorAt: next) }
            return symbol(.multiply, next)
        case 0x2F: return second == 0x3D ? symbol(.assignment(.divide), next + 1) : symbol(.divide, next)
        case 0x25: return second == 0x3D ? symbol(.assignment(.remainder), next + 1) : symbol(.remainder, next)
        case 0x3E: return redirection(first, .output, operatorAt: first)
        case 0x3C: return lexeme(.inputRedirection)
        case 0x24:
            return second == 0x28 ? lexeme(.dollarParen, 2) : try variable(from: first, mode: mode)
        case 0x40: return try at(first, mode: mode)
        case 0x2E: return try dot(first, mode: mode, inTernary: inTernary)
        case 0x31...0x36 where second == 0x3E:
            let streams: [Redirection.Stream] = [.output, .error, .warning, .verbose, .debug, .information]
            return redirection(first, streams[Int(value - 0x31)], operatorAt: next)
        case 0x30...0x39: return try number(from: first, mode: mode, inTernary: inTernary)
        case 0x21:
            if mode == .argument, !endsWord(at: next) { return lexeme(.word) }
            if mode == .expression, let after = scalar(next)?.value, Characters.isIdentifierStart(after) {
                return lexeme(.word)
            }
            return lexeme(.exclaim)
        case 0x3A: return colon(first, mode: mode)
        case 0x3F:
            guard mode == .expression else { return lexeme(.word) }
            guard second == 0x3F else { return lexeme(.question) }
            return byte(next + 1) == 0x3D ? lexeme(.assignment(.coalesce), 3) : lexeme(.questionQuestion, 2)
        default:
            if Characters.isSingleQuote(value) {
                let (text, stop) = try singleQuoted(from: first)
                return Lexeme(kind: .singleQuoted(text), start: first, end: stop)
            }
            if Characters.isDoubleQuote(value) { return Lexeme(kind: .doubleQuoted, start: first, end: next) }
            if Characters.isIdentifierStart(value) {
                let stop = identifierEnd(from: next)
                if mode == .argument, !endsWord(at: stop) { return Lexeme(kind: .word, start: first, end: stop) }
                return Lexeme(kind: .identifier, start: first, end: stop)
            }
            return Lexeme(kind: .word, start: first, end: next)
        }
    }

    func identifierEnd(from start: Int) -> Int {
        var index = start
        while let (value, next) = scalar(index), Characters.isIdentifierPart(value) { index = next }
        return index
    }

    /// The identifier at or after `start`, whatever follows it; nil when there is none.
    mutating func simpleName(from start: Int) throws(ParseDiagnostic) -> (start: Int, end: Int)? {
        let first = try skipTrivia(from: start)
        guard let (value, next) = scalar(first), Characters.isIdentifierStart(value) else { return nil }
        return (first, identifierEnd(from: next))
    }

    // MARK: Single characters with several meanings

    private func redirection(_ start: Int, _ stream: Redirection.Stream, operatorAt greater: Int) -> Lexeme {
        if byte(greater + 1) == 0x3E {
            return Lexeme(kind: .fileRedirection(stream, appends: true), start: start, end: greater + 2)
        }
        if greater > start, byte(greater + 1) == 0x26 {
            let target = byte(greater + 2)
            if target == 0x31 {
                return Lexeme(kind: .mergeRedirection(stream, into: .output), start: start, end: greater + 3)
            }
            if target == 0x32, stream != .all {
                return Lexeme(kind: .mergeRedirection(stream, into: .error), start: start, end: greater + 3)
            }
        }
        return Lexeme(kind: .fileRedirection(stream, appends: false), start: start, end: greater + 1)
    }

    private mutating func at(_ start: Int, mode: Mode) throws(ParseDiagnostic) -> Lexeme {
        guard let (value, next) = scalar(start + 1) else {
            return Lexeme(kind: .unrecognized, start: start, end: start + 1)
        }
        if value == 0x7B { return Lexeme(kind: .atBrace, start: start, end: next) }
        if value == 0x28 { return Lexeme(kind: .atParen, start: start, end: next) }
        if Characters.isSingleQuote(value) {
            let (text, stop) = try singleQuotedHere(from: start, bodyFrom: next)
            return Lexeme(kind: .singleQuotedHere(text), start: start, end: stop)
        }
        if Characters.isDoubleQuote(value) { return Lexeme(kind: .doubleQuotedHere, start: start, end: next) }
        guard Characters.isVariableStart(value) else {
            return Lexeme(kind: .unrecognized, start: start, end: start + 1)
        }
        var found = try variable(from: start, mode: mode)
        if case .variable(let path) = found.kind { found.kind = .splatted(path) }
        return found
    }

    private func dot(_ start: Int, mode: Mode, inTernary: Bool) throws(ParseDiagnostic) -> Lexeme {
        let second = byte(start + 1)
        if second == 0x2E {
            if mode == .argument, !endsWord(at: start + 2) { return Lexeme(kind: .word, start: start, end: start + 1) }
            return Lexeme(kind: .dotDot, start: start, end: start + 2)
        }
        if Characters.isDigit(UInt32(second)) { return try number(from: start, mode: mode, inTernary: inTernary) }
        if mode == .argument, !endsWord(at: start + 1), second != 0x24, second != 0x22, second != 0x27 {
            return Lexeme(kind: .word, start: start, end: start + 1)
        }
        return Lexeme(kind: .dot, start: start, end: start + 1)
    }

    private func colon(_ start: Int, mode: Mode) -> Lexeme {
        if byte(start + 1) == 0x3A {
            if mode == .argument, !endsWord(at: start + 2) { return Lexeme(kind: .word, start: start, end: start + 2) }
            return Lexeme(kind: .colonColon, start: start, end: start + 2)
        }
        guard mode == .argument else { return Lexeme(kind: .colon, start: start, end: start + 1) }
        if let (value, next) = scalar(start + 1), Characters.isIdentifierStart(value) {
            let stop = identifierEnd(from: next)
            if endsWord(at: stop) {
                return Lexeme(kind: .label(source.text(start + 1, stop)), start: start, end: stop)
            }
        }
        return Lexeme(kind: .word, start: start, end: start + 1)
    }

    private mutating func dash(
        from start: Int, _ next: Int, mode: Mode, takesSign: Bool, inTernary: Bool
    ) throws(ParseDiagnostic) -> Lexeme {
        func symbol(_ kind: Lexeme.Kind, _ end: Int) -> Lexeme {
            if mode == .argument, !endsWord(at: end) { return Lexeme(kind: .word, start: start, end: end) }
            return Lexeme(kind: kind, start: start, end: end)
        }
        guard let (value, after) = scalar(next) else { return symbol(.minus, next) }
        if Characters.isDash(value) { return symbol(.minusMinus, after) }
        if value == 0x3D { return symbol(.assignment(.subtract), after) }
        if Characters.isLetter(value) || value == 0x5F || value == 0x3F {
            return parameter(from: start, next, mode: mode)
        }
        if takesSign, Characters.isDigit(value) || value == 0x2E {
            return try number(from: start, mode: mode, inTernary: inTernary)
        }
        return symbol(.minus, next)
    }

    /// `-name`: an operator in expression mode, else a parameter.
    private func parameter(from start: Int, _ nameStart: Int, mode: Mode) -> Lexeme {
        var index = nameStart
        var hasColon = false
        scan: while let (value, next) = scalar(index) {
            switch value {
            case 0x7B, 0x7D, 0x28, 0x29, 0x3B, 0x2C, 0x7C, 0x26, 0x2E, 0x5B: break scan
            case 0x3A:
                hasColon = mode == .argument
                break scan
            default:
                if Characters.isNewline(value) || Characters.isWhitespace(value) { break scan }
                if Characters.isSingleQuote(value) || Characters.isDoubleQuote(value) {
                    // A quote is never part of a parameter: the whole is an argument.
                    if mode == .argument { return Lexeme(kind: .word, start: start, end: index) }
                    break scan
                }
                if mode == .expression, !(value < 0x80 && Characters.isLetter(value)) { break scan }
                index = next
            }
        }
        let name = source.text(nameStart, index)
        if mode == .expression, let known = DashOperator(name) {
            return Lexeme(kind: .dash(known), start: start, end: index)
        }
        if name.isEmpty { return Lexeme(kind: .minus, start: start, end: nameStart) }
        return Lexeme(kind: .parameter(name: name, hasColon: hasColon), start: start, end: hasColon ? index + 1 : index)
    }
}
