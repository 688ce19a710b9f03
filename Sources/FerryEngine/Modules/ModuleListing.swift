/// A module as `Get-Module` shows it without loading it: a compiled one, or a manifest or script in a module folder.
package final class ModuleListing: Object {
    package let name: String
    package let version: String
    /// Manifest or script; empty for a compiled module.
    package let path: String
    private let kind: String
    private let summary: String
    private let commands: [(String, Value)]

    init(name: String, version: String, path: String, kind: String, summary: String, commands: [(String, Value)]) {
        self.name = name
        self.version = version
        self.path = path
        self.kind = kind
        self.summary = summary
        self.commands = commands
    }

    private static let type = RuntimeType("System.Management.Automation.PSModuleInfo")
    package override var typeName: RuntimeType { Self.type }
    package override var text: String { name }
    package override var propertyNames: [String] {
        ["Name", "Path", "Description", "ModuleType", "Version", "PreRelease", "ModuleBase", "ExportedCommands"]
    }

    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "name": .string(self.name)
        case "path": .string(path)
        case "description": .string(summary)
        case "moduletype": .string(kind)
        case "version": VersionNumber(version).map { .version($0) } ?? .string(version)
        case "prerelease": .string("")
        case "modulebase": .string(PathText.parent(path))
        case "exportedcommands": .table(Self.table(commands))
        default: nil
        }
    }

    /// Commands by name, in that order.
    static func table(_ commands: [(String, Value)]) -> TableObject {
        let table = TableObject(kind: .dictionary)
        for (name, value) in commands.sorted(by: { $0.0.folded < $1.0.folded }) { table[name] = value }
        return table
    }
}

extension CommandIO {
    /// Compiled modules, by name.
    package var compiledModules: [ModuleListing] {
        runspace.modules.compiled.values.sorted { $0.name.folded < $1.name.folded }.map { module in
            ModuleListing(
                name: module.name, version: module.version, path: "", kind: "Binary", summary: module.description,
                commands: module.commands.map { ($0.signature.name, .string($0.signature.name)) }
                    + module.aliases.keys.map { ($0, .string($0)) })
        }
    }

    /// Modules in the folders of `$env:PSModulePath`, in the order of the folders. Broken manifests are left out.
    package var availableModules: [ModuleListing] {
        var found: [ModuleListing] = []
        var seen: Set<String> = []
        for folder in ModuleTable.folders {
            for entry in FileText.entries(of: folder) {
                let home = folder + "/" + entry
                let versions = FileText.entries(of: home).filter { VersionNumber($0) != nil }
                for place in [home] + versions.map({ home + "/" + $0 }) {
                    guard let module = listing(of: entry, in: place), seen.insert(module.path).inserted else {
                        continue
                    }
                    found.append(module)
                }
            }
        }
        return found
    }

    private func listing(of name: String, in folder: String) -> ModuleListing? {
        let files = FileText.entries(of: folder)
        if let file = files.first(where: { $0.folded == name.folded + ".psd1" }) {
            let path = folder + "/" + file
            guard let manifest = try? Manifest(path, runspace) else { return nil }
            return ModuleListing(
                name: PathText.stem(path), version: manifest.version.text, path: path,
                kind: manifest.rootModule == nil ? "Manifest" : "Script", summary: manifest.description,
                commands: (manifest.functions + manifest.aliases).filter { !WildcardPattern.isPattern($0) }.map {
                    ($0, .string($0))
                })
        }
        guard let file = files.first(where: { $0.folded == name.folded + ".psm1" }) else { return nil }
        return ModuleListing(
            name: PathText.stem(file), version: "0.0", path: folder + "/" + file, kind: "Script", summary: "",
            commands: [])
    }
}
