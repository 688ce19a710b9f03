import Foundation

/// `[System.Net.WebUtility]`: text inside HTML and addresses.
enum WebMembers {
    static let tables: [TypeMembers] = [utility]

    private static let utility = TypeMembers("System.Net.WebUtility") {
        $0.staticMethod("HtmlEncode", "static string HtmlEncode(string value)", 1...1) { call throws(Stop) in
            .string(HTMLText.encoded(try call.string(0)))
        }
        $0.staticMethod("HtmlDecode", "static string HtmlDecode(string value)", 1...1) { call throws(Stop) in
            .string(HTMLText.decoded(try call.string(0)))
        }
        $0.staticMethod("UrlEncode", "static string UrlEncode(string value)", 1...1) { call throws(Stop) in
            .string(urlEncoded(try call.string(0)))
        }
        $0.staticMethod("UrlDecode", "static string UrlDecode(string encodedValue)", 1...1) { call throws(Stop) in
            let text = try call.string(0)
            let spaced = String(text.map { $0 == "+" ? " " : $0 })
            return .string(spaced.removingPercentEncoding ?? text)
        }
    }

    /// As forms are sent: a space is a plus sign.
    private static func urlEncoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: " "): result += "+"
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "!"), UInt8(ascii: "*"), UInt8(ascii: "("), UInt8(ascii: ")"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}
