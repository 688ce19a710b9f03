import FerryEngine

extension CommandIO {
    /// Property arguments (names, wildcards, calculated properties) as columns.
    func columns(_ arguments: [Value], of first: Value?) throws(Stop) -> [FormatColumn] {
        do throws(Stop) { return try FormatBuilder(runspace).columns(for: arguments, firstItem: first) } catch {
            guard let record = error.record else { throw error }
            throw failing(record)
        }
    }

    /// What a column reads of an object; a missing property is null.
    func read(_ column: FormatColumn, of item: Value) throws(Stop) -> Value {
        switch column.expression {
        case .property(let name): return try property(name, of: item) ?? .null
        case .source: return .null
        case .block(let block):
            let output = try collect(block, item: item)
            return output.count == 1 ? output[0] : output.isEmpty ? .null : .array(output)
        }
    }
}
