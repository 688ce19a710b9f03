import FerryEngine

/// Sets properties of files and folders, such as IsReadOnly and LastWriteTime.
struct SetItemProperty: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, pipeline: .byProperty, wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let name = Parameter<String>(
        "Name", aliases: ["PSProperty"], position: 1, mandatory: true, pipeline: .byProperty)
    static let value = Parameter<Value>("Value", position: 2, mandatory: true, pipeline: .byProperty)
        .allowing([.null])
    static let input = Parameter<Value>("InputObject", mandatory: true, pipeline: .byValue)
    static let force = Parameter<Bool>.switch("Force")
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let signature = Signature(
        "Set-ItemProperty", typeName: "Microsoft.PowerShell.Commands.SetItemPropertyCommand",
        shouldProcess: .medium, defaultSet: "propertyValuePathSet",
        parameters: [force, passThru] + ItemFilter.parameters,
        sets: [
            ParameterSet("propertyValuePathSet", [path, name, value]),
            ParameterSet("propertyPSObjectPathSet", [path, input]),
            ParameterSet("propertyValueLiteralPathSet", [literalPath, name, value]),
            ParameterSet("propertyPSObjectLiteralPathSet", [literalPath, input]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let filter = try ItemFilter(call, io)
        let isLiteral = call.parameterSet.contains("Literal")
        var pairs: [(name: String, value: Value)] = []
        if call.isBound(Self.input) {
            if case .table(let table) = call[Self.input] {
                pairs = table.pairs.map { ($0.key.display, $0.value) }
            } else {
                for name in io.propertyNames("*", of: call[Self.input]) {
                    pairs.append((name, try io.property(name, of: call[Self.input]) ?? .null))
                }
            }
        } else {
            pairs = [(call[Self.name], call[Self.value])]
        }
        for text in isLiteral ? call[Self.literalPath] : call[Self.path] {
            for found in try io.files([text], isLiteral: isLiteral, hidden: call[Self.force]) where filter.fits(found) {
                guard let item = io.item(found, typed: text) else { continue }
                for (name, value) in pairs {
                    let action = item.isFolder ? "Set Property Directory" : "Set Property File"
                    guard try io.confirms(action, "Item: \(found) Property: \(name) Value: \(value.display)") else {
                        continue
                    }
                    try io.change(name, of: item, to: value)
                }
                if call[Self.passThru] { try io.emit(item.value) }
            }
        }
    }
}

extension CommandIO {
    /// Sets a file's property; one that cannot be set is reported.
    func change(_ name: String, of item: FileItem, to value: Value) throws(Stop) {
        do throws(Stop) {
            if try item.setProperty(name, to: value) { return }
        } catch {
            guard let record = error.record else { throw error }
            return try report(record)
        }
        try report(
            "SetPropertyError", .readError, "The property '\(name)' cannot be found on '\(item.path)', or be set.",
            target: .string(name), exception: "System.IO.IOException")
    }
}
