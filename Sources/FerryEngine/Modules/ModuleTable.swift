import FerryCore

/// Modules that are loaded, and where others are found.
package final class ModuleTable {
    /// By folded name.
    private(set) var loaded: [String: ScriptModule] = [:]
    /// Compiled modules by folded name.
    private var compiled: [String: CommandModule] = [:]
    /// Folded function name to the manifest or script that exports it; nil until somebody looks.
    private var index: [String: String]?
    /// Modules being imported: one that requires itself must not loop.
    private var importing: Set<String> = []

    init() {}

    func register(_ module: CommandModule) { compiled[module.name.folded] = module }

    /// Compiled modules and loaded ones.
    package var names: [String] { (compiled.values.map(\.name) + loaded.values.map(\.name)).sorted() }

    // MARK: Finding

    /// The folders of `$env:PSModulePath`, then ferry's own.
    static var folders: [String] {
        var folders = [Environment.value("FERRY_MODULES"), Environment.value("PSModulePath")]
            .compactMap { $0 }.flatMap { $0.split(separator: ":").map(String.init) }
        if let home = Environment.value("HOME") { folders.append(home + "/.local/share/ferry/Modules") }
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
        }
        return nil
    }

    func isAvailable(_ name: String) -> Bool {
        if compiled[name.folded] != nil || loaded[name.folded] != nil { return true }
        return Self.folders.contains { folder in
            FileText.entries(of: folder).contains { $0.folded == name.folded }
        }
    }

    /// Loads the module that exports the function `name`, and gives the function; nil when no module has it.
    func autoload(_ name: String, _ runspace: Runspace, _ frame: Frame) throws(Stop) -> CommandEntry? {
        guard name.contains("-") else { return nil }
        if index == nil { index = try makeIndex(runspace) }
        guard let path = index?[name.folded], !importing.contains(path) else { return nil }
        let module = try importModule(path, runspace, frame)
        return module?.exportedFunctions[name.folded]
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
                for function in manifest.functions
                where !WildcardPattern.isPattern(function) && found[function.folded] == nil {
                    found[function.folded] = path
                }
            }
        }
        return found
    }

    // MARK: Importing

    /// Imports by name or path; what is loaded already is not loaded again. nil for a compiled module, which needs no import.
    @discardableResult
    func importModule(_ name: String, _ runspace: Runspace, _ frame: Frame, force: Bool = false) throws(Stop)
        -> ScriptModule?
    {
        if compiled[name.folded] != nil { return nil }
        if !force, let module = loaded[name.folded] { return module }
        guard let path = file(of: name, runspace) else {
            throw .runtime(
                "Modules_ModuleNotFound", .resourceUnavailable,
                "The specified module '\(name)' was not loaded because no valid module file was found in any module directory.",
                target: .string(name), exception: "System.IO.FileNotFoundException")
        }
        let stem = PathText.stem(path)
        if compiled[stem.folded] != nil { return nil }
        if !force, let module = loaded[stem.folded], module.path == path { return module }
        guard importing.insert(path).inserted else {
            throw .runtime(
                "Modules_CircularRequire", .invalidOperation, "The module '\(stem)' requires itself.",
                target: .string(stem))
        }
        defer { importing.remove(path) }
        let module = try load(path, stem, runspace, frame)
        loaded[stem.folded] = module
        export(module, runspace)
        return module
    }

    private func load(_ path: String, _ stem: String, _ runspace: Runspace, _ frame: Frame) throws(Stop) -> ScriptModule
    {
        var manifest: Manifest?
        var script: String? = path
        if path.lowercased().hasSuffix(".psd1") {
            let read = try Manifest(path, runspace)
            for required in read.requiredModules { try importModule(required, runspace, frame) }
            let folder = PathText.parent(path)
            for format in read.formats {
                do throws(Failure) { try runspace.views.load(contentsOf: PathText.join(folder, format)) } catch {
                    throw .error(ErrorRecord(error))
                }
            }
            script = read.rootModule.map { PathText.join(folder, $0) }
            manifest = read
        }
        let module = ScriptModule(
            name: stem, version: manifest?.version.text ?? "0.0", path: path, summary: manifest?.description ?? "",
            global: runspace.globalFrame.scope.global)
        if let script {
            guard script.lowercased().hasSuffix(".psm1") || script.lowercased().hasSuffix(".ps1") else {
                throw .runtime(
                    "Modules_BinaryModuleNotSupported", .notImplemented,
                    "The module '\(stem)' needs the .NET assembly '\(PathText.leaf(script))', which ferry cannot load.",
                    target: .string(script))
            }
            let block = ScriptBlock(try runspace.load(script: script), session: module.session)
            let inner = Frame(
                runspace: runspace, scope: module.session.top, streams: frame.streams,
                context: CallContext(caller: frame.context, invocation: nil, scriptPath: script, label: stem))
            try block.invoke(inner, newScope: false, output: CollectingSink())
        }
        let patterns = manifest?.functions ?? ["*"]
        for (key, function) in module.session.top.functions where Self.allows(function.name, patterns) {
            module.exportedFunctions[key] = function
        }
        if let wanted = manifest?.aliases {
            for (key, alias) in module.session.top.aliases where Self.allows(alias.name, wanted) {
                module.exportedAliases[key] = alias.definition
            }
        }
        return module
    }

    private static func allows(_ name: String, _ patterns: [String]) -> Bool {
        patterns.contains { WildcardPattern($0).matches(name) }
    }

    private func export(_ module: ScriptModule, _ runspace: Runspace) {
        let global = runspace.globalFrame.scope.global
        for (key, function) in module.exportedFunctions { global.functions[key] = function }
        for (alias, target) in module.exportedAliases { runspace.setAlias(alias, to: target, moduleName: module.name) }
        runspace.commandsChanged()
    }

    /// Forgets a module and takes its commands away.
    func remove(_ name: String, _ runspace: Runspace) -> Bool {
        guard let module = loaded.removeValue(forKey: name.folded) else { return false }
        let global = runspace.globalFrame.scope.global
        for (key, function) in module.exportedFunctions where global.functions[key] === function {
            global.functions[key] = nil
        }
        for key in module.exportedAliases.keys { global.aliases[key] = nil }
        runspace.commandsChanged()
        return true
    }
}
