/// Writes packets as lines.
///
/// Where a table has no width of its own, its rows wait until the group ends or 300 ms have passed since the first, and its columns
/// are sized by them; an auto-sized table waits for the whole group.
final class FormatLayout {
    private let renderer: FormatRenderer
    private let emit: (String) throws(Stop) -> Void
    /// The same for lines of strings.
    private let emitString: (String) throws(Stop) -> Void
    private var shape = FormatShape.list
    private var table: TableWriter?
    /// `-RepeatHeader`: lines of the present screen that are taken, and lines it has.
    private var screen: (used: Int, height: Int)?
    private var wide: (writer: TableWriter, count: Int, cells: [FormatCell])?
    /// Packets of the group that is being sized, its start first.
    private var waiting: [FormatPacket]?
    private var waitingSince: ContinuousClock.Instant?
    /// What the columns of the open table want, where a message had it written before its rows were all known: later rows may
    /// widen it, so that nothing of them is cut off.
    private var growing: [Int]?
    private static let patience = Duration.milliseconds(300)

    init(_ renderer: FormatRenderer, emit: @escaping (String) throws(Stop) -> Void) {
        self.renderer = renderer
        self.emit = { line throws(Stop) in try emit(renderer.line(line)) }
        emitString = { line throws(Stop) in try emit(renderer.string(line)) }
    }

    func add(_ packet: FormatPacket) throws(Stop) {
        if waiting == nil, case .groupStart = packet, sizesByContent {
            waiting = [packet]
            waitingSince = isAutoSized ? nil : ContinuousClock.now
            return
        }
        guard waiting != nil else { return try write(packet) }
        waiting?.append(packet)
        switch packet {
        case .groupEnd, .newline: try release()
        default:
            if let waitingSince, ContinuousClock.now - waitingSince > Self.patience { try release() }
        }
    }

    /// The stream ended in the middle of a sequence, or something else is to be written after what there is.
    func finish() throws(Stop) {
        guard let packets = waiting else { return }
        try release()
        if case .table(let headers, _, _, _) = shape, table != nil { growing = Self.widths(headers, packets) }
    }

    private func release() throws(Stop) {
        guard let packets = waiting else { return }
        waiting = nil
        size(by: packets)
        for packet in packets { try write(packet) }
    }

    private func write(_ packet: FormatPacket) throws(Stop) {
        switch packet {
        case .start(let started):
            shape = started
            try emit("")
        case .groupStart(let title):
            try startGroup(title)
        case .row(let cells, let wraps):
            grow(for: packet)
            let lines = table?.lines(cells, wraps: wraps) ?? []
            try repeatHeader(before: lines.count)
            for line in lines { try emit(line) }
        case .entry(let lines):
            for line in ListWriter(renderer: renderer).lines(lines) { try emit(line) }
            try emit("")
        case .cell(let text):
            try addWide(text)
        case .line(let text):
            for line in TextWrap.lines(text, width: renderer.width) { try emit(line) }
        case .block(let lines):
            for line in lines {
                let room = max(renderer.width - line.indent, 1)
                for text in TextWrap.lines(line.text, width: room) { try emit(TextWrap.blanks(line.indent) + text) }
            }
        case .paragraph(let text):
            for line in TextWrap.lines(keepingMargins: text, width: renderer.width) { try emit(line) }
        case .newline:
            try flushWide()
            try emit("")
        case .groupEnd:
            try flushWide()
            table = nil
            growing = nil
            wide = nil
            screen = nil
        case .end:
            if case .list = shape { return }
            try emit("")
        case .string(let text):
            let lines = renderer.keepsStrings ? TextWrap.plainLines(text) : TextWrap.split(text)
            for line in lines { try emitString(line) }
        case .text(let text):
            for line in TextWrap.split(text) { try emit(line) }
        case .strayEntry(let lines):
            try emit("")
            for line in ListWriter(renderer: renderer).lines(lines) { try emit(line) }
            try emit("")
        }
    }

