import FerryEngine

/// Lists modules that are loaded, or that could be.
struct GetModule: Cmdlet {
    static let name = Parameter<[String]>("Name", position: 0, pipeline: .byValue, wildcards: true)
    static let listAvailable = Parameter<Bool>.switch("ListAvailable")
    static let all = Parameter<Bool>.switch("All")
    static let refresh = Parameter<Bool>.switch("Refresh")

    static let signature = Signature(
        "Get-Module", typeName: "Microsoft.PowerShell.Commands.GetModuleCommand",
        parameters: [name, listAvailable, all, refresh])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call[Self.refresh] { io.forgetModuleFolders() }
        let patterns = call[Self.name].map { WildcardPattern($0) }
        func wants(_ name: String) -> Bool { patterns.isEmpty || patterns.contains { $0.matches(name) } }
        for module in io.compiledModules where wants(module.name) { try io.emit(.object(module)) }
        if call[Self.listAvailable] {
            for module in io.availableModules where wants(module.name) { try io.emit(.object(module)) }
        } else {
            for module in io.loadedModules where wants(module.name) { try io.emit(.object(module)) }
        }
    }
}
