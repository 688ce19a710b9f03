/// `[System.Net.WebUtility]` and `[System.Web.HttpUtility]`: text inside HTML and addresses.
enum WebMembers {
    static let tables: [TypeMembers] = ["System.Net.WebUtility", "System.Web.HttpUtility"].map(utility)

    private static func utility(_ name: String) -> TypeMembers {
        TypeMembers(name) {
            $0.staticMethod("HtmlEncode", "static string HtmlEncode(string value)", 1...1) { call throws(Stop) in
                .string(HTMLText.encoded(try call.string(0)))
            }
            $0.staticMethod("HtmlDecode", "static string HtmlDecode(string value)", 1...1) { call throws(Stop) in
                .string(HTMLText.decoded(try call.string(0)))
            }
            $0.staticMethod("UrlEncode", "static string UrlEncode(string value)", 1...1) { call throws(Stop) in
                // The one writes its digits large, the other small.
                .string(urlEncoded(try call.string(0), isUppercase: name == "System.Net.WebUtility"))
            }
            $0.staticMethod("UrlDecode", "static string UrlDecode(string encodedValue)", 1...1) { call throws(Stop) in
                .string(urlDecoded(try call.string(0)))
            }
        }
    }

    /// What is no triple stays as it is, and bytes that are no UTF-8 become U+FFFD.
    private static func urlDecoded(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "%"), place + 2 < bytes.count, let high = digit(bytes[place + 1]),
                let low = digit(bytes[place + 2])
            {
                result.append(high << 4 | low)
                place += 3
                continue
            }
            result.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            place += 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// As forms are sent: a space is a plus sign.
    private static func urlEncoded(_ text: String, isUppercase: Bool) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: " "): result += "+"
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "!"), UInt8(ascii: "*"), UInt8(ascii: "("), UInt8(ascii: ")"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: isUppercase)
                result += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}
