import FerryEngine

/// Runs text as a script in the caller's scope.
struct InvokeExpression: Cmdlet {
    static let command = Parameter<String>("Command", position: 0, mandatory: true, pipeline: .byValue)
    static let signature = Signature(
        "Invoke-Expression", typeName: "Microsoft.PowerShell.Commands.InvokeExpressionCommand", parameters: [command])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { try io.run(text: call[Self.command]) }
}
