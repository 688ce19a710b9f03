/// Modules that are not loaded, as `Get-Module -ListAvailable` shows them.
extension CommandIO {
    /// Modules in the folders of `$env:PSModulePath`, in the order of the folders. Broken manifests are left out.
    ///
    /// - Parameter all: every module file, also those inside of modules.
    package func availableModules(all: Bool) -> [ModuleObject] {
        var found: [ModuleObject] = []
        var seen: Set<String> = []
        for folder in ModuleFiles.folders {
            if ModuleFiles.own.contains(folder) {
                found += runspace.modules.compiled.keys.sorted().compactMap { runspace.modules.compiledInfo($0) }
            }
            let paths = all ? Self.files(below: folder, depth: 8) : modulePaths(in: folder)
            for path in paths where seen.insert(path).inserted {
                if !all, runspace.modules.compiled[PathText.stem(path).folded] != nil { continue }
                if let module = listing(path) { found.append(module) }
            }
        }
        return found
    }

    /// What a path, perhaps with wildcards, names: a module's folder or one of its files.
    package func availableModules(at path: String) -> [ModuleObject] {
        let text = location(of: path)
        if let built = runspace.modules.compiledInfo(PathText.leaf(text)), built.path == text { return [built] }
        if WildcardPattern.isPattern(text) {
            let folder = PathText.parent(text)
            let pattern = WildcardPattern(PathText.leaf(text))
            var found: [ModuleObject] = []
            for entry in FileText.entries(of: folder).sorted() where pattern.matches(entry) {
                let place = folder + "/" + entry
                let files =
                    FileText.isDirectory(place)
                    ? ModuleFiles.files(of: place, entry) : Self.isModuleFile(entry) ? [place] : []
                found += files.compactMap { listing($0) }
            }
            return found
        }
        // A file is believed to be there.
        if Self.isModuleFile(text) {
            if FileText.isFile(text) { return listing(text).map { [$0] } ?? [] }
            return [
                ModuleObject(
                    name: PathText.stem(text), version: VersionNumber(0, 0), path: text,
                    kind: text.lowercased().hasSuffix(".psd1") ? .manifest : .script)
            ]
        }
        return ModuleFiles.files(of: text, PathText.leaf(text)).compactMap { listing($0) }
    }

    private func location(of path: String) -> String {
        var text = runspace.location.resolve(path.replacing("\\", with: "/"))
        while text.count > 1, text.hasSuffix("/") { text.removeLast() }
        return text
    }

    package func isModulePath(_ name: String) -> Bool { ModuleFiles.isRooted(name) }

    private func modulePaths(in folder: String) -> [String] {
        FileText.entries(of: folder).sorted().flatMap { ModuleFiles.files(of: folder + "/" + $0, $0) }
    }

    private static func isModuleFile(_ name: String) -> Bool {
        name.lowercased().hasSuffix(".psd1") || name.lowercased().hasSuffix(".psm1")
    }

    private static func files(below folder: String, depth: Int) -> [String] {
        var found: [String] = []
        for entry in FileText.entries(of: folder).sorted() {
            let path = folder + "/" + entry
            if FileText.isDirectory(path) {
                if depth > 0, !FileText.isLink(path) { found += files(below: path, depth: depth - 1) }
            } else if isModuleFile(entry) {
                found.append(path)
            }
        }
        return found
    }

    private func listing(_ path: String) -> ModuleObject? {
        if path.lowercased().hasSuffix(".psd1") {
            guard let manifest = try? Manifest(path, runspace) else { return nil }
            let info = manifest.listing(PathText.stem(path))
            // What a wildcard exports is read from the script.
            if manifest.functions.contains("*"), let root = manifest.rootModule,
                let script = manifest.file(root, endings: [".psm1"])
            {
                info.listed.functions += runspace.modules.scriptFunctions(script, runspace)
            }
            return info
        }
        let info = ModuleObject(name: PathText.stem(path), version: VersionNumber(0, 0), path: path, kind: .script)
        info.listed.functions = runspace.modules.scriptFunctions(path, runspace)
        return info
    }

