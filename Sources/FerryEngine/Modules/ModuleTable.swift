import FerryLanguage

/// Modules that are loaded, and where others are found.
package final class ModuleTable {
    /// In the order they were loaded in.
    private(set) var loaded: [ScriptModule] = []
    /// Compiled modules by folded name.
    private(set) var compiled: [String: CommandModule] = [:]
    /// Compiled ones that `Remove-Module` took out of sight, by folded name. Their commands would load them again.
    private var hidden: Set<String> = []
    private var compiledInfos: [String: ModuleObject] = [:]
    /// Folded name of a function or alias to the manifest that exports it; nil until somebody looks.
    private var index: [String: String]?
    /// The folders the index was made of: it is made again when they change.
    private var indexedFolders: [String] = []
    /// Modules being imported: one that requires itself must not loop.
    var importing: Set<String> = []
    var sessions = ModuleSessions()

    init() {}

    func register(_ module: CommandModule) { compiled[module.name.folded] = module }

    /// Compiled modules and loaded ones.
    package var names: [String] { (compiled.values.map(\.name) + loaded.map(\.name)).sorted() }

    // MARK: What is there

    /// A compiled module, loaded or hidden.
    func compiledInfo(_ name: String) -> ModuleObject? {
        let key = name.folded
        guard let module = compiled[key] else { return nil }
        if let known = compiledInfos[key] { return known }
        let folder = ModuleFiles.own.first { FileText.isDirectory($0 + "/" + module.name) } ?? ModuleFiles.own[0]
        let info = ModuleObject(
            name: module.name, version: VersionNumber(module.version) ?? VersionNumber(0, 0),
            path: folder + "/" + module.name, kind: .binary)
        info.facts.description = module.description
        info.listed = ([], module.commands.map { $0.signature.name }, Array(module.aliases.keys), [])
        compiledInfos[key] = info
        return info
    }

    /// Compiled modules in sight, by name.
    var visibleCompiled: [ModuleObject] {
        compiled.keys.filter { !hidden.contains($0) }.sorted().compactMap { compiledInfo($0) }
    }

    /// What is loaded, by name.
    func all(nested: Bool = false) -> [ModuleObject] {
        let scripts: [ModuleObject] = loaded.filter { nested || $0.isTopLevel }
        return (visibleCompiled + scripts).enumerated().sorted { left, right in
            (left.element.name.folded, left.offset) < (right.element.name.folded, right.offset)
        }.map(\.element)
    }

    /// The loaded module of that name; the one loaded last where there are several.
    func find(_ name: String) -> ScriptModule? { loaded.last { $0.name.folded == name.folded } }

    /// A module that is there, loaded from that name or path, and fits.
    func loaded(_ wanted: ModuleSpecification, _ location: Location) -> ScriptModule? {
        let path = ModuleFiles.isRooted(wanted.name) ? location.resolve(wanted.name.replacing("\\", with: "/")) : nil
        return loaded.last { module in
            let isNamed = path.map { module.path == $0 } ?? (module.name.folded == wanted.name.folded)
            return isNamed && wanted.accepts(module.version, module.facts.guid)
        }
    }

    func add(_ module: ScriptModule) { loaded.append(module) }

    /// A module that was put into a folder since is found by the names of its commands.
    func forgetFolders() { index = nil }

    /// - Parameter wanted: a module by name.
    func isAvailable(_ wanted: ModuleSpecification, _ runspace: Runspace) -> Bool {
        if let built = compiledInfo(wanted.name) { return wanted.accepts(built.version, built.facts.guid) }
        if loaded(wanted, runspace.location) != nil { return true }
        return file(of: wanted, runspace) != nil
    }

    /// The file of a name or path with the version that is wanted.
    func file(of wanted: ModuleSpecification, _ runspace: Runspace) -> String? {
        ModuleFiles.candidates(wanted.name, runspace.location).first { path in
            guard wanted.isConstrained else { return true }
            guard path.lowercased().hasSuffix(".psd1") else { return wanted.accepts(VersionNumber(0, 0), .empty) }
            guard let manifest = try? Manifest(path, runspace) else { return false }
            return wanted.accepts(manifest.version, manifest.facts.guid)
        }
    }

    // MARK: Loading on demand

    /// Loads the module that exports the function or alias `name`, and gives it; nil when no module has it.
    ///
    /// - Parameter always: also a name that is not of the form verb-noun, which most programs' names are not.
    func autoload(
        _ name: String, _ runspace: Runspace, _ frame: Frame, always: Bool = false
    ) throws(Stop) -> CommandEntry? {
        guard always || name.contains("-") else { return nil }
        if index == nil || indexedFolders != ModuleFiles.folders {
            indexedFolders = ModuleFiles.folders
            index = makeIndex(runspace)
        }
        guard let path = index?[name.folded], !importing.contains(path) else { return nil }
        if case .string(let preference)? = frame.scope.value(of: Symbol("PSModuleAutoLoadingPreference")),
            preference.folded == "none"
        {
            return nil
        }
        var import_ = ModuleImport(ModuleSpecification(path))
        import_.target = runspace.globalFrame.scope.global
        _ = try importModule(import_, runspace, frame)
        return find(PathText.stem(path))?.imported(name.folded)
    }

    /// Functions of modules that are not loaded, as their manifests name them.
    func loadableNames(_ runspace: Runspace) -> [String] {
        var names: [String] = []
        for folder in ModuleFiles.folders {
            for entry in FileText.entries(of: folder) where compiled[entry.folded] == nil && find(entry) == nil {
                guard let path = ModuleFiles.files(of: folder + "/" + entry, entry).first, path.hasSuffix(".psd1"),
                    let manifest = try? Manifest(path, runspace)
                else { continue }
                names += manifest.functions.filter { !WildcardPattern.isPattern($0) }
            }
        }
        return names
    }

    /// Modules in the folders, loaded or not.
    func availableNames(_ runspace: Runspace) -> [String] {
        var seen = Set(names.map(\.folded))
        return ModuleFiles.folders.flatMap { folder in
            FileText.entries(of: folder).filter { !ModuleFiles.files(of: folder + "/" + $0, $0).isEmpty }
        }.filter { seen.insert($0.folded).inserted }
    }

    /// Functions that manifests name literally. Broken manifests are left out; importing them says why.
    private func makeIndex(_ runspace: Runspace) -> [String: String] {
        index = [:]
        var found: [String: String] = [:]
        for folder in ModuleFiles.folders {
            for entry in FileText.entries(of: folder) where compiled[entry.folded] == nil {
                guard let path = ModuleFiles.files(of: folder + "/" + entry, entry).first else { continue }
                let functions: [String]
                let prefix: String
                if path.hasSuffix(".psd1") {
                    guard let manifest = try? Manifest(path, runspace) else { continue }
                    functions = manifest.functions
                    prefix = manifest.facts.commandPrefix
                } else {
                    functions = scriptFunctions(path, runspace)
                    prefix = ""
                }
                for function in functions where !WildcardPattern.isPattern(function) {
                    let name = ImportChoice().name(of: function, standard: prefix).folded
                    if found[name] == nil { found[name] = path }
                }
            }
        }
        return found
    }

    /// Functions a script defines at its top, as it is written.
    func scriptFunctions(_ path: String, _ runspace: Runspace) -> [String] {
        guard let text = try? FileText.read(path).text, let syntax = try? runspace.parse(text, path: path) else {
            return []
        }
        var names: [String] = []
        for statement in syntax.end?.body.statements ?? [] {
            if case .function(let definition) = statement { names.append(definition.name) }
        }
        return names
    }

    // MARK: Taking away

    /// Forgets a module and takes its commands away, after what it wants to do before it goes.
    func remove(_ module: ModuleObject, _ runspace: Runspace, _ frame: Frame) throws(Stop) {
        guard let module = module as? ScriptModule else {
            hidden.insert(module.name.folded)
            return
        }
        if let leaving = module.onRemove {
            module.onRemove = nil
            try leaving.invoke(frame, arguments: [.object(module)], newScope: true, output: CollectingSink())
        }
        loaded.removeAll { $0 === module }
        for item in module.imports {
            guard let scope = item.scope else { continue }
            switch item.what {
            case .function(let function):
                if scope.functions[item.key] === function { scope.functions[item.key] = nil }
            case .alias:
                if scope.aliases[item.key]?.moduleName?.folded == module.name.folded { scope.aliases[item.key] = nil }
            case .variable(let variable):
                if scope.own(Symbol(variable.name)) === variable { scope.remove(Symbol(variable.name)) }
            }
        }
        module.imports = []
        for file in module.typeFiles { _ = runspace.types.remove(file: file) }
        for inner in module.nested {
            guard let inner = inner as? ScriptModule, !inner.isTopLevel, inner !== module else { continue }
            try remove(inner, runspace, frame)
        }
        runspace.commandsChanged()
    }

    /// A compiled module that is imported is in sight again.
    func show(_ name: String) { hidden.remove(name.folded) }
}
