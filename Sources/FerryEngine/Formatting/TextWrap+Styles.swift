/// Breaking and cutting text with escape sequences in it: they take no columns, what a line begins with goes on in the next, and no
/// line leaves its style behind.
extension TextWrap {
    private enum Piece {
        case sequence(String)
        case character(Character)
    }

    private static func pieces(_ text: String) -> [Piece] {
        let scalars = text.unicodeScalars
        var pieces: [Piece] = []
        var index = scalars.startIndex
        while index < scalars.endIndex {
            if scalars[index] == "\u{1B}" {
                let end = EscapeSequences.end(of: scalars, from: index)
                pieces.append(.sequence(String(scalars[index..<end])))
                index = end
            } else {
                let end = scalars[index...].firstIndex(of: "\u{1B}") ?? scalars.endIndex
                pieces += String(scalars[index..<end]).map { .character($0) }
                index = end
            }
        }
        return pieces
    }

    static func hasSequences(_ text: String) -> Bool { text.utf8.contains(0x1B) }

    /// With a reset behind it where the text has sequences and does not end in one.
    static func closed(_ text: String) -> String {
        guard hasSequences(text) else { return text }
        let shown = text.reversed().drop(while: \.isWhitespace).reversed()
        return String(shown).hasSuffix(StyleTable.reset) ? text : text + StyleTable.reset
    }

    /// Sequences that are in force: a reset ends all before it.
    private struct Style {
        private var parts: [String] = []
        /// As many are kept as they came. More than these, as where a program ends its colors with another color, hold each matter
        /// once: every line of a long text begins with them.
        private static let limit = 16

        var sequences: String { parts.joined() }
        var isActive: Bool { !parts.isEmpty }

        mutating func add(_ sequence: String) {
            if sequence == StyleTable.reset || sequence == "\u{1B}[m" { return parts = [] }
            if parts.count >= Self.limit {
                let matter = Self.matter(sequence)
                parts.removeAll { Self.matter($0) == matter }
            }
            parts.append(sequence)
        }

        /// What a sequence decides: the color of the text, that of the ground, or what only the same sequence does.
        private static func matter(_ sequence: String) -> String {
            guard sequence.hasPrefix("\u{1B}["), sequence.hasSuffix("m") else { return sequence }
            let numbers = sequence.dropFirst(2).dropLast().split(separator: ";").map { Int($0) ?? -1 }
            switch (numbers.first ?? 0, numbers.count) {
            case (30...37, 1), (39, 1), (90...97, 1): return "text"
            case (40...47, 1), (49, 1), (100...107, 1): return "ground"
            case (38, 3) where numbers[1] == 5, (38, 5) where numbers[1] == 2: return "text"
            case (48, 3) where numbers[1] == 5, (48, 5) where numbers[1] == 2: return "ground"
            default: return sequence
            }
        }
    }

    /// At line ends, each line in the style that the one before ended in.
    static func splitStyled(_ text: String) -> [String] {
        var lines: [String] = []
        var line = ""
        var style = Style()
        for piece in pieces(text) {
            switch piece {
            case .sequence(let sequence):
                line += sequence
                style.add(sequence)
            case .character(let character) where character.isNewline:
                if style.isActive, !line.hasSuffix(StyleTable.reset) { line += StyleTable.reset }
                lines.append(line)
                line = style.sequences
            case .character(let character): line.append(character)
            }
        }
        if style.isActive {
            if line == style.sequences { line = "" } else { line += StyleTable.reset }
        }
        return lines + [line]
    }

    /// Words with the space behind them, each in its style.
    private static func styledWords(_ line: String) -> [String] {
        var words: [String] = []
        var word = ""
        var style = Style()
        for piece in pieces(line) {
            switch piece {
            case .sequence(let sequence):
                word += sequence
                style.add(sequence)
            case .character(let character):
                word.append(character)
                guard character == " " || character == "\t" || character == "\u{2010}" else { continue }
                if style.isActive { word += StyleTable.reset }
                words.append(word)
                word = style.sequences
            }
        }
        if style.isActive, word != style.sequences { word += StyleTable.reset }
        if !word.isEmpty, word != style.sequences { words.append(word) }
        return words
    }

    /// One line as lines of at most `width` columns.
    static func styledLines(_ line: String, width: Int) -> [String] {
        var result: [String] = []
        var current = ""
        var left = width
        for word in styledWords(line) {
            let size = word.columns
            guard size > width else {
                if size > left {
                    result.append(current)
                    current = ""
                    left = width
                }
                current += word
                left -= size
                continue
            }
            var style = Style()
            for piece in pieces(word) {
                switch piece {
                case .sequence(let sequence):
                    current += sequence
                    style.add(sequence)
                case .character(let character):
                    let size = String(character).columns
                    if size > left {
                        result.append(style.isActive ? current + StyleTable.reset : current)
                        current = style.sequences
                        left = width
                    }
                    current.append(character)
                    left -= size
                }
            }
        }
        return result + [current]
    }

    /// The first `limit` columns with the sequences among them, and an ellipsis.
    static func styledHead(_ text: String, columns limit: Int, ellipsis: String) -> String {
        var result = ""
        var left = limit
        for piece in pieces(text) {
            switch piece {
            case .sequence(let sequence): result += sequence
            case .character(let character):
                let size = String(character).columns
                if size > left { return result + ellipsis + StyleTable.reset }
                result.append(character)
                left -= size
            }
            if left == 0 { break }
        }
        return result + ellipsis + StyleTable.reset
    }

    /// The last `limit` columns behind an ellipsis, in the text's style.
    static func styledTail(_ text: String, columns limit: Int, ellipsis: String) -> String {
        var skipped = text.columns - limit
        var head = ""
        var tail = ""
        for piece in pieces(text) {
            switch piece {
            case .sequence(let sequence): if skipped > 0 { head += sequence } else { tail += sequence }
            case .character(let character):
                if skipped > 0 { skipped -= String(character).columns } else { tail.append(character) }
            }
        }
        return closed(head + ellipsis + tail)
    }
}
