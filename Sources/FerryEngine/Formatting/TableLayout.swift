/// Widths and alignment of a table's visible columns at a given screen width, and the lines they make.
///
/// Rules (PowerShell's public behaviour): a column without a width is as wide as its widest cell; columns that do not fit are
/// dropped from the right, the last one that partly fits shrinks; a cell that is too long ends (or, right-aligned, begins) with
/// one ellipsis; columns are one space apart.
struct TableLayout {
    private static let narrowest = 4

    private let headers: [FormattedTable.Header]
    private let widths: [Int]

    init(headers: [FormattedTable.Header], rows: [[String]], width: Int) {
        var widths = headers.enumerated().map { index, header in
            header.width ?? rows.reduce(max(header.label.columns, 1)) { max($0, Self.firstLine($1[index]).columns) }
        }
        while widths.count > 1 || widths.first.map({ $0 > width }) == true {
            let total = widths.reduce(widths.count - 1, +)
            if total <= width { break }
            let last = widths.count - 1
            let shrunk = widths[last] - (total - width)
            if shrunk >= Self.narrowest || last == 0 {
                widths[last] = max(shrunk, 1)
                break
            }
            widths.removeLast()
        }
        self.widths = widths
        self.headers = Array(headers.prefix(widths.count))
    }

    var headerLines: (labels: String, rules: String) {
        let labels = headers.map(\.label)
        return (line(labels), line(labels.map { String(repeating: "-", count: max($0.columns, 1)) }))
    }

    func line(_ cells: [String]) -> String {
        var text = ""
        for (index, width) in widths.enumerated() {
            if index > 0 { text += " " }
            text += Self.fitted(Self.firstLine(cells[index]), width, headers[index].alignment)
        }
        while text.last == " " { text.removeLast() }
        return text
    }

    /// A row whose cells continue on further lines instead of being cut.
    func wrapped(_ cells: [String]) -> [String] {
        let columns = widths.indices.map { Self.wrap(cells[$0], widths[$0]) }
        let count = columns.map(\.count).max() ?? 0
        return (0..<count).map { number in line(columns.map { number < $0.count ? $0[number] : "" }) }
    }

    private static func firstLine(_ text: String) -> String {
        guard let end = text.firstIndex(where: \.isNewline) else { return text }
        return text[..<end] + "…"
    }

    private static func fitted(_ text: String, _ width: Int, _ alignment: ColumnAlignment) -> String {
        let size = text.columns
        if size > width {
            let room = width - 1
            if alignment == .right {
                return "…" + String(String(text.reversed()).prefix(columns: room).reversed())
            }
            let kept = text.prefix(columns: room)
            return kept + "…" + String(repeating: " ", count: max(0, room - kept.columns))
        }
        let space = width - size
        switch alignment {
        case .left: return text + String(repeating: " ", count: space)
        case .right: return String(repeating: " ", count: space) + text
        case .center:
            return String(repeating: " ", count: space / 2) + text + String(repeating: " ", count: space - space / 2)
        }
    }

    /// Breaks at spaces where possible.
    static func wrap(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        for paragraph in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            var rest = String(paragraph)
            while rest.columns > width {
                var piece = rest.prefix(columns: max(width, 1))
                if piece.isEmpty { piece = String(rest.prefix(1)) }
                if let space = piece.lastIndex(of: " "), space > piece.startIndex,
                    rest.dropFirst(piece.count).first != " "
                {
                    piece = String(piece[...space])
                }
                rest.removeFirst(piece.count)
                while piece.last == " " { piece.removeLast() }
                lines.append(piece)
                while rest.first == " " { rest.removeFirst() }
            }
            lines.append(rest)
        }
        return lines
    }
}
