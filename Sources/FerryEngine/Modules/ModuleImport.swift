import FerryCore

/// One call to import a module.
package struct ModuleImport {
    package var wanted: ModuleSpecification
    package var choice: ImportChoice?
    /// A module that is loaded already is loaded anew.
    package var force = false
    /// `$args` of a script module.
    package var arguments: [Value] = []
    /// Where its commands come to be known; `nil` for nowhere.
    package var target: Scope?
    /// The module whose code imports it.
    var importer: ScriptModule?

    package init(_ wanted: ModuleSpecification) { self.wanted = wanted }
}

extension ModuleTable {
    /// Imports by name or path; what is loaded already is not loaded again.
    func importModule(_ import_: ModuleImport, _ runspace: Runspace, _ frame: Frame) throws(Stop) -> ModuleObject {
        let wanted = import_.wanted
        if let built = compiledModule(wanted) {
            guard wanted.accepts(built.version, built.facts.guid) else { throw Self.notFound(wanted) }
            show(built.name)
            return built
        }
        if !import_.force, let module = loaded(wanted, runspace.location) { return again(module, import_, runspace) }
        guard let path = file(of: wanted, runspace) else { throw Self.notFound(wanted) }
        let stem = PathText.stem(path)
        if compiled[stem.folded] != nil, let built = compiledInfo(stem) {
            show(stem)
            return built
        }
        if let module = loaded.last(where: { $0.path == path }) {
            if !import_.force { return again(module, import_, runspace) }
            try remove(module, runspace, frame)
        }
        guard importing.insert(path).inserted else {
            throw Manifest.invalid(path, "The module '\(stem)' cannot be loaded because it requires itself.")
        }
        defer { importing.remove(path) }
        let module = try load(path, stem, import_.arguments, runspace, frame)
        add(module)
        return again(module, import_, runspace)
    }

    private func compiledModule(_ wanted: ModuleSpecification) -> ModuleObject? {
        if compiled[wanted.name.folded] != nil { return compiledInfo(wanted.name) }
        var text = wanted.name.replacing("\\", with: "/")
        while text.count > 1, text.hasSuffix("/") { text.removeLast() }
        let leaf = PathText.leaf(text)
        guard compiled[leaf.folded] != nil, let built = compiledInfo(leaf), built.path == text else { return nil }
        return built
    }

    static func notFound(_ wanted: ModuleSpecification) -> Stop {
        let version = wanted.isConstrained ? " with version '\(wanted.wanted)'" : ""
        return .runtime(
            wanted.isConstrained ? "Modules_ModuleWithVersionNotFound" : "Modules_ModuleNotFound", .resourceUnavailable,
            "The specified module '\(wanted.name)'\(version) was not loaded because no valid module file was found in any "
                + "module directory.", target: .string(wanted.name), exception: "System.IO.FileNotFoundException")
    }

    private func again(_ module: ScriptModule, _ import_: ModuleImport, _ runspace: Runspace) -> ScriptModule {
        if let importer = import_.importer {
            if !importer.nested.contains(where: { $0 === module }) { importer.nested.append(module) }
        } else {
            module.isTopLevel = true
        }
        if let target = import_.target { export(module, import_.choice ?? ImportChoice(), to: target, runspace) }
        return module
    }

    // MARK: Loading

    private func load(
        _ path: String, _ stem: String, _ arguments: [Value], _ runspace: Runspace, _ frame: Frame
    ) throws(Stop) -> ScriptModule {
        guard path.lowercased().hasSuffix(".psd1") else {
            let module = ScriptModule(
                name: stem, version: VersionNumber(0, 0), path: path, kind: .script, runspace: runspace)
            try run(path, arguments, in: module, runspace, frame)
            collectExports(of: module, functions: ["*"], aliases: ["*"], variables: [])
            return module
        }
        let manifest = try Manifest(path, runspace)
        if let wanted = manifest.facts.shellVersion, wanted > ShellVersion.current {
            throw .runtime(
                "Modules_InsufficientPowerShellVersion", .resourceUnavailable,
                "The version of Windows PowerShell on this computer is '\(ShellVersion.current.text)'. The module '\(path)' "
                    + "requires a minimum Windows PowerShell version of '\(wanted.text)' to run. Verify that you have the "
                    + "minimum required version of Windows PowerShell installed, and then try again.",
                target: .string(stem))
        }
        let module = ScriptModule(
            name: stem, version: manifest.version, path: path, kind: manifest.kind, runspace: runspace)
        module.facts = manifest.facts
        do throws(Stop) {
            try fill(module, manifest, arguments, runspace, frame)
        } catch {
            for inner in module.nested where inner !== module { try? remove(inner, runspace, frame) }
            throw error
        }
        return module
    }