    private func startGroup(_ title: String?) throws(Stop) {
        if let title {
            try emit("   " + title)
            try emit("")
        }
        switch shape {
        case .table(let headers, let hidesHeaders, _, let repeatsHeaders):
            if table == nil { table = TableWriter(headers, widths: headers.map(\.width), renderer) }
            guard !hidesHeaders else { return }
            let lines = table?.headerLines ?? []
            for line in lines { try emit(line) }
            if repeatsHeaders, let height = renderer.height { screen = (lines.count, max(height - 1, lines.count + 1)) }
        case .wide(let columns, _):
            if wide == nil { startWide(max(columns, 1)) }
        case .list, .lines:
            break
        }
    }

    private func repeatHeader(before count: Int) throws(Stop) {
        guard let current = screen else { return }
        if current.used + count > current.height {
            let lines = table?.headerLines ?? []
            for line in lines { try emit(line) }
            screen = (lines.count + count, current.height)
        } else {
            screen = (current.used + count, current.height)
        }
    }

    // MARK: Sizing by content

    private var isAutoSized: Bool {
        switch shape {
        case .table(_, _, let isAutoSized, _), .wide(_, let isAutoSized): isAutoSized
        case .list, .lines: false
        }
    }

    private var sizesByContent: Bool {
        switch shape {
        case .table(let headers, _, let isAutoSized, _): isAutoSized || headers.first?.width == 0
        case .wide(_, let isAutoSized): isAutoSized
        case .list, .lines: false
        }
    }

    private func size(by packets: [FormatPacket]) {
        switch shape {
        case .table(let headers, _, _, _):
            table = TableWriter(headers, widths: Self.widths(headers, packets), renderer)
        case .wide(let columns, _):
            var longest = 0
            for case .cell(let text) in packets { longest = max(longest, text.columns) }
            startWide(columns > 0 ? columns : Self.wideColumns(longest, screen: renderer.width))
        case .list, .lines:
            break
        }
    }

    /// The columns that labels and cells take where nothing is cut off.
    private static func widths(_ headers: [FormatHeader], _ packets: [FormatPacket]) -> [Int] {
        var widths = headers.map(\.label.columns)
        for case .row(let cells, _) in packets {
            for (index, cell) in cells.enumerated() where index < widths.count {
                // A line end counts as one column: the cell shows the ellipsis in its place.
                let lines = TextWrap.split(cell.text)
                widths[index] = max(widths[index], lines.reduce(lines.count - 1) { $0 + $1.columns })
            }
        }
        return widths
    }

    private func grow(for row: FormatPacket) {
        guard let known = growing, case .table(let headers, _, _, _) = shape else { return }
        let wanted = zip(known, Self.widths(headers, [row])).map { max($0, $1) }
        guard wanted != known else { return }
        growing = wanted
        table = TableWriter(headers, widths: wanted, renderer)
    }

    /// As many columns of `longest` as leave at least one column of the screen free.
    private static func wideColumns(_ longest: Int, screen: Int) -> Int {
        guard longest > 0, longest < screen else { return 1 }
        var count = 1
        while longest * (count + 1) + count < screen { count += 1 }
        return count
    }

    // MARK: Wide

    private func startWide(_ count: Int) {
        let headers = Array(repeating: FormatHeader(label: "", alignment: .left, width: 0), count: count)
        wide = (TableWriter(headers, widths: headers.map(\.width), renderer), count, [])
    }

    private func addWide(_ text: String) throws(Stop) {
        wide?.cells.append(FormatCell(text: text, alignment: nil))
        if let wide, wide.cells.count == wide.count { try flushWide() }
    }

    private func flushWide() throws(Stop) {
        guard let current = wide, !current.cells.isEmpty else { return }
        wide?.cells = []
        for line in current.writer.lines(current.cells, wraps: false) { try emit(line) }
    }
}
