extension Lexer {
    /// The number at `start`, or a `.word` where the text only begins like one (`7z`, `1.2.3`).
    func number(from start: Int, mode: Mode, inTernary: Bool) throws(ParseDiagnostic) -> Lexeme {
        let word = Lexeme(kind: .word, start: start, end: start + 1)
        guard let literal = numberLiteral(from: start, mode: mode, inTernary: inTernary) else { return word }
        if let value = literal.value {
            return Lexeme(kind: .number(value), start: start, end: literal.end)
        }
        guard mode == .expression else { return word }
        throw failure(
            "BadNumericConstant", "The numeric constant \(source.text(start, literal.end)) is not valid.", literal.end,
            literal.end)
    }

    /// The number that `text` is as a whole, as conversions from string read it; nil when it is none.
    static func number(in text: String) -> NumberValue? {
        let lexer = Lexer(SourceText(text))
        guard lexer.end > 0, let literal = lexer.numberLiteral(from: 0, mode: .argument, inTernary: false),
            literal.end == lexer.end
        else { return nil }
        return literal.value
    }

    private func numberLiteral(from start: Int, mode: Mode, inTernary: Bool) -> NumberLiteral? {
        var index = start
        var literal = NumberLiteral()
        if let (value, next) = scalar(index), value == 0x2B || Characters.isDash(value) {
            literal.isNegative = value != 0x2B
            index = next
        }
        func digits(while isDigit: (UInt32) -> Bool) -> [UInt8] {
            let first = index
            while isDigit(UInt32(byte(index))) { index += 1 }
            return Array(bytes[first..<index])
        }
        func exponent() -> Bool {
            guard byte(index) | 0x20 == 0x65 else { return true }
            index += 1
            if let (value, next) = scalar(index), value == 0x2B || Characters.isDash(value) {
                literal.isExponentNegative = value != 0x2B
                index = next
            }
            literal.exponent = digits(while: Characters.isDigit)
            literal.isReal = true
            return !literal.exponent.isEmpty
        }

        if byte(index) == 0x30, byte(index + 1) | 0x20 == 0x78 {
            index += 2
            literal.format = .hexadecimal
            literal.whole = digits(while: Characters.isHexDigit)
            guard !literal.whole.isEmpty else { return nil }
        } else if byte(index) == 0x30, byte(index + 1) | 0x20 == 0x62 {
            index += 2
            literal.format = .binary
            literal.whole = digits { $0 == 0x30 || $0 == 0x31 }
            guard !literal.whole.isEmpty else { return nil }
        } else {
            literal.whole = digits(while: Characters.isDigit)
            if byte(index) == 0x2E, byte(index + 1) != 0x2E {
                index += 1
                literal.isReal = true
                literal.fraction = digits(while: Characters.isDigit)
                guard !literal.whole.isEmpty || !literal.fraction.isEmpty else { return nil }
            }
            guard !literal.whole.isEmpty || literal.isReal, exponent() else { return nil }
        }
        guard readSuffix(&literal, &index), readMultiplier(&literal, &index) else { return nil }
        if let (value, _) = scalar(index), !Characters.endsWord(value) {
            let endsHere =
                mode == .expression
                && (Characters.endsNumber(value) || inTernary && (value == 0x3A || value == 0x3F))
            guard endsHere else { return nil }
        }
        literal.end = index
        return literal
    }

    private func readSuffix(_ literal: inout NumberLiteral, _ index: inout Int) -> Bool {
        let letters: [UInt8: NumberLiteral.Suffix] = [
            0x73: .int16, 0x6C: .int64, 0x64: .decimal, 0x79: .int8, 0x6E: .bigInteger,
        ]
        func isSuffix(_ byte: UInt8) -> Bool { byte | 0x20 == 0x75 || letters[byte | 0x20] != nil }
        let first = byte(index)
        guard isSuffix(first) else { return true }
        index += 1
        let second = byte(index)
        guard first | 0x20 == 0x75 else {
            literal.suffix = letters[first | 0x20] ?? .none
            return !isSuffix(second)
        }
        literal.suffix = .unsigned
        guard isSuffix(second) else { return true }
        index += 1
        switch second | 0x20 {
        case 0x6C: literal.suffix = .uint64
        case 0x73: literal.suffix = .uint16
        case 0x79: literal.suffix = .uint8
        default: return false
        }
        return true
    }

    private func readMultiplier(_ literal: inout NumberLiteral, _ index: inout Int) -> Bool {
        let powers: [UInt8: Int] = [0x6B: 1, 0x6D: 2, 0x67: 3, 0x74: 4, 0x70: 5]
        guard let power = powers[byte(index) | 0x20], byte(index) >= 0x41 else { return true }
        guard byte(index + 1) | 0x20 == 0x62, byte(index + 1) >= 0x41 else { return false }
        literal.multiplierPower = power
        index += 2
        return true
    }
}
