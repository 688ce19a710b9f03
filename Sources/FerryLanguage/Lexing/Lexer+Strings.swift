extension Lexer {
    /// The text of the single-quoted string whose quote is at `start`, and the offset after it.
    func singleQuoted(from start: Int) throws(ParseDiagnostic) -> (text: String, end: Int) {
        var text: [UInt8] = []
        var index = scalar(start)?.next ?? start
        while let (value, next) = scalar(index) {
            if Characters.isSingleQuote(value) {
                guard let (second, later) = scalar(next), Characters.isSingleQuote(second) else {
                    return (String(decoding: text, as: UTF8.self), next)
                }
                text.append(contentsOf: bytes[next..<later])
                index = later
            } else {
                text.append(contentsOf: bytes[index..<next])
                index = next
            }
        }
        throw failure(
            "TerminatorExpectedAtEndOfString", "The string is missing the terminator: '.", start, end,
            isIncomplete: true)
    }

    /// The text of the here-string whose `@'` is at `start`.
    func singleQuotedHere(from start: Int, bodyFrom header: Int) throws(ParseDiagnostic) -> (text: String, end: Int) {
        var line = try hereStringBody(from: start, header: header, quote: "'")
        let body = line
        while true {
            if let stop = hereStringFooter(at: line, isQuote: Characters.isSingleQuote) {
                return (source.text(body, max(body, newlineBefore(line, notBefore: body))), stop)
            }
            guard let next = nextLine(from: line) else {
                throw missingHereStringFooter(start: start, body: body, quote: "'", isQuote: Characters.isSingleQuote)
            }
            line = next
        }
    }

    /// The offset of the first line of a here-string's text.
    func hereStringBody(from start: Int, header: Int, quote: String) throws(ParseDiagnostic) -> Int {
        var index = header
        while let (value, next) = scalar(index) {
            if value == 0x0A { return next }
            if value == 0x0D { return byte(next) == 0x0A ? next + 1 : next }
            guard Characters.isWhitespace(value) else {
                throw failure(
                    "UnexpectedCharactersAfterHereStringHeader",
                    "No characters are allowed after a here-string header but before the end of the line.", index, index
                )
            }
            index = next
        }
        throw failure(
            "TerminatorExpectedAtEndOfString", "The string is missing the terminator: \(quote)@.", start, start,
            isIncomplete: true)
    }

    /// The offset after `"@` or `'@` when the line at `line` starts with it.
    func hereStringFooter(at line: Int, isQuote: (UInt32) -> Bool) -> Int? {
        guard let (value, next) = scalar(line), isQuote(value), byte(next) == 0x40 else { return nil }
        return next + 1
    }

    func nextLine(from start: Int) -> Int? {
        let stop = lineEnd(from: start)
        guard stop < end else { return nil }
        return bytes[stop] == 0x0D && byte(stop + 1) == 0x0A ? stop + 2 : stop + 1
    }

    /// The offset of the newline that ends just before `line`: it does not belong to a here-string's text.
    func newlineBefore(_ line: Int, notBefore first: Int) -> Int {
        guard line > first else { return first }
        if bytes[line - 1] == 0x0A, line - 2 >= first, bytes[line - 2] == 0x0D { return line - 2 }
        return line - 1
    }

    func missingHereStringFooter(
        start: Int, body: Int, quote: String, isQuote: (UInt32) -> Bool
    ) -> ParseDiagnostic {
        var line: Int? = body
        while let current = line {
            var index = current
            while let (value, next) = scalar(index), Characters.isWhitespace(value) { index = next }
            if index > current, hereStringFooter(at: index, isQuote: isQuote) != nil {
                return failure(
                    "WhitespaceBeforeHereStringFooter", "White space is not allowed before the string terminator.",
                    index,
                    index, isIncomplete: true)
            }
            line = nextLine(from: current)
        }
        return failure(
            "TerminatorExpectedAtEndOfString", "The string is missing the terminator: \(quote)@.", start, start,
            isIncomplete: true)
    }

    /// What the escape at `start` (a backtick with a character behind it) stands for, and the offset after it.
    func escape(from start: Int) throws(ParseDiagnostic) -> (text: String, end: Int) {
        guard let (value, next) = scalar(start + 1) else { return ("`", start + 1) }
        switch value {
        case 0x30: return ("\0", next)
        case 0x61: return ("\u{07}", next)
        case 0x62: return ("\u{08}", next)
        case 0x65: return ("\u{1B}", next)
        case 0x66: return ("\u{0C}", next)
        case 0x6E: return ("\n", next)
        case 0x72: return ("\r", next)
        case 0x74: return ("\t", next)
        case 0x76: return ("\u{0B}", next)
        case 0x75: return try unicodeEscape(from: start, next)
        default: return (source.text(start + 1, next), next)
        }
    }

    private func unicodeEscape(from start: Int, _ after: Int) throws(ParseDiagnostic) -> (text: String, end: Int) {
        let invalid =
            "The Unicode escape sequence is not valid. "
            + "A valid sequence is `u{ followed by one to six hex digits and a closing '}'."
        guard byte(after) == 0x7B else {
            throw failure("InvalidUnicodeEscapeSequence", invalid, start, after)
        }
        var index = after + 1
        var code: UInt32 = 0
        while Characters.isHexDigit(UInt32(byte(index))) {
            if index - after > 6 {
                throw failure(
                    "TooManyDigitsInUnicodeEscapeSequence",
                    "The Unicode escape sequence contains more than the maximum of six hex digits between braces.",
                    index,
                    index + 1)
            }
            let digit = bytes[index]
            code = code << 4 | UInt32(digit <= 0x39 ? digit - 0x30 : (digit | 0x20) - 0x61 + 10)
            index += 1
        }
        guard byte(index) == 0x7D, index < end else {
            if index - after > 6 {
                throw failure(
                    "MissingUnicodeEscapeSequenceTerminator", "The Unicode escape sequence is missing the closing '}'.",
                    index, min(index + 1, end), isIncomplete: index >= end)
            }
            throw failure(
                "InvalidUnicodeEscapeSequence", invalid, index, min(index + 1, end), isIncomplete: index >= end)
        }
        guard index > after + 1 else { throw failure("InvalidUnicodeEscapeSequence", invalid, start, index + 1) }
        guard code <= 0x10FFFF else {
            throw failure(
                "InvalidUnicodeEscapeSequenceValue",
                "The Unicode escape sequence value is out of range. The maximum value is 0x10FFFF.", after + 1, index)
        }
        // A lone surrogate cannot be in a Swift string; U+FFFD stands for it as in any UTF-8 output of PowerShell.
        return (String(Unicode.Scalar(code).map(Character.init) ?? "\u{FFFD}"), index + 1)
    }
}
