import FerryEngine

/// Takes away what types were given.
struct RemoveTypeData: Cmdlet {
    static let typeName = Parameter<String>(
        "TypeName", position: 0, mandatory: true, pipeline: .byValueAndProperty, validate: [.notNullOrEmpty])
    static let typeData = Parameter<Value>("TypeData", position: 0, mandatory: true, pipeline: .byValue)
    static let path = Parameter<[String]>("Path", mandatory: true, validate: [.notNullOrEmpty])
    static let signature = Signature(
        "Remove-TypeData", typeName: "Microsoft.PowerShell.Commands.RemoveTypeDataCommand", shouldProcess: .medium,
        defaultSet: "RemoveTypeSet",
        sets: [
            ParameterSet("RemoveTypeDataSet", [typeData]), ParameterSet("RemoveTypeSet", [typeName]),
            ParameterSet("RemoveFileSet", [path]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        switch call.parameterSet {
        case "RemoveFileSet":
            for text in call[Self.path] {
                let file = io.runspace.location.resolve(text)
                guard try io.confirms("Remove type file", "FileName: \(file)") else { continue }
                guard !io.runspace.types.remove(file: file) else { continue }
                try io.report(
                    "TypePathException", .invalidOperation,
                    "The file \(text) is not imported into the current session.",
                    target: .string(text), exception: "System.InvalidOperationException")
            }
        case "RemoveTypeDataSet":
            try remove(call[Self.typeData].hosted(TypeDataObject.self)?.said.name ?? call[Self.typeData].display, io)
        default: try remove(call[Self.typeName], io)
        }
    }

    private func remove(_ written: String, _ io: CommandIO) throws(Stop) {
        let name = TypeCatalog.resolve(written)?.fullName ?? written
        guard try io.confirms("Remove TypeData", "Name of the type that will be removed: \(name)") else { return }
        guard !io.runspace.types.remove(type: name) else { return }
        try io.report(
            "TypesDynamicRemoveException", .invalidOperation,
            "Error in TypeData \"\(name)\": The type \"\(name)\" was not found. The type name value must be the full name of "
                + "the type. Verify the type name and run the command again.",
            exception: "System.Management.Automation.RuntimeException")
    }
}
