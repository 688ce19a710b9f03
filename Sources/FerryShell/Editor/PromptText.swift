import FerryEngine

/// A prompt as the line editor needs it: escape sequences marked as taking no columns, and only the last line edited behind.
package struct PromptText: Equatable {
    /// What encloses a sequence that takes no columns.
    package static let mark: Unicode.Scalar = "\u{1}"

    /// The lines before the last, written once before the line is read; ends with a newline unless empty.
    package private(set) var head: String
    /// The last line, each escape sequence between two marks and with something visible after it, without which libedit drops it.
    package private(set) var line: String

    package init(_ text: String) {
        let last = text.lastIndex(of: "\n").map { text.index(after: $0) } ?? text.startIndex
        head = String(text[..<last])
        // What is sent before a visible character, and the character.
        var cells: [(escape: String, shown: String)] = []
        var escape = ""
        var rest = text[last...].unicodeScalars
        while let scalar = rest.popFirst() {
            if scalar == "\u{1B}" {
                escape += "\u{1B}" + Self.takeSequence(&rest)
            } else if scalar.value < 0x20 || scalar.value == 0x7F {
                continue
            } else if String(scalar).columns == 0, !cells.isEmpty, escape.isEmpty {
                cells[cells.count - 1].shown.unicodeScalars.append(scalar)
            } else {
                cells.append((escape, String(scalar)))
                escape = ""
            }
        }
        if !escape.isEmpty {
            if let final = cells.last, final.shown == " " {
                cells[cells.count - 1].escape = final.escape + escape
            } else {
                cells.append((escape, " "))
            }
        }
        let mark = String(Self.mark)
        line = cells.map { ($0.escape.isEmpty ? "" : mark + $0.escape + mark) + $0.shown }.joined()
    }

    /// The rest of a sequence whose escape character was taken.
    private static func takeSequence(_ rest: inout Substring.UnicodeScalarView) -> String {
        guard let kind = rest.popFirst() else { return "" }
        var sequence = String(kind)
        switch kind {
        case "[":
            while let scalar = rest.popFirst() {
                sequence.unicodeScalars.append(scalar)
                if (0x40...0x7E).contains(scalar.value) { break }
            }
        case "]":
            while let scalar = rest.popFirst() {
                sequence.unicodeScalars.append(scalar)
                if scalar == "\u{7}" { break }
                if scalar == "\u{1B}" {
                    if let end = rest.popFirst() { sequence.unicodeScalars.append(end) }
                    break
                }
            }
        default: break
        }
        return sequence
    }
}
