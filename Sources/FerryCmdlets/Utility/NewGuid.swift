import FerryEngine

/// A new unique identifier.
struct NewGuid: Cmdlet {
    static let empty = Parameter<Bool>.switch("Empty")
    static let input = Parameter<String>("InputObject", position: 0, mandatory: true, pipeline: .byValue)
    static let signature = Signature(
        "New-Guid", typeName: "Microsoft.PowerShell.Commands.NewGuidCommand", defaultSet: "Default", outputs: [.guid],
        sets: [
            ParameterSet("Default", []), ParameterSet("Empty", [empty]), ParameterSet("InputObject", [input]),
        ])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.parameterSet == "InputObject" {
            guard let guid = GUID(call[Self.input]) else {
                return try io.report(
                    "StringNotRecognizedAsGuid", .invalidArgument, "Unrecognized Guid format.",
                    target: .string(call[Self.input]), exception: "System.FormatException")
            }
            return try io.emit(.guid(guid))
        }
        try io.emit(.guid(call[Self.empty] ? .empty : GUID()))
    }
}
