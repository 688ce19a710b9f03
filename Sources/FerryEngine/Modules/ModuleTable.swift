import FerryCore
import FerryLinux

/// Modules that are loaded, and where others are found.
package final class ModuleTable {
    /// By folded name.
    private(set) var loaded: [String: ScriptModule] = [:]
    /// Compiled modules by folded name.
    private(set) var compiled: [String: CommandModule] = [:]
    /// Folded function name to the manifest or script that exports it; nil until somebody looks.
    private var index: [String: String]?
    /// The folders the index was made of: it is made again when they change.
    private var indexedFolders: [String] = []
    /// Modules being imported: one that requires itself must not loop.
    private var importing: Set<String> = []

    init() {}

    func register(_ module: CommandModule) { compiled[module.name.folded] = module }

    /// Compiled modules and loaded ones.
    package var names: [String] { (compiled.values.map(\.name) + loaded.values.map(\.name)).sorted() }

    // MARK: Finding

    /// `Modules/` of the checkout this program was built in; nil for an installed one.
    package static let checkoutFolder: String? = {
        guard let program = try? CanonicalPath.of("/proc/self/exe") else { return nil }
        let parts = program.split(separator: "/")
        guard let build = parts.lastIndex(of: ".build") else { return nil }
        let folder = "/" + parts[..<build].joined(separator: "/") + "/Modules"
        return FileText.isDirectory(folder) ? folder : nil
    }()

    /// The folders of `$env:PSModulePath`, then ferry's own.
    static var folders: [String] {
        var folders = [Environment.value("FERRY_MODULES"), Environment.value("PSModulePath")]
            .compactMap { $0 }.flatMap { $0.split(separator: ":").map(String.init) }
        if let home = Environment.value("HOME") { folders.append(home + "/.local/share/ferry/Modules") }
        if let checkoutFolder { folders.append(checkoutFolder) }
        return folders + ["/usr/share/ferry/Modules"]
    }

    /// Manifest, else script module, of a name or a path.
    private func file(of name: String, _ runspace: Runspace) -> String? {
        func inside(_ folder: String, _ stem: String) -> String? {
            let entries = FileText.entries(of: folder)
            for ending in [".psd1", ".psm1"] {
                if let found = entries.first(where: { $0.folded == (stem + ending).folded }) {
                    return folder + "/" + found
                }
            }
            return nil
        }
        if name.contains("/") {
            let path = runspace.location.resolve(name)
            if FileText.isFile(path) { return path }
            return inside(path, PathText.leaf(path))
        }
        for folder in Self.folders {
            guard let entry = FileText.entries(of: folder).first(where: { $0.folded == name.folded }) else { continue }
            if let found = inside(folder + "/" + entry, entry) { return found }
            // Name/1.2.3/Name.psd1: the newest version there is.
            let versions = FileText.entries(of: folder + "/" + entry).compactMap { item in
                VersionNumber(item).map { (version: $0, item: item) }
            }
            if let newest = versions.max(by: { $0.version < $1.version }),
                let found = inside("\(folder)/\(entry)/\(newest.item)", entry)
            {
                return found
            }
        }
        return nil
    }

    /// A module that was put into a folder since is found by the names of its commands.
    func forgetFolders() { index = nil }

    func isAvailable(_ name: String) -> Bool {
        if compiled[name.folded] != nil || loaded[name.folded] != nil { return true }
        return Self.folders.contains { folder in
            FileText.entries(of: folder).contains { $0.folded == name.folded }
        }
    }

    /// Loads the module that exports the function `name`, and gives the function; nil when no module has it.
    func autoload(_ name: String, _ runspace: Runspace, _ frame: Frame) throws(Stop) -> CommandEntry? {
        guard name.contains("-") else { return nil }
        if index == nil || indexedFolders != Self.folders {
            indexedFolders = Self.folders
            index = try makeIndex(runspace)
        }
        guard let path = index?[name.folded], !importing.contains(path) else { return nil }
        let module = try importModule(path, runspace, frame)
        return module?.importedFunctions[name.folded]
    }

    /// Functions of modules that are not loaded, as their manifests name them.
    func loadableNames(_ runspace: Runspace) -> [String] {
        var names: [String] = []
        for folder in Self.folders {
            for entry in FileText.entries(of: folder) where compiled[entry.folded] == nil && loaded[entry.folded] == nil
            {
                guard let path = file(of: folder + "/" + entry, runspace), path.hasSuffix(".psd1"),
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
        return Self.folders.flatMap { folder in
            FileText.entries(of: folder).filter { file(of: folder + "/" + $0, runspace) != nil }
        }.filter { seen.insert($0.folded).inserted }
    }

    /// Functions that manifests name literally. Broken manifests are left out; importing them says why.
    private func makeIndex(_ runspace: Runspace) throws(Stop) -> [String: String] {
        index = [:]
        var found: [String: String] = [:]
        for folder in Self.folders {
            for entry in FileText.entries(of: folder) where compiled[entry.folded] == nil {
                guard let path = file(of: folder + "/" + entry, runspace), path.hasSuffix(".psd1"),
                    let manifest = try? Manifest(path, runspace)
                else { continue }
                for function in manifest.functions where !WildcardPattern.isPattern(function) {
                    let name = ImportChoice().name(of: function, standard: manifest.commandPrefix).folded
                    if found[name] == nil { found[name] = path }
                }
            }
        }
        return found
    }

    // MARK: Importing

    /// Imports by name or path; what is loaded already is not loaded again. nil for a compiled module, which needs no import.
    @discardableResult
    func importModule(
        _ name: String, _ runspace: Runspace, _ frame: Frame, force: Bool = false, _ choice: ImportChoice? = nil
    ) throws(Stop) -> ScriptModule? {
        if compiled[name.folded] != nil { return nil }
        func again(_ module: ScriptModule) -> ScriptModule {
            if let choice { export(module, choice, runspace) }
            return module
        }
        if !force, let module = loaded[name.folded] { return again(module) }
        guard let path = file(of: name, runspace) else {
            throw .runtime(
                "Modules_ModuleNotFound", .resourceUnavailable,
                "The specified module '\(name)' was not loaded because no valid module file was found in any module directory.",
                target: .string(name), exception: "System.IO.FileNotFoundException")
        }
        let stem = PathText.stem(path)
        if compiled[stem.folded] != nil { return nil }
        if !force, let module = loaded[stem.folded], module.path == path { return again(module) }
        guard importing.insert(path).inserted else {
            throw .runtime(
                "Modules_CircularRequire", .invalidOperation, "The module '\(stem)' requires itself.",
                target: .string(stem))
        }
        defer { importing.remove(path) }
        let module = try load(path, stem, runspace, frame)
        loaded[stem.folded] = module
        export(module, choice ?? ImportChoice(), runspace)
        return module
    }

    private func load(_ path: String, _ stem: String, _ runspace: Runspace, _ frame: Frame) throws(Stop) -> ScriptModule
    {
        guard path.lowercased().hasSuffix(".psd1") else {
            let module = ScriptModule(
                name: stem, version: "0.0", path: path, summary: "", global: runspace.globalFrame.scope.global)
            runspace.add(module.session)
            try run([path], in: module, runspace, frame)
            collectExports(of: module, functions: ["*"], aliases: nil, variables: [])
            return module
        }
        let manifest = try Manifest(path, runspace)
        if let wanted = manifest.shellVersion, wanted > ShellVersion.current {
            throw .runtime(
                "Modules_InsufficientPowerShellVersion", .resourceUnavailable,
                "The version of Windows PowerShell on this computer is '\(ShellVersion.current.text)'. The module '\(path)' "
                    + "requires a minimum Windows PowerShell version of '\(wanted.text)' to run. Verify that you have the "
                    + "minimum required version of Windows PowerShell installed, and then try again.",
                target: .string(stem))
        }
        for required in manifest.requiredModules { try importModule(required, runspace, frame) }
        let folder = PathText.parent(path)
        for types in manifest.types { try TypesFile.load(PathText.join(folder, types), runspace) }
        for script in manifest.scripts {
            let block = ScriptBlock(try runspace.load(script: PathText.join(folder, script)), session: nil)
            try block.invoke(frame, newScope: false, output: CollectingSink())
        }
        for format in manifest.formats {
            do throws(Failure) { try runspace.views.load(contentsOf: PathText.join(folder, format)) } catch {
                throw .error(ErrorRecord(error))
            }
        }
        let module = ScriptModule(
            name: stem, version: manifest.version.text, path: path, summary: manifest.description,
            global: runspace.globalFrame.scope.global)
        runspace.add(module.session)
        let scripts = (manifest.nestedModules + (manifest.rootModule.map { [$0] } ?? [])).map { script in
            let file = PathText.join(folder, script)
            return FileText.isFile(file + ".psm1") ? file + ".psm1" : file
        }
        module.commandPrefix = manifest.commandPrefix
        try run(scripts, in: module, runspace, frame)
        collectExports(
            of: module, functions: manifest.functions, aliases: manifest.aliases, variables: manifest.variables)
        return module
    }

    /// Runs a module's files one after the other in its session.
    private func run(_ scripts: [String], in module: ScriptModule, _ runspace: Runspace, _ frame: Frame) throws(Stop) {
        for script in scripts {
            guard script.lowercased().hasSuffix(".psm1") || script.lowercased().hasSuffix(".ps1") else {
                throw .runtime(
                    "Modules_BinaryModuleNotSupported", .notImplemented,
                    "The module '\(module.name)' needs '\(PathText.leaf(script))', which is no script: ferry cannot load "
                        + ".NET assemblies.", target: .string(script))
            }
            let block = ScriptBlock(try runspace.load(script: script), session: module.session)
            let inner = Frame(
                runspace: runspace, scope: module.session.top, streams: frame.streams,
                context: CallContext(caller: frame.context, invocation: nil, scriptPath: script, label: module.name))
            try block.invoke(inner, newScope: false, output: CollectingSink())
        }
    }

    /// What the module gives away: what `Export-ModuleMember` named, else every function; of that, what the manifest allows.
    private func collectExports(
        of module: ScriptModule, functions: [String], aliases: [String]?, variables: [String]
    ) {
        let scope = module.session.top!
        let named = module.exportPatterns
        for (key, function) in scope.functions
        where Self.allows(function.name, functions) && Self.allows(function.name, named?.functions ?? ["*"]) {
            module.exportedFunctions[key] = function
        }
        // Without a word about aliases and variables a script module keeps them.
        let exposed = named?.aliases ?? (aliases == nil ? [] : ["*"])
        for (key, alias) in scope.aliases
        where Self.allows(alias.name, aliases ?? ["*"]) && Self.allows(alias.name, exposed) {
            module.exportedAliases[key] = alias.definition
        }
        for variable in scope.ownVariables
        where Self.allows(variable.name, named?.variables ?? variables) && variable.options.isEmpty {
            module.exportedVariables.append(variable)
        }
    }

    private static func allows(_ name: String, _ patterns: [String]) -> Bool {
        patterns.contains { WildcardPattern($0).matches(name) }
    }

    private func export(_ module: ScriptModule, _ choice: ImportChoice, _ runspace: Runspace) {
        let global = runspace.globalFrame.scope.global
        func isFree(_ key: String) -> Bool {
            !choice.keepsExisting
                || global.functions[key] == nil && global.aliases[key] == nil
                    && runspace.cmdlets.commands(named: key).isEmpty
        }
        var names: [String: String] = [:]
        for function in module.exportedFunctions.values where choice.brings(function: function.name) {
            let name = choice.name(of: function.name, standard: module.commandPrefix)
            guard isFree(name.folded) else { continue }
            names[function.name.folded] = name
            let imported = function.renamed(name)
            global.functions[name.folded] = imported
            module.importedFunctions[name.folded] = imported
        }
        for (alias, target) in module.exportedAliases where choice.brings(alias: alias) {
            let name = choice.name(of: alias, standard: module.commandPrefix)
            guard isFree(name.folded) else { continue }
            runspace.setAlias(name, to: names[target.folded] ?? target, moduleName: module.name)
            module.importedAliases.insert(name.folded)
        }
        for variable in module.exportedVariables where choice.brings(variable: variable.name) {
            global.put(Symbol(variable.name), variable)
        }
        runspace.commandsChanged()
    }

    /// Forgets a module and takes its commands away.
    func remove(_ name: String, _ runspace: Runspace) -> Bool {
        guard let module = loaded.removeValue(forKey: name.folded) else { return false }
        let global = runspace.globalFrame.scope.global
        for (key, function) in module.importedFunctions where global.functions[key] === function {
            global.functions[key] = nil
        }
        for key in module.importedAliases { global.aliases[key] = nil }
        for variable in module.exportedVariables where global.own(Symbol(variable.name)) === variable {
            global.remove(Symbol(variable.name))
        }
        runspace.commandsChanged()
        return true
    }
}
