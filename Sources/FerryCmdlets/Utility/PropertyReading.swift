import FerryEngine

extension CommandIO {
    /// Property arguments (names, wildcards, calculated properties) as columns.
    func columns(
        _ arguments: [Value], of first: Value?, keys: [CalculatedProperty.Key] = CalculatedProperty.column
    ) throws(Stop) -> [FormatColumn] {
        do throws(Stop) {
            return try FormatBuilder(runspace).columns(for: arguments, firstItem: first, keys: keys)
        } catch {
            guard let record = error.record else { throw error }
            throw failing(record)
        }
    }

    /// The properties a name with wildcards fits; a name without them stands for itself.
    func propertyNames(_ name: String, of item: Value) -> [String] {
        guard name.utf8.contains(where: { $0 == 0x2A || $0 == 0x3F || $0 == 0x5B }) else { return [name] }
        let pattern = WildcardPattern(name)
        return Members.propertyNames(of: item, runspace).filter { pattern.matches($0) }
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
