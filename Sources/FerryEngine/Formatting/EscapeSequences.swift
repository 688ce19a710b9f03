/// Escape sequences of terminals inside text.
package enum EscapeSequences {
    /// The end of the sequence that begins at `start`, where an escape character stands.
    static func end(of text: String.UnicodeScalarView, from start: String.Index) -> String.Index {
        var index = text.index(after: start)
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
}

extension String {
    /// Without colours, links and other sequences.
    package var withoutEscapes: String {
        guard utf8.contains(0x1B) else { return self }
        let scalars = unicodeScalars
        var result = String.UnicodeScalarView()
        var index = scalars.startIndex
        while index < scalars.endIndex {
            if scalars[index] == "\u{1B}" {
                index = EscapeSequences.end(of: scalars, from: index)
            } else {
                result.append(scalars[index])
                index = scalars.index(after: index)
            }
        }
        return String(result)
    }
}
