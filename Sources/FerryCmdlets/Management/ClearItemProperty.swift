import FerryEngine

/// Takes the attributes of files back to normal.
struct ClearItemProperty: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, pipeline: .byValueAndProperty, wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let name = Parameter<String>("Name", aliases: ["PSProperty"], position: 1, mandatory: true)
    static let force = Parameter<Bool>.switch("Force")
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let signature = Signature(
        "Clear-ItemProperty", typeName: "Microsoft.PowerShell.Commands.ClearItemPropertyCommand",
        shouldProcess: .medium, defaultSet: "Path", parameters: [name, force, passThru] + ItemFilter.parameters,
        sets: [ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let filter = try ItemFilter(call, io)
        let isLiteral = call.parameterSet == "LiteralPath"
        for text in isLiteral ? call[Self.literalPath] : call[Self.path] {
            for found in try io.files([text], isLiteral: isLiteral, hidden: call[Self.force]) where filter.fits(found) {
                guard let item = io.item(found, typed: text) else { continue }
                guard call[Self.name].folded == "attributes" else {
                    try io.report(
                        "ClearPropertyError", .readError,
                        "The property cannot be cleared because it is not supported. Only the Attributes property is.",
                        target: .string(found), exception: "System.IO.IOException")
                    continue
                }
                let action = item.isFolder ? "Clear Property Directory" : "Clear Property File"
                guard try io.confirms(action, "Item: \(found) Property: \(call[Self.name])") else { continue }
                try io.change("Attributes", of: item, to: .string("Normal"))
                if call[Self.passThru] { try io.emit(item.value) }
            }
        }
    }
}
