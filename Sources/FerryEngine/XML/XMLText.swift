/// Text as it stands in an XML document.
package enum XMLText {
    /// Markup, and what reading would change or refuse, become references.
    ///
    /// - Parameters:
    ///   - isASCII: characters beyond ASCII become references, too.
    ///   - keepsReturns: carriage returns in text become references: a reader takes those that stand there for line ends.
    package static func escaped(
        _ text: String, inAttribute: Bool = false, isASCII: Bool = false, keepsReturns: Bool = false
    ) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"" where inAttribute: result += "&quot;"
            case "\r" where keepsReturns: result += reference(scalar)
            case "\t", "\n", "\r":
                if inAttribute { result += reference(scalar) } else { result.unicodeScalars.append(scalar) }
            default:
                if !XMLName.isCharacter(scalar) || (isASCII && !scalar.isASCII) {
                    result += reference(scalar)
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }

    private static func reference(_ scalar: Unicode.Scalar) -> String {
        "&#x\(String(scalar.value, radix: 16, uppercase: true));"
    }
}
