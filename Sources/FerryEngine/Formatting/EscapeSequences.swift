/// Escape sequences of terminals inside text.
package enum EscapeSequences {
    /// CSI as one character.
    static let introducer: Unicode.Scalar = "\u{9B}"

    /// The end of the sequence that begins at `start`, where an escape character or the one-byte introducer of a control sequence
    /// stands.
    static func end(of text: String.UnicodeScalarView, from start: String.Index) -> String.Index {
        var index = text.index(after: start)
        if text[start] == introducer {
            while index < text.endIndex {
                let scalar = text[index]
                index = text.index(after: index)
                if (0x40...0x7E).contains(scalar.value) { break }
            }
            return index
        }
        guard index < text.endIndex else { return index }
        let kind = text[index]
        index = text.index(after: index)
        switch kind {
        case "[":
            while index < text.endIndex {
                let scalar = text[index]
                index = text.index(after: index)
                if (0x40...0x7E).contains(scalar.value) { break }
            }
        case "]":
            while index < text.endIndex {
                let scalar = text[index]
                index = text.index(after: index)
                if scalar == "\u{7}" { break }
                if scalar == "\u{1B}" {
                    if index < text.endIndex { index = text.index(after: index) }
                    break
                }
            }
        default: break
        }
        return index
    }

    /// Cells of a terminal that text takes: control sequences none, an escape character that begins none as many as a letter.
    static func cells(of text: String) -> Int {
        let scalars = text.unicodeScalars
        var shown = String.UnicodeScalarView()
        var index = scalars.startIndex
        while index < scalars.endIndex {
            let next = scalars.index(after: index)
            let begins = scalars[index] == "\u{1B}" && next < scalars.endIndex && scalars[next] == "["
            if begins || scalars[index] == introducer {
                index = end(of: scalars, from: index)
            } else {
                shown.append(scalars[index] == "\u{1B}" ? "?" : scalars[index])
                index = next
            }
        }
        return String(shown).columns
    }
}

extension String {
    /// Without colours, links and other sequences.
    package var withoutEscapes: String {
        guard utf8.contains(where: { $0 == 0x1B || $0 == 0x9B }) else { return self }
        let scalars = unicodeScalars
        var result = String.UnicodeScalarView()
        var index = scalars.startIndex
        while index < scalars.endIndex {
            if scalars[index] == "\u{1B}" || scalars[index] == EscapeSequences.introducer {
                index = EscapeSequences.end(of: scalars, from: index)
            } else {
                result.append(scalars[index])
                index = scalars.index(after: index)
            }
        }
        return String(result)
    }
}