    // MARK: Checks of a manifest

    /// The module a manifest describes, and what is wrong with the manifest.
    package func checkManifest(_ path: String) throws(Stop) -> (module: ModuleObject, wrong: [ErrorRecord]) {
        let manifest = try Manifest(path, runspace)
        var wrong: [ErrorRecord] = []
        func add(_ id: String, _ message: String, _ category: ErrorCategory, _ exception: String) {
            wrong.append(
                ErrorRecord(
                    ExceptionObject(exception, message), errorID: id, category: category, target: .string(path)))
        }
        func missing(_ id: String, _ key: String, _ name: String) {
            add(
                id,
                "The specified \(key) entry '\(name)' in the module manifest '\(path)' is invalid. Try again after updating "
                    + "this entry with valid values.", .objectNotFound, "System.IO.DirectoryNotFoundException")
        }
        func isThere(_ name: String) -> Bool {
            let text = name.replacing("\\", with: "/")
            return FileText.exists(
                PathText.normalized(text.hasPrefix("/") ? text : PathText.join(manifest.folder, text)))
        }
        if !manifest.namesVersion {
            add(
                "Modules_InvalidManifest", "The module manifest '\(path)' has no member 'ModuleVersion'.",
                .resourceUnavailable, "System.MissingMemberException")
        }
        for (names, key) in [
            (manifest.facts.types, "TypesToProcess"), (manifest.facts.formats, "FormatsToProcess"),
            (manifest.facts.scripts, "ScriptsToProcess"),
        ] {
            for name in names where !isThere(name) {
                add(
                    "Modules_InvalidManifest",
                    "The '\(key)' member in the module manifest file '\(path)' is not valid: the file '\(name)' does not exist.",
                    .resourceUnavailable, "System.IO.FileNotFoundException")
            }
        }
        for name in manifest.facts.assemblies where !isThere(name) {
            missing("Modules_InvalidRequiredAssembliesInModuleManifest", "RequiredAssemblies", name)
        }
        for nested in manifest.nestedModules
        where manifest.file(nested.name, endings: [".psd1", ".psm1", ".dll"]) == nil && !isThere(nested.name) {
            missing("Modules_InvalidNestedModuleinModuleManifest", "NestedModules", nested.name)
        }
        for required in manifest.requiredModules where !runspace.modules.isAvailable(required, runspace) {
            missing("Modules_InvalidRequiredModulesinModuleManifest", "RequiredModules", required.name)
        }
        for name in manifest.facts.files where !isThere(name) {
            missing("Modules_InvalidFilePathinModuleManifest", "FileList", name)
        }
        for listed in manifest.facts.moduleList
        where !isThere(listed.name) && !runspace.modules.isAvailable(listed, runspace) {
            missing("Modules_InvalidModuleListinModuleManifest", "ModuleList", listed.name)
        }
        if let root = manifest.rootModule { try checkRoot(root, manifest, missing) }
        return (manifest.listing(PathText.stem(path)), wrong)
    }

    private func checkRoot(
        _ root: String, _ manifest: Manifest, _ missing: (String, String, String) -> Void
    ) throws(Stop) {
        switch PathText.fileExtension(root).lowercased() {
        case ".psd1":
            throw Manifest.invalid(
                manifest.path,
                "The RootModule '\(root)' of the module manifest '\(manifest.path)' is a manifest: it must be a script module."
            )
        case ".xaml":
            throw .runtime(
                "Modules_WorkflowModuleNotSupported", .invalidOperation,
                "Cannot load the workflow module '\(root)': workflows are not supported.", target: .string(root),
                exception: "System.InvalidOperationException")
        case ".cdxml":
            throw .runtime(
                "System.Xml.XmlException", .invalidData,
                "Cannot load the module '\(root)': ferry cannot use modules of CIM definitions.", target: .string(root),
                exception: "System.Xml.XmlException")
        default: break
        }
        if manifest.file(root, endings: [".psm1", ".ps1", ".dll"]) == nil {
            missing("Modules_InvalidRootModuleInModuleManifest", "RootModule", root)
        }
    }
}