    private func fill(
        _ module: ScriptModule, _ manifest: Manifest, _ arguments: [Value], _ runspace: Runspace, _ frame: Frame
    ) throws(Stop) {
        try loadRequired(manifest, module, runspace, frame)
        for types in manifest.facts.types {
            let file = try existing(types, manifest, "TypesToProcess")
            try TypesFile.load(file, runspace)
            module.typeFiles.append(file)
        }
        for script in manifest.facts.scripts {
            let file = try existing(script, manifest, "ScriptsToProcess")
            let block = ScriptBlock(try runspace.load(script: file), session: nil)
            try block.invoke(frame, newScope: false, output: CollectingSink())
        }
        for format in manifest.facts.formats {
            let file = try existing(format, manifest, "FormatsToProcess")
            do throws(Failure) { try runspace.views.load(contentsOf: file) } catch { throw .error(ErrorRecord(error)) }
        }
        for nested in manifest.nestedModules { try load(nested: nested, manifest, in: module, runspace, frame) }
        if let root = manifest.rootModule {
            let found = manifest.file(root, endings: [".psm1", ".ps1", ".psd1"])
            guard let file = found ?? self.file(of: ModuleSpecification(root), runspace) else {
                throw .runtime(
                    "Modules_ModuleFileNotFound", .resourceUnavailable,
                    "The module to process '\(root)', listed in field 'ModuleToProcess/RootModule' of module manifest "
                        + "'\(manifest.path)' was not processed because no valid module was found in any module directory.",
                    target: .string(module.name), exception: "System.Management.Automation.PSInvalidOperationException")
            }
            if file.lowercased().hasSuffix(".psd1") {
                try load(nested: ModuleSpecification(root), manifest, in: module, runspace, frame)
            } else {
                try run(file, arguments, in: module, runspace, frame)
            }
        }
        collectExports(
            of: module, functions: manifest.functions, aliases: manifest.aliases, variables: manifest.variables)
    }

    private func existing(_ name: String, _ manifest: Manifest, _ key: String) throws(Stop) -> String {
        if let file = manifest.file(name, endings: []) { return file }
        throw Manifest.invalid(
            manifest.path,
            "The file '\(name)' that the member '\(key)' of the module manifest '\(manifest.path)' names does not exist."
        )
    }

    private func loadRequired(
        _ manifest: Manifest, _ module: ScriptModule, _ runspace: Runspace, _ frame: Frame
    ) throws(Stop) {
        for required in manifest.requiredModules {
            var wanted = required
            if required.name.contains("/") || required.name.contains("\\") {
                let text = required.name.replacing("\\", with: "/")
                wanted = required.named(
                    PathText.normalized(text.hasPrefix("/") ? text : PathText.join(manifest.folder, text)))
            }
            var inner = ModuleImport(wanted)
            inner.target = runspace.globalFrame.scope.global
            do throws(Stop) {
                module.required.append(try importModule(inner, runspace, frame))
            } catch {
                guard let record = error.record, record.errorID.hasPrefix("Modules_Module") else { throw error }
                let version = required.isConstrained ? " with version '\(required.wanted)'" : ""
                throw Manifest.invalid(
                    manifest.path,
                    "The required module '\(required.name)'\(version) is not loaded. Load the module or remove the module "
                        + "from 'RequiredModules' in the file '\(manifest.path)'.")
            }
        }
    }

    private func load(
        nested: ModuleSpecification, _ manifest: Manifest, in module: ScriptModule, _ runspace: Runspace, _ frame: Frame
    ) throws(Stop) {
        let file = manifest.file(nested.name)
        if file == manifest.path || file == nil && nested.name.folded == module.name.folded {
            module.nested.append(module)
            return
        }
        if let file, file.lowercased().hasSuffix(".ps1") {
            return try run(file, [], in: module, runspace, frame)
        }
        var inner = ModuleImport(file.map { nested.named($0) } ?? nested)
        inner.target = module.session.top
        inner.importer = module
        if let file, !Self.isScript(file) { throw Self.binary(module.name, file) }
        _ = try importModule(inner, runspace, frame)
    }

    private static func isScript(_ file: String) -> Bool {
        [".psm1", ".ps1", ".psd1"].contains { file.lowercased().hasSuffix($0) }
    }

    private static func binary(_ module: String, _ file: String) -> Stop {
        .runtime(
            "Modules_BinaryModuleNotSupported", .notImplemented,
            "The module '\(module)' needs '\(PathText.leaf(file))', which is no script: ferry cannot load .NET assemblies.",
            target: .string(file))
    }

