/// A module that is loaded: its commands, and the session its functions and variables live in.
package final class ScriptModule: Object {
    package let name: String
    package let version: String
    /// Manifest or script; empty for a compiled module.
    package let path: String
    package let summary: String
    let session: Session
    /// By folded name.
    var exportedFunctions: [String: FunctionCommand] = [:]
    var exportedAliases: [String: String] = [:]
    var exportedCmdlets: [String] = []
    var exportedVariables: [Variable] = []
    /// `DefaultCommandPrefix` of its manifest.
    var commandPrefix = ""
    /// What imports have put into the global scope, by folded names there.
    var importedFunctions: [String: FunctionCommand] = [:]
    var importedAliases: Set<String> = []
    /// What `Export-ModuleMember` named; `nil` until it is called.
    var exportPatterns: ExportPatterns?

    init(name: String, version: String, path: String, summary: String, global: Scope) {
        self.name = name
        self.version = version
        self.path = path
        self.summary = summary
        session = Session(parent: global)
        super.init()
        session.module = self
    }

    private static let type = RuntimeType("System.Management.Automation.PSModuleInfo")
    package override var typeName: RuntimeType { Self.type }
    package override var text: String { name }
    package override var propertyNames: [String] {
        [
            "Name", "Path", "Description", "ModuleType", "Version", "PreRelease", "ModuleBase", "ExportedFunctions",
            "ExportedCmdlets", "ExportedAliases", "ExportedVariables", "ExportedCommands",
        ]
    }

    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "name": .string(self.name)
        case "path": .string(path)
        case "description": .string(summary)
        case "version": VersionNumber(version).map { .version($0) } ?? .string(version)
        case "moduletype": .string("Script")
        case "prerelease": .string("")
        case "exportedvariables": .array(exportedVariables.map { .string($0.name) })
        case "exportedcommands":
            .table(
                ModuleListing.table(
                    exportedFunctions.values.map { ($0.name, $0.object) }
                        + exportedAliases.keys.map { ($0, .string($0)) }))
        case "modulebase": .string(PathText.parent(path))
        case "exportedfunctions": .array(exportedFunctions.values.map(\.name).sorted().map { .string($0) })
        case "exportedcmdlets": .array(exportedCmdlets.map { .string($0) })
        case "exportedaliases": .array(exportedAliases.keys.sorted().map { .string($0) })
        default: nil
        }
    }
}

/// Names, with wildcards, that a module gives away.
struct ExportPatterns {
    var functions: [String] = []
    var aliases: [String] = []
    var variables: [String] = []
}

extension CommandIO {
    /// `Export-ModuleMember`: adds to what the module whose code is running gives away. Returns `false` outside a module.
    package func exportMembers(functions: [String], aliases: [String], variables: [String]) -> Bool {
        guard let module = frame.scope.session.module else { return false }
        var patterns = module.exportPatterns ?? ExportPatterns()
        patterns.functions += functions
        patterns.aliases += aliases
        patterns.variables += variables
        module.exportPatterns = patterns
        return true
    }
}
