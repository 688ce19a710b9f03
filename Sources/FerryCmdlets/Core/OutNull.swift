import FerryEngine

/// Throws its input away.
struct OutNull: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let signature = Signature(
        "Out-Null", typeName: "Microsoft.PowerShell.Commands.OutNullCommand", parameters: [input])
    init() {}
}
