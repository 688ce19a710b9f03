/// The bound values of one command, by the place of each parameter in its signature.
final class Bindings {
    private let parameters: [ParameterSpec]
    private var values: [Value?]
    /// The pipeline's present object; `.nothing` when there is none.
    var input: Value = .nothing
    /// The parameter whose value is `input` as it came: nothing is copied for it from object to object. -1 when there is none.
    private var inputSlot = -1
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
        for slot in order { if let value = value(at: slot) { table[parameters[slot].name] = value } }
        made = table
        return table
    }

    @inline(__always) func value(at slot: Int) -> Value? { slot == inputSlot ? input : values[slot] }

    var names: [String] { order.map { parameters[$0].name } }

    /// Whether any parameter from that place on is bound.
    func hasBound(from slot: Int) -> Bool { order.contains { $0 >= slot } }

    func bind(_ slot: Int, to value: Value) {
        if values[slot] == nil { order.append(slot) }
        if slot == inputSlot { inputSlot = -1 }
        values[slot] = value
        made?[parameters[slot].name] = value
    }

    func unbind(_ slot: Int) {
        values[slot] = nil
        if slot == inputSlot { inputSlot = -1 }
        order.removeAll { $0 == slot }
        made?[.string(parameters[slot].name)] = nil
    }

    /// Another value for a parameter that is bound: the next object of the pipeline. Scripts see it in `$PSBoundParameters`.
    func rebind(_ slot: Int, to value: Value) {
        if slot == inputSlot { inputSlot = -1 }
        values[slot] = value
        if let made { made[parameters[slot].name] = value }
    }

    /// From now on the pipeline's objects are a bound parameter's value as they come: see `take`.
    func followInput(_ slot: Int) {
        inputSlot = slot
        values[slot] = .null
    }

    /// The next object, for the parameter that follows the input.
    @inline(__always) func take(_ value: Value) {
        input = value
        if made != nil { show(value) }
    }

    private func show(_ value: Value) {
        if inputSlot >= 0 { made?[parameters[inputSlot].name] = value }
    }
}
