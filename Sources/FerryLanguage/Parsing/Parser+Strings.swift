extension Parser {
    /// Collects literal text and expansions in order.
    private struct PartCollector {
        var parts: [ExpandableStringExpression.Part] = []
        var text: [UInt8] = []
        var expands = false

        mutating func add(_ part: ExpandableStringExpression.Part) {
            flush()
            parts.append(part)
            expands = true
        }

        mutating func flush() {
            guard !text.isEmpty else { return }
            parts.append(.text(String(decoding: text, as: UTF8.self)))
            text.removeAll(keepingCapacity: true)
        }

        consuming func expression(_ range: SourceRange, _ style: StringStyle) -> Expression {
            guard expands else {
                return .string(
                    StringExpression(range: range, value: String(decoding: text, as: UTF8.self), style: style))
            }
            flush()
            return .expandable(ExpandableStringExpression(range: range, parts: parts, style: style))
        }
    }

    // MARK: Quoted strings

    func expandableString(_ opened: Lexeme) throws(ParseDiagnostic) -> Expression {
        let count = tokens.count
        var collector = PartCollector()
        cursor = try quoted(from: opened.start, into: &collector)
        tokens.removeSubrange(count...)
        note(.string, opened.start, cursor)
        return collector.expression(range(from: opened.start), .doubleQuoted)
    }

    /// Reads the double-quoted string whose quote is at `start`; the offset after it.
    private func quoted(from start: Int, into collector: inout PartCollector) throws(ParseDiagnostic) -> Int {
        var index = lexer.scalar(start)?.next ?? start
        while let (value, next) = lexer.scalar(index) {
            if Characters.isDoubleQuote(value) {
                guard let (second, later) = lexer.scalar(next), Characters.isDoubleQuote(second) else { return next }
                collector.text.append(contentsOf: source.bytes[next..<later])
                index = later
            } else if let stop = try expansion(at: index, value, next, unescapesQuotes: true, into: &collector) {
                index = stop
            } else {
                collector.text.append(contentsOf: source.bytes[index..<next])
                index = next
            }
        }
        throw ParseDiagnostic(
            id: "TerminatorExpectedAtEndOfString", message: "The string is missing the terminator: \".",
            range: range(start, source.bytes.count), isIncomplete: true)
    }

    func expandableHereString(_ opened: Lexeme) throws(ParseDiagnostic) -> Expression {
        let count = tokens.count
        var collector = PartCollector()
        let body = try lexer.hereStringBody(from: opened.start, header: opened.end, quote: "\"")
        var index = body
        var isLineStart = true
        // The newline before the footer is not part of the text: it waits here until more text follows.
        var newline = 0..<0
        while true {
            if isLineStart, let stop = lexer.hereStringFooter(at: index, isQuote: Characters.isDoubleQuote) {
                cursor = stop
                break
            }
            isLineStart = false
            collector.text.append(contentsOf: source.bytes[newline])
            newline = 0..<0
            guard let (value, next) = lexer.scalar(index) else {
                throw lexer.missingHereStringFooter(
                    start: opened.start, body: body, quote: "\"", isQuote: Characters.isDoubleQuote)
            }
            if Characters.isNewline(value) {
                let stop = value == 0x0D && lexer.byte(next) == 0x0A ? next + 1 : next
                newline = index..<stop
                index = stop
                isLineStart = true
            } else if let stop = try expansion(at: index, value, next, unescapesQuotes: false, into: &collector) {
                index = stop
            } else {
                collector.text.append(contentsOf: source.bytes[index..<next])
                index = next
            }
        }
        tokens.removeSubrange(count...)
        note(.string, opened.start, cursor)
        return collector.expression(range(from: opened.start), .doubleQuotedHere)
    }

    /// An escape, variable or subexpression at `index`, whose character is `value`; nil when it is ordinary text.
    private func expansion(
        at index: Int, _ value: UInt32, _ next: Int, unescapesQuotes: Bool, into collector: inout PartCollector
    ) throws(ParseDiagnostic) -> Int? {
        if value == 0x60 {
            guard next < source.bytes.count else { return nil }
            let (text, stop) = try lexer.escape(from: index)
            collector.text.append(contentsOf: text.utf8)
            return stop
        }
        guard value == 0x24 else { return nil }
        if lexer.byte(next) == 0x28 {
            let block = try embedded(from: index, unescapesQuotes: unescapesQuotes)
            collector.add(.subexpression(block))
            return cursor
        }
        guard let (path, stop) = try lexer.variableInString(from: index) else { return nil }
        collector.add(.variable(VariableExpression(range: range(index, stop), path: path)))
        return stop
    }

    /// The `$( … )` at `start` inside a string; leaves the cursor behind it.
    private func embedded(from start: Int, unescapesQuotes: Bool) throws(ParseDiagnostic) -> BlockExpression {
        let unclosed = ParseDiagnostic(
            id: "IncompleteDollarSubexpressionReference", message: "$(subexpression) is missing the closing ')'.",
            range: range(start, start), isIncomplete: true)
        if unescapesQuotes, let (text, stop) = undoubled(from: start) {
            // Quotes doubled for the string around are undone before the statements are read.
            guard depth < Self.depthLimit else { throw tooComplicated() }
            let inner = Parser(SourceText(text, path: source.path), depth: depth + 1)
            inner.cursor = 2
            let block = try inner.subexpressionBody(start: 0) { () throws(ParseDiagnostic) in unclosed }
            cursor = stop
            return block
        }
        cursor = start + 2
        return try subexpressionBody(start: start) { () throws(ParseDiagnostic) in
            let found = try peek()
            if found.kind != .end { return unexpected(found) }
            return unclosed
        }
    }

    /// The subexpression's text with each doubled quote made one, when there is any, and the offset after it.
    private func undoubled(from start: Int) -> (text: String, end: Int)? {
        var text: [UInt8] = Array("$(".utf8)
        var open = 1
        var found = false
        var index = start + 2
        while let (value, next) = lexer.scalar(index) {
            var stop = next
            if Characters.isDoubleQuote(value) || value == 0x60, let (second, later) = lexer.scalar(next),
                Characters.isDoubleQuote(second)
            {
                text.append(contentsOf: source.bytes[next..<later])
                found = true
                index = later
                continue
            }
            if value == 0x28 { open += 1 }
            if value == 0x29 { open -= 1 }
            stop = next
            text.append(contentsOf: source.bytes[index..<stop])
            index = stop
            if open == 0 { return found ? (String(decoding: text, as: UTF8.self), index) : nil }
        }
        return nil
    }

    // MARK: Words

    /// The word at `start` in argument mode, with its quotes removed and its variables to expand.
    func word(from start: Int) throws(ParseDiagnostic) -> Expression {
        let count = tokens.count
        var collector = PartCollector()
        var index = start
        while let (value, next) = lexer.scalar(index), !Characters.endsWord(value) {
            if Characters.isSingleQuote(value) {
                let (text, stop) = try lexer.singleQuoted(from: index)
                collector.text.append(contentsOf: text.utf8)
                index = stop
            } else if Characters.isDoubleQuote(value) {
                index = try quoted(from: index, into: &collector)
            } else if let stop = try expansion(at: index, value, next, unescapesQuotes: false, into: &collector) {
                index = stop
            } else {
                collector.text.append(contentsOf: source.bytes[index..<next])
                index = next
            }
        }
        cursor = index
        tokens.removeSubrange(count...)
        note(.bareword, start, index)
        return collector.expression(range(start, index), .bareword)
    }

    /// The word at `start` as a name: quotes and escapes resolved, variables left as written.
    func wordLiteral(from start: Int) throws(ParseDiagnostic) -> String {
        let count = tokens.count
        let value = try word(from: start)
        tokens.removeSubrange(count...)
        note(.command, start, cursor)
        switch value {
        case .string(let node): return node.value
        case .expandable(let node):
            return node.parts.map { part in
                switch part {
                case .text(let text): text
                case .variable(let variable): variable.range.text
                case .subexpression(let block): block.range.text
                }
            }.joined()
        default: return value.range.text
        }
    }
}
