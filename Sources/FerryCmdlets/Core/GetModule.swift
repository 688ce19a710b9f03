import FerryEngine

/// Lists modules that are loaded, or that could be.
struct GetModule: Cmdlet {
    static let name = Parameter<[String]>("Name", position: 0, pipeline: .byValue, wildcards: true)
    static let specification = Parameter<[ModuleSpecification]>("FullyQualifiedName", pipeline: .byProperty)
    static let listAvailable = Parameter<Bool>.switch("ListAvailable")
    static let all = Parameter<Bool>.switch("All")
    static let refresh = Parameter<Bool>.switch("Refresh")
    static let edition = Parameter<String?>("PSEdition")
    static let skipEditionCheck = Parameter<Bool>.switch("SkipEditionCheck")

    static let signature = Signature(
        "Get-Module", typeName: "Microsoft.PowerShell.Commands.GetModuleCommand", defaultSet: "Loaded",
        outputs: [ModuleObject.outputType], parameters: [name, specification],
        sets: [
            ParameterSet("Loaded", [all]),
            ParameterSet("Available", [listAvailable.mandatory(), all, refresh, edition, skipEditionCheck]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call[Self.refresh] { io.forgetModuleFolders() }
        var wanted = call[Self.specification]
        wanted += call[Self.name].map { ModuleSpecification($0) }
        guard call[Self.listAvailable] else {
            for module in io.loadedModules(nested: call[Self.all]) where Self.fits(module, wanted) {
                try io.emit(.object(module))
            }
            return
        }
        let paths = wanted.filter { io.isModulePath($0.name) }
        let names = wanted.filter { !io.isModulePath($0.name) }
        if wanted.isEmpty || !names.isEmpty {
            for module in io.availableModules(all: call[Self.all]) where Self.fits(module, names) {
                try emit(module, call, io)
            }
        }
        for path in paths {
            let found = io.availableModules(at: path.name)
            if found.isEmpty, !WildcardPattern.isPattern(path.name) {
                try io.report(
                    "Modules_ModuleNotFoundForGetModule", .resourceUnavailable,
                    "The specified module '\(path.name)' was not found. Update the Name parameter to a valid path, and then "
                        + "try again.", target: .string(path.name), exception: "System.IO.FileNotFoundException")
            }
            for module in found where path.accepts(module.version, module.facts.guid) { try emit(module, call, io) }
        }
    }

    private func emit(_ module: ModuleObject, _ call: Call, _ io: CommandIO) throws(Stop) {
        if let edition = call[Self.edition],
            !module.facts.editions.contains(where: { $0.lowercased() == edition.lowercased() })
        {
            return
        }
        try io.emit(.object(module))
    }

    static func fits(_ module: ModuleObject, _ wanted: [ModuleSpecification]) -> Bool {
        wanted.isEmpty
            || wanted.contains {
                WildcardPattern($0.name).matches(module.name) && $0.accepts(module.version, module.facts.guid)
            }
    }
}
