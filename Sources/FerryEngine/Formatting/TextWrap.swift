/// Breaking and cutting text by columns of the screen.
enum TextWrap {
    /// `text` as lines of at most `width` columns, broken behind spaces; a longer word is broken anywhere.
    static func lines(_ text: String, width: Int) -> [String] {
        let width = max(width, 1)
        var result: [String] = []
        for line in split(text) {
            if line.columns <= width {
                result.append(line)
                continue
            }
            if hasSequences(line) {
                result += styledLines(line, width: width)
                continue
            }
            var current = ""
            var left = width
            for word in words(line) {
                let size = word.columns
                if size > width {
                    for character in word {
                        let size = String(character).columns
                        if size > left {
                            result.append(current)
                            current = ""
                            left = width
                        }
                        current.append(character)
                        left -= size
                    }
                } else {
                    if size > left {
                        result.append(current)
                        current = ""
                        left = width
                    }
                    current += word
                    left -= size
                }
            }
            result.append(current)
        }
        return result
    }

    /// The same for text that is set in: what does not fit on a line goes on below the line's own beginning.
    static func lines(keepingMargins text: String, width: Int) -> [String] {
        split(text).flatMap { line in
            let margin = line.prefix { $0 == " " }
            // A screen narrower than the margins shows the text all the same.
            let room = max(width - margin.count, 20)
            return lines(String(line.dropFirst(margin.count)), width: room).map { line in
                line.isEmpty ? "" : margin + line
            }
        }
    }

    /// At line ends of every kind, whatever sequences there are.
    static func plainLines(_ text: String) -> [String] {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
    }

    /// At line ends of every kind.
    static func split(_ text: String) -> [String] {
        if hasSequences(text) { return splitStyled(text) }
        return plainLines(text)
    }

    /// Words with the space behind them.
    private static func words(_ line: String) -> [String] {
        var words: [String] = []
        var word = ""
        for character in line {
            word.append(character)
            if character == " " || character == "\t" || character == "\u{2010}" {
                words.append(word)
                word = ""
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    /// `text` in exactly `width` columns: padded on the side its alignment says, or cut with one ellipsis.
    ///
    /// - Parameter pads: false for a last column: nothing is added on the right.
    static func fitted(_ text: String, width: Int, _ alignment: ColumnAlignment, pads: Bool) -> String {
        let line = firstLine(text)
        let size = line.columns
        if size < width {
            let space = width - size
            switch alignment {
            case .right: return blanks(space) + line
            case .center: return blanks(space / 2) + line + (pads ? blanks(space - space / 2) : "")
            case .left: return pads ? line + blanks(space) : line
            }
        }
        guard size > width else { return line }
        let room = width - 1
        let cut: String
        if hasSequences(line) {
            let ellipsis = room > 0 ? "…" : ""
            cut =
                alignment == .right
                ? styledTail(line, columns: max(room, 1), ellipsis: ellipsis)
                : styledHead(line, columns: max(room, 1), ellipsis: ellipsis)
            guard cut.columns < width else { return cut }
            return alignment == .right ? " " + cut : pads ? cut + " " : cut
        }
        if alignment == .right {
            cut = room > 0 ? "…" + tail(line, columns: room) : tail(line, columns: width)
        } else {
            cut = room > 0 ? line.prefix(columns: room) + "…" : line.prefix(columns: width)
        }
        // A wide character that did not fit leaves one column.
        guard cut.columns < width else { return cut }
        return alignment == .right ? " " + cut : pads ? cut + " " : cut
    }

    /// A cell shows one line; more of them are an ellipsis.
    private static func firstLine(_ text: String) -> String {
        guard let end = text.firstIndex(where: \.isNewline) else { return text }
        return text[..<end] + "…"
    }

    private static func tail(_ text: String, columns limit: Int) -> String {
        String(String(text.reversed()).prefix(columns: limit).reversed())
    }

    static func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}
