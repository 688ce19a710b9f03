/// A text that is searched: pieces of it by UTF-16 places, which in a text of ASCII are its bytes.
struct SearchedText {
    let text: String
    let length: Int
    let isASCII: Bool

    init(_ text: String) {
        self.text = text
        length = text.utf16.count
        isASCII = length == text.utf8.count
    }

    subscript(_ range: Range<Int>) -> String {
        if isASCII {
            let start = text.utf8.index(text.startIndex, offsetBy: range.lowerBound)
            return String(text[start..<text.utf8.index(start, offsetBy: range.count)])
        }
        // An end may lie inside a character, or between its surrogates.
        let start = text.utf16.index(text.startIndex, offsetBy: range.lowerBound)
        return String(units: text.utf16[start..<text.utf16.index(start, offsetBy: range.count)])
    }
}
