import FerryEngine

/// Runs a script block in this session. Commands elsewhere are run through `-ComputerName` of the commands themselves.
struct InvokeCommand: Cmdlet {
    static let block = Parameter<ScriptBlock?>("ScriptBlock", aliases: ["Command"], position: 0, mandatory: true)
    static let arguments = Parameter<[Value]>("ArgumentList", aliases: ["Args"])
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let noNewScope = Parameter<Bool>.switch("NoNewScope")
    static let signature = Signature(
        "Invoke-Command", typeName: "Microsoft.PowerShell.Commands.InvokeCommandCommand", defaultSet: "InProcess",
        parameters: [block, arguments, input, noNewScope])

    private var items: [Value] = []

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.isBound(Self.input) { items.append(call[Self.input]) }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard let block = call[Self.block] else { return }
        try io.invoke(block, input: items, arguments: call[Self.arguments], inNewScope: !call[Self.noNewScope])
    }
}
