import FerryEngine

/// Sends its argument down the pipeline.
struct WriteOutput: Cmdlet {
    static let input = Parameter<Value>(
        "InputObject", position: 0, mandatory: true, pipeline: .byValue, remaining: true)
    static let noEnumerate = Parameter<Bool>.switch("NoEnumerate")

    static let signature = Signature(
        "Write-Output", typeName: "Microsoft.PowerShell.Commands.WriteOutputCommand", parameters: [input, noEnumerate])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let value = call[Self.input]
        if call[Self.noEnumerate] { try io.emit(value) } else { try io.emit(enumerating: value) }
    }
}
