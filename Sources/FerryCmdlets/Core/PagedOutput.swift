import FerryEngine

/// Objects as the console shows them, a screen at a time where somebody can turn the pages, all at once elsewhere.
final class PagedOutput {
    /// PowerShell's line below a screen.
    private static let question = "<SPACE> next page; <CR> next line; Q quit"

    private let runspace: Runspace
    private var formatter: OutputFormatter?
    /// Lines until the question; nil when nothing stops the output any more.
    private var left: Int?
    /// Whether the reader has seen enough: what is added is not shown.
    private(set) var isEnded = false

    init(_ io: CommandIO) {
        runspace = io.runspace
        if runspace.host.turnsPages { left = Self.page(of: runspace.host) }
        // What the statement before has shown stands above.
        runspace.flushOutput()
        formatter = OutputFormatter(
            source: runspace,
            renderer: FormatRenderer(
                width: runspace.host.width, allowsColor: runspace.allowsColor,
                height: runspace.host.turnsPages ? runspace.host.height : nil, style: runspace.style)
        ) { [unowned self] line throws(Stop) in try show(line) }
    }

    func add(_ value: Value) throws(Stop) { if !isEnded { try formatter?.add(value) } }
    func finish() throws(Stop) { try formatter?.finish() }

    /// The question takes the last line.
    private static func page(of host: any Host) -> Int { max(host.height - 1, 1) }

    private func show(_ line: String) throws(Stop) {
        guard !isEnded else { return }
        let width = max(runspace.host.width, 1)
        let rows = max((line.columns + width - 1) / width, 1)
        if let left {
            // A line that takes more than a screen is shown at the top of one.
            self.left = rows > left && left < Self.page(of: runspace.host) || left == 0 ? try ask() : left
            guard !isEnded else { return }
        }
        if let left { self.left = max(left - rows, 0) }
        runspace.show(line + "\n")
    }

    /// - Returns: the lines to show before the next question; nil for all that is left.
    private func ask() throws(Stop) -> Int? {
        let host = runspace.host
        host.write(Self.question)
        defer { host.write("\r" + String(repeating: " ", count: Self.question.count) + "\r") }
        while let key = try host.readKey(echoes: false) {
            switch key {
            case " ": return Self.page(of: host)
            case "\r", "\n", "\r\n": return 1
            case "q", "Q":
                isEnded = true
                return 0
            default: continue
            }
        }
        return nil
    }
}
