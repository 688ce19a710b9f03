/// What a format command keeps of the calculated properties that failed.
final class FormatErrors {
    /// PowerShell's mark in the cell of a property that failed; nothing unless it was asked for.
    let mark: String
    private var records: [ErrorRecord] = []

    init(marks: Bool) { mark = marks ? "#ERR" : "" }

    func add(_ column: FormatColumn, of item: Value) {
        let text =
            switch column.expression {
            case .property(let name): name
            case .block(let block): block.text
            case .source(let source): source
            }
        let stop = Stop.runtime(
            "mshExpressionError", .invalidArgument, "Failed to evaluate expression \"\(text)\".", target: item)
        if let record = stop.record { records.append(record) }
    }

    /// The errors since the last time.
    func take() -> [ErrorRecord] {
        defer { records = [] }
        return records
    }
}