    /// Runs a file in a module's session.
    private func run(
        _ script: String, _ arguments: [Value], in module: ScriptModule, _ runspace: Runspace, _ frame: Frame
    ) throws(Stop) {
        guard Self.isScript(script) else { throw Self.binary(module.name, script) }
        let block = ScriptBlock(try runspace.load(script: script), session: module.session)
        try run(block, arguments, script, in: module, runspace, frame, output: CollectingSink())
    }

    private func run(
        _ block: ScriptBlock, _ arguments: [Value], _ path: String?, in module: ScriptModule, _ runspace: Runspace,
        _ frame: Frame, output: Sink
    ) throws(Stop) {
        let inner = Frame(
            runspace: runspace, scope: module.session.top, streams: frame.streams,
            context: CallContext(caller: frame.context, invocation: nil, scriptPath: path, label: module.name))
        try block.invoke(inner, arguments: arguments, newScope: false, output: output)
    }

    /// `New-Module`: runs a block as a module of its own. What it puts out is given back.
    func make(
        name: String, _ block: ScriptBlock, arguments: [Value], _ choice: ImportChoice, target: Scope?,
        _ runspace: Runspace, _ frame: Frame
    ) throws(Stop) -> (module: ScriptModule, output: [Value]) {
        let module = ScriptModule(
            name: name, version: VersionNumber(0, 0), path: "", kind: .script, runspace: runspace,
            definition: block.text)
        module.facts.guid = GUID()
        let sink = CollectingSink()
        try run(
            ScriptBlock(block.compiled, session: module.session), arguments, nil, in: module, runspace, frame,
            output: sink)
        collectExports(of: module, functions: choice.functions ?? ["*"], aliases: ["*"], variables: [])
        if let target { export(module, ImportChoice(), to: target, runspace) }
        return (module, sink.values)
    }

    /// `Import-Module -ModuleObject`: a module that is in no file is taken into the table.
    func adopt(_ module: ScriptModule, _ import_: ModuleImport, _ runspace: Runspace) -> ScriptModule {
        if !loaded.contains(where: { $0 === module }) { add(module) }
        return again(module, import_, runspace)
    }

    // MARK: Exports

    /// What the module gives away: what `Export-ModuleMember` named, else every function and alias; of that, what the manifest
    /// allows.
    private func collectExports(
        of module: ScriptModule, functions: [String], aliases: [String], variables: [String]
    ) {
        let scope = module.session.top!
        let named = module.exportPatterns
        for (key, function) in scope.functions
        where Self.allows(function.name, functions) && Self.allows(function.name, named?.functions ?? ["*"]) {
            module.exportedFunctions[key] = function
        }
        for (key, alias) in scope.aliases
        where Self.allows(alias.name, aliases) && Self.allows(alias.name, named?.aliases ?? ["*"]) {
            module.exportedAliases[key] = alias
        }
        for variable in scope.ownVariables
        where Self.allows(variable.name, named?.variables ?? variables) && variable.options.isEmpty
            && variable.name.folded != "executioncontext"
        {
            module.exportedVariables.append(variable)
        }
    }

    private static func allows(_ name: String, _ patterns: [String]) -> Bool {
        patterns.contains { WildcardPattern($0).matches(name) }
    }

    private func export(_ module: ScriptModule, _ choice: ImportChoice, to scope: Scope, _ runspace: Runspace) {
        func isFree(_ key: String) -> Bool {
            !choice.keepsExisting
                || scope.functions[key] == nil && scope.aliases[key] == nil
                    && runspace.cmdlets.commands(named: key).isEmpty
        }
        var names: [String: String] = [:]
        var made: [ScriptModule.Import] = []
        for function in module.exportedFunctions.values where choice.brings(function: function.name) {
            let name = choice.name(of: function.name, standard: module.facts.commandPrefix)
            guard isFree(name.folded) else { continue }
            names[function.name.folded] = name
            let imported = function.renamed(name, moduleName: module.name)
            scope.functions[name.folded] = imported
            made.append(.init(scope: scope, key: name.folded, what: .function(imported)))
        }
        for alias in module.exportedAliases.values where choice.brings(alias: alias.name) {
            let name = choice.name(of: alias.name, standard: module.facts.commandPrefix)
            guard isFree(name.folded) else { continue }
            runspace.setAlias(
                name, to: names[alias.definition.folded] ?? alias.definition, moduleName: module.name, in: scope)
            made.append(.init(scope: scope, key: name.folded, what: .alias))
        }
        for variable in module.exportedVariables where choice.brings(variable: variable.name) {
            scope.put(Symbol(variable.name), variable)
            made.append(.init(scope: scope, key: variable.name.folded, what: .variable(variable)))
        }
        let keys = Set(made.map(\.key))
        module.imports.removeAll { $0.scope === scope && keys.contains($0.key) }
        module.imports += made
        runspace.commandsChanged()
    }
}
