import FerryEngine

/// Takes loaded modules and their commands away.
struct RemoveModule: Cmdlet {
    static let name = Parameter<[String]>("Name", position: 0, mandatory: true, pipeline: .byValue, wildcards: true)
    static let force = Parameter<Bool>.switch("Force")
    static let signature = Signature(
        "Remove-Module", typeName: "Microsoft.PowerShell.Commands.RemoveModuleCommand", shouldProcess: .medium,
        defaultSet: "name", parameters: [name, force])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for text in call[Self.name] {
            let pattern = WildcardPattern(text)
            let found = io.loadedModules.filter { pattern.matches($0.name) }
            if found.isEmpty, !WildcardPattern.isPattern(text) {
                try io.report(
                    "Modules_NoModulesRemoved", .resourceUnavailable,
                    "No modules were removed. Verify that the specification of modules to remove is correct and those "
                        + "modules exist in the runspace.", target: .string(text),
                    exception: "System.InvalidOperationException")
            }
            for module in found where try io.confirms("Remove-Module", "\(module.name) (Path: '\(module.path)')") {
                _ = io.removeModule(module.name)
            }
        }
    }
}
