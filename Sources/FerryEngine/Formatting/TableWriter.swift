/// The lines of one table (or one group of it) once its widths are known.
struct TableWriter {
    private let headers: [FormatHeader]
    private let widths: [Int]
    private let visible: [Int]
    private let renderer: FormatRenderer

    init(_ headers: [FormatHeader], widths: [Int], _ renderer: FormatRenderer) {
        self.headers = headers
        self.renderer = renderer
        self.widths = ColumnWidths.fitted(widths, screen: renderer.width)
        visible = self.widths.indices.filter { [fitted = self.widths] in fitted[$0] > 0 }
    }

    /// Labels (on several lines where a column is narrower than its label) and the dashes under them.
    var headerLines: [String] {
        let labels = headers.map { FormatCell(text: $0.label, alignment: nil) }
        let rules = headers.indices.map { index in
            let count = min(max(widths[index], 0), max(headers[index].label.columns, 1))
            return FormatCell(text: String(repeating: "-", count: count), alignment: nil)
        }
        return wrapped(labels, isHeader: true) + [line(rules, isHeader: true)]
    }

    func lines(_ cells: [FormatCell], wraps: Bool) -> [String] { wraps ? wrapped(cells) : [line(cells)] }

    private func cell(_ cells: [FormatCell], _ index: Int) -> FormatCell {
        index < cells.count ? cells[index] : FormatCell(text: "", alignment: .left)
    }

    private func line(_ cells: [FormatCell], isHeader: Bool = false) -> String {
        visible.map { index in
            let cell = cell(cells, index)
            let text = TextWrap.fitted(
                cell.text, width: widths[index], cell.alignment ?? headers[index].alignment,
                pads: index != visible.last)
            return isHeader ? renderer.header(text) : TextWrap.closed(text)
        }.joined(separator: " ")
    }

    private func wrapped(_ cells: [FormatCell], isHeader: Bool = false) -> [String] {
        let columns = visible.map { TextWrap.lines(cell(cells, $0).text, width: widths[$0]) }
        let count = columns.map(\.count).max() ?? 0
        return (0..<count).map { number in
            var text = ""
            let last = columns.lastIndex { number < $0.count } ?? 0
            for position in 0...max(0, last) where position < columns.count {
                let separator = position > 0 ? " " : ""
                let index = visible[position]
                let piece = number < columns[position].count ? columns[position][number] : ""
                let alignment = cell(cells, index).alignment ?? headers[index].alignment
                var field = TextWrap.fitted(
                    piece, width: widths[index], alignment, pads: position != visible.count - 1)
                if count > 1, position == last { field = String(field.reversed().drop { $0 == " " }.reversed()) }
                if !isHeader {
                    text += separator + field
                } else if headers[index].isCustom {
                    text += separator + renderer.header(field, isCustom: true)
                } else {
                    text += renderer.header(separator + field)
                }
            }
            guard count > 1, !isHeader else { return text }
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
    }
}
