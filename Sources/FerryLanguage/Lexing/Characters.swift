/// Which characters may stand where, after PowerShell's published tables.
enum Characters {
    /// White space inside a line; newlines are tokens, not white space.
    static func isWhitespace(_ value: UInt32) -> Bool {
        switch value {
        case 0x20, 0x09, 0x0B, 0x0C, 0xA0, 0x85: true
        case 0..<0x100: false
        default: Unicode.Scalar(value).map { separatorCategories.contains($0.properties.generalCategory) } ?? false
        }
    }

    static func isNewline(_ value: UInt32) -> Bool { value == 0x0A || value == 0x0D }

    /// The hyphen, en dash, em dash and horizontal bar that word processors make of it.
    static func isDash(_ value: UInt32) -> Bool {
        value == 0x2D || value == 0x2013 || value == 0x2014 || value == 0x2015
    }

    static func isSingleQuote(_ value: UInt32) -> Bool {
        value == 0x27 || (0x2018...0x201B).contains(value)
    }

    static func isDoubleQuote(_ value: UInt32) -> Bool {
        value == 0x22 || (0x201C...0x201E).contains(value)
    }

    static func isLetter(_ value: UInt32) -> Bool {
        switch value {
        case 0x41...0x5A, 0x61...0x7A: true
        case 0..<0x80: false
        default: Unicode.Scalar(value).map { letterCategories.contains($0.properties.generalCategory) } ?? false
        }
    }

    static func isDigit(_ value: UInt32) -> Bool { (0x30...0x39).contains(value) }

    static func isHexDigit(_ value: UInt32) -> Bool {
        isDigit(value) || (0x41...0x46).contains(value) || (0x61...0x66).contains(value)
    }

    static func isLetterOrDigit(_ value: UInt32) -> Bool {
        if isLetter(value) || isDigit(value) { return true }
        guard value >= 0x80, let scalar = Unicode.Scalar(value) else { return false }
        return scalar.properties.generalCategory == .decimalNumber
    }

    static func isIdentifierStart(_ value: UInt32) -> Bool { value == 0x5F || isLetter(value) }
    static func isIdentifierPart(_ value: UInt32) -> Bool { value == 0x5F || isLetterOrDigit(value) }

    /// May begin an unbraced variable's name: letters, digits and `_ ? ^ $ :`.
    static func isVariableStart(_ value: UInt32) -> Bool {
        switch value {
        case 0x24, 0x3A, 0x3F, 0x5E, 0x5F: true
        default: isLetterOrDigit(value)
        }
    }

    /// Ends a word in argument mode. `end` of text is passed as nil.
    static func endsWord(_ value: UInt32?) -> Bool {
        guard let value else { return true }
        switch value {
        case 0x26, 0x28, 0x29, 0x2C, 0x3B, 0x7B, 0x7C, 0x7D: return true
        default: return isNewline(value) || isWhitespace(value)
        }
    }

    /// Ends a number in expression mode, besides what ends a word: the first characters of operators.
    static func endsNumber(_ value: UInt32) -> Bool {
        switch value {
        case 0x21, 0x23, 0x25, 0x2A, 0x2B, 0x2D, 0x2E, 0x2F, 0x3C, 0x3D, 0x3E, 0x5D: true
        default: isDash(value)
        }
    }

    private static let separatorCategories: Set<Unicode.GeneralCategory> = [
        .spaceSeparator, .lineSeparator, .paragraphSeparator,
    ]
    private static let letterCategories: Set<Unicode.GeneralCategory> = [
        .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
    ]
}
