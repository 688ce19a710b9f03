import FerryEngine

/// Makes a module of a script block, in memory.
struct NewModule: Cmdlet {
    static let name = Parameter<String>("Name", mandatory: true, pipeline: .byValue)
    static let block = Parameter<[ScriptBlock]>(
        "ScriptBlock", mandatory: true, validate: [.notNull], type: .scriptBlock)
    static let functions = Parameter<[String]>("Function", validate: [.notNull])
    static let cmdlets = Parameter<[String]>("Cmdlet", validate: [.notNull])
    static let returnResult = Parameter<Bool>.switch("ReturnResult")
    static let asCustomObject = Parameter<Bool>.switch("AsCustomObject")
    static let arguments = Parameter<[Value]>("ArgumentList", aliases: ["Args"], remaining: true)

    static let signature = Signature(
        "New-Module", typeName: "Microsoft.PowerShell.Commands.NewModuleCommand", defaultSet: "ScriptBlock",
        outputs: [ModuleObject.outputType],
        parameters: [functions, cmdlets, returnResult, asCustomObject, arguments],
        sets: [
            ParameterSet("ScriptBlock", [block.at(0)]), ParameterSet("Name", [name.at(0), block.at(1)]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard let block = call[Self.block].first else { return }
        let name = call.isBound(Self.name) ? call[Self.name] : "__DynamicModule_\(GUID().text)"
        let made = try io.makeModule(
            name, block, arguments: call[Self.arguments],
            functions: call.isBound(Self.functions) ? call[Self.functions] : nil, imports: !call[Self.asCustomObject])
        if call[Self.asCustomObject] {
            if let module = made.module as? ScriptModule { try io.emit(.object(module.asCustomObject)) }
        } else if call[Self.returnResult] {
            try io.emit(contentsOf: made.output)
        } else {
            try io.emit(.object(made.module))
        }
    }
}
