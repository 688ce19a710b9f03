/// Text between the marks a terminal puts around what is pasted.
package struct PastedText {
    /// Characters that are kept; more are read and dropped.
    package static let limit = 1 << 20

    /// What ends the text: `ESC [ 2 0 1 ~`.
    private static let end = Array("\u{1B}[201~".unicodeScalars)

    private var text: [Unicode.Scalar] = []
    /// Characters of the end mark that came last.
    private var matched = 0
    /// Whether something was dropped.
    package private(set) var isCut = false

    package init() {}

    /// Takes the next character; true when it completes the end mark.
    package mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == Self.end[matched] {
            matched += 1
            return matched == Self.end.count
        }
        for held in Self.end[..<matched] { keep(held) }
        // The mark's first character is nowhere else in it.
        matched = scalar == Self.end[0] ? 1 : 0
        if matched == 0 { keep(scalar) }
        return false
    }

    private mutating func keep(_ scalar: Unicode.Scalar) {
        if text.count < Self.limit { text.append(scalar) } else { isCut = true }
    }

    /// What a line takes: returns are newlines, tabs are spaces, other control characters and the last newlines are gone.
    package var clean: String {
        let returned = text.map { $0 == "\r" ? "\n" : $0 }
        let end = returned.lastIndex { $0 != "\n" }.map { $0 + 1 } ?? 0
        var view = String.UnicodeScalarView()
        for scalar in returned[..<end] {
            if scalar == "\t" {
                view.append(contentsOf: "    ".unicodeScalars)
            } else if scalar == "\n" || scalar.value >= 0x20 && scalar.value != 0x7F {
                view.append(scalar)
            }
        }
        return String(view)
    }
}
