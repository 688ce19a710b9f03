/// Names of elements and attributes, and the characters XML text is made of.
///
/// Source: the recommendations Extensible Markup Language 1.0 (fifth edition), productions 2, 4 and 4a, and Namespaces in XML 1.0.
enum XMLName {
    /// Why a text is no qualified name, in XmlReader's words; `nil` if it is one.
    static func fault(in name: String) -> String? {
        var isFirst = true
        var hasPrefix = false
        let scalars = Array(name.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            if isFirst {
                guard canBegin(scalar) else {
                    return "Name cannot begin with the '\(scalar)' character, hexadecimal value \(hexadecimal(scalar))."
                }
                isFirst = false
            } else if scalar == ":", !hasPrefix, index + 1 < scalars.count {
                hasPrefix = true
                isFirst = true
            } else if !canContinue(scalar) {
                return
                    "The '\(scalar)' character, hexadecimal value \(hexadecimal(scalar)), cannot be included in a name."
            }
        }
        return isFirst ? "The local name for elements or attributes cannot be null or an empty string." : nil
    }

    /// The prefix and the local part of a qualified name; no prefix is the empty string.
    static func parts(_ name: String) -> (prefix: String, local: String) {
        guard let colon = name.utf8.firstIndex(of: UInt8(ascii: ":")) else { return ("", name) }
        return (String(name[..<colon]), String(name[name.utf8.index(after: colon)...]))
    }

    /// Whether a document may hold the character, written as itself or as a reference.
    static func isCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x1_0000...0x10_FFFF: true
        default: false
        }
    }

    static func invalid(_ scalar: Unicode.Scalar) -> String {
        "'\(scalar)', hexadecimal value \(hexadecimal(scalar)), is an invalid character."
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "0x" + (digits.utf8.count == 1 ? "0" : "") + digits
    }

    private static func canBegin(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x41...0x5A, 0x5F, 0x61...0x7A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2FF, 0x370...0x37D, 0x37F...0x1FFF,
            0x200C...0x200D, 0x2070...0x218F, 0x2C00...0x2FEF, 0x3001...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFFD,
            0x1_0000...0xE_FFFF:
            true
        default: false
        }
    }

    private static func canContinue(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2D, 0x2E, 0x30...0x39, 0xB7, 0x300...0x36F, 0x203F...0x2040: true
        default: canBegin(scalar)
        }
    }
}
