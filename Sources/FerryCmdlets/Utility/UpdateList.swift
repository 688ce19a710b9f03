import FerryEngine

/// Adds elements to a list that is an object's property, takes some away, or puts others in their place.
struct UpdateList: Cmdlet {
    static let add = Parameter<[Value]>("Add", validate: [.notNullOrEmpty])
    static let remove = Parameter<[Value]>("Remove", validate: [.notNullOrEmpty])
    static let replace = Parameter<[Value]>("Replace", mandatory: true, validate: [.notNullOrEmpty])
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let property = Parameter<String>("Property", position: 0, validate: [.notNullOrEmpty])

    static let signature = Signature(
        "Update-List", typeName: "Microsoft.PowerShell.Commands.UpdateListCommand",
        defaultSet: "AddRemoveSet", parameters: [input, property],
        sets: [ParameterSet("AddRemoveSet", [add, remove]), ParameterSet("ReplaceSet", [replace])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let item = call[Self.input]
        guard !item.isNull else { return }
        guard call.isBound(Self.property) else {
            throw io.failing(
                "MissingPropertyParameter", .invalidOperation,
                "Specify the Property parameter: the list to change is a property of the input object.",
                exception: "System.Management.Automation.PSInvalidOperationException")
        }
        let name = call[Self.property]
        guard let list = try io.property(name, of: item) else {
            return try io.report(
                "MemberDoesntExist", .invalidType, "The property '\(name)' cannot be found on this object.",
                target: item, exception: "System.Management.Automation.PSArgumentException")
        }
        guard case .list(let list) = list, !list.isReadOnly else {
            return try io.report(
                "MissingAddRemove", .invalidType,
                "The property '\(name)' is no list whose elements can be added and removed.",
                target: item, exception: "System.Management.Automation.PSInvalidOperationException")
        }
        if call.parameterSet == "ReplaceSet" {
            list.elements = call[Self.replace]
        } else {
            for old in call[Self.remove] {
                if let index = list.elements.firstIndex(where: { Comparison.equal($0, old, caseSensitive: true) }) {
                    list.elements.remove(at: index)
                }
            }
            list.elements += call[Self.add]
        }
        try io.emit(item)
    }
}
