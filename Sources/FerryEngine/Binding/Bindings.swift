/// The bound values of one command, by the place of each parameter in its signature.
final class Bindings {
    private let parameters: [ParameterSpec]
    private(set) var values: [Value?]
    /// Places in the order they were bound.
    private var order: [Int] = []
    private var made: TableObject?

    init(_ parameters: [ParameterSpec]) {
        self.parameters = parameters
        values = Array(repeating: nil, count: parameters.count)
    }

    /// `$PSBoundParameters`: made when somebody asks, and from then on kept as the script sees it.
    var table: TableObject {
        if let made { return made }
        let table = TableObject(kind: .dictionary)
        for slot in order { if let value = values[slot] { table[parameters[slot].name] = value } }
        made = table
        return table
    }

    var names: [String] { order.map { parameters[$0].name } }

    /// Whether any parameter from that place on is bound.
    func hasBound(from slot: Int) -> Bool { order.contains { $0 >= slot } }

    func bind(_ slot: Int, to value: Value) {
        if values[slot] == nil { order.append(slot) }
        values[slot] = value
        made?[parameters[slot].name] = value
    }

    func unbind(_ slot: Int) {
        values[slot] = nil
        order.removeAll { $0 == slot }
        made?[.string(parameters[slot].name)] = nil
    }

    /// Another value for a parameter that is bound: the next object of the pipeline. Scripts see it in `$PSBoundParameters`.
    func rebind(_ slot: Int, to value: Value) {
        values[slot] = value
        if let made { made[parameters[slot].name] = value }
    }
}
