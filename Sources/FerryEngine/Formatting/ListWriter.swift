/// The lines of one object of a list: labels padded to the longest, values continued under themselves.
struct ListWriter {
    private static let separator = " : "
    /// Columns that values keep, however long the labels are.
    private static let narrowestValue = 1

    let renderer: FormatRenderer

    func lines(_ entry: [FormatLine]) -> [String] {
        let room = renderer.width - Self.separator.count - Self.narrowestValue
        let longest = min(entry.map(\.label.columns).max() ?? 0, max(room, 1))
        let indent = longest + Self.separator.count
        var lines: [String] = []
        for line in entry {
            let label = line.label.prefix(columns: longest)
            let head = label + TextWrap.blanks(longest - label.columns) + Self.separator
            let texts = TextWrap.lines(line.value, width: max(renderer.width - indent, 1))
            for (number, text) in texts.enumerated() {
                lines.append((number == 0 ? renderer.accented(head) : TextWrap.blanks(indent)) + TextWrap.closed(text))
            }
        }
        return lines
    }
}
