import FerryEngine

/// Takes loaded modules and their commands away.
struct RemoveModule: Cmdlet {
    static let name = Parameter<[String]>("Name", position: 0, mandatory: true, pipeline: .byValue, wildcards: true)
    static let specification = Parameter<[ModuleSpecification]>(
        "FullyQualifiedName", position: 0, mandatory: true, pipeline: .byValue)
    static let info = Parameter<[ModuleObject]>("ModuleInfo", position: 0, mandatory: true, pipeline: .byValue)
    static let force = Parameter<Bool>.switch("Force")
    static let signature = Signature(
        "Remove-Module", typeName: "Microsoft.PowerShell.Commands.RemoveModuleCommand", shouldProcess: .medium,
        defaultSet: "name", parameters: [force],
        sets: [
            ParameterSet("name", [name]), ParameterSet("FullyQualifiedName", [specification]),
            ParameterSet("ModuleInfo", [info]),
        ])

    /// Of all input: a module may go with those that require it.
    private var chosen: [ModuleObject] = []
    private var mustFind = false

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let loaded = io.loadedModules(nested: true)
        for text in call[Self.name] {
            let pattern = WildcardPattern(text)
            if !WildcardPattern.isPattern(text) { mustFind = true }
            choose(loaded.filter { pattern.matches($0.name) })
        }
        for wanted in call[Self.specification] {
            mustFind = true
            choose(loaded.filter { GetModule.fits($0, [wanted]) })
        }
        choose(call[Self.info])
    }

    private mutating func choose(_ modules: [ModuleObject]) {
        for module in modules where !chosen.contains(where: { $0 === module }) { chosen.append(module) }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        if chosen.isEmpty, mustFind {
            try io.report(
                "Modules_NoModulesRemoved", .resourceUnavailable,
                "No modules were removed. Verify that the specification of modules to remove is correct and those "
                    + "modules exist in the runspace.", exception: "System.InvalidOperationException")
        }
        for module in chosen {
            if module.accessMode == .constant {
                try refuse(module, "Modules_ModuleIsConstant", "it is constant", io)
                continue
            }
            if module.accessMode == .readOnly, !call[Self.force] {
                try refuse(module, "Modules_ModuleIsReadOnly", "it is read-only", io)
                continue
            }
            let users = io.loadedModules(nested: true).filter { user in
                user.required.contains { $0 === module } && !chosen.contains { $0 === user }
            }
            if let user = users.first, !call[Self.force] {
                try refuse(module, "Modules_ModuleIsRequired", "it is required by the module '\(user.name)'", io)
                continue
            }
            if try io.confirms("Remove-Module", "\(module.name) (Path: '\(module.path)')") {
                try io.removeModule(module)
            }
        }
    }

    private func refuse(_ module: ModuleObject, _ id: String, _ reason: String, _ io: CommandIO) throws(Stop) {
        try io.report(
            id, .permissionDenied,
            "Unable to remove the module '\(module.name)' because \(reason). Add the Force parameter to your command to "
                + "remove modules that are read-only or required.", target: .object(module),
            exception: "System.InvalidOperationException")
    }
}
