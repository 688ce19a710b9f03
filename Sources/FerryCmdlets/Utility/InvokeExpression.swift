import FerryEngine

/// Runs text as a script in the caller's scope.
struct InvokeExpression: Cmdlet {
    static let command = Parameter<String>("Command", position: 0, mandatory: true, pipeline: .byValue)
    static let signature = Signature(
        "Invoke-Expression", typeName: "Microsoft.PowerShell.Commands.InvokeExpressionCommand", parameters: [command])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        do throws(Stop) {
            try io.run(text: call[Self.command])
        } catch {
            // What the language itself refuses is this command's error; what the text throws stays as thrown.
            if let record = error.record, record.commandTypeName == nil, !record.isThrown {
                record.commandTypeName = call.signature.typeName
            }
            throw error
        }
    }
}
