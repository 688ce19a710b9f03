import FerryLanguage

/// A module manifest (`.psd1`): a hashtable in a file of its own, evaluated without commands.
struct Manifest {
    let version: VersionNumber
    let guid: GUID
    let description: String
    let rootModule: String?
    let nestedModules: [String]
    let requiredModules: [String]
    let functions: [String]
    let aliases: [String]
    let cmdlets: [String]
    let variables: [String]
    let formats: [String]
    let types: [String]
    /// Run in the scope of the importer before the module.
    let scripts: [String]
    /// The least version of PowerShell the module wants.
    let shellVersion: VersionNumber?
    /// Goes before the noun of its commands, unless the importer says otherwise.
    let commandPrefix: String
    let privateData: Value

    init(_ path: String, _ runspace: Runspace) throws(Stop) {
        guard case .table(let table) = try DataFile.read(path, runspace) else {
            throw .runtime(
                "Modules_InvalidManifest", .resourceUnavailable,
                "The module manifest '\(path)' could not be processed because it is not a hashtable.",
                target: .string(path))
        }
        func list(_ key: String) -> [String]? {
            guard let value = table[key], !value.isNull else { return nil }
            return (value.elements ?? [value]).map { item in
                if case .table(let entry) = item { entry["ModuleName"]?.display ?? "" } else { item.display }
            }
        }
        version = table["ModuleVersion"].flatMap { VersionNumber($0.display) } ?? VersionNumber(0, 0)
        guid = table["GUID"].flatMap { GUID($0.display) } ?? .empty
        description = table["Description"]?.display ?? ""
        let root = (table["RootModule"] ?? table["ModuleToProcess"])?.display
        rootModule = root?.isEmpty == false ? root : nil
        nestedModules = list("NestedModules") ?? []
        requiredModules = list("RequiredModules") ?? []
        functions = list("FunctionsToExport") ?? ["*"]
        aliases = list("AliasesToExport") ?? ["*"]
        cmdlets = list("CmdletsToExport") ?? ["*"]
        variables = list("VariablesToExport") ?? []
        formats = list("FormatsToProcess") ?? []
        types = list("TypesToProcess") ?? []
        scripts = list("ScriptsToProcess") ?? []
        shellVersion = table["PowerShellVersion"].flatMap { value in
            let text = value.display
            return VersionNumber(text.contains(".") ? text : text + ".0")
        }
        commandPrefix = table["DefaultCommandPrefix"]?.display ?? ""
        privateData = table["PrivateData"] ?? .null
    }
}

/// Data files: literals, arrays and hashtables, no commands and no variables but the constant ones.
package enum DataFile {
    package static func read(_ path: String, _ runspace: Runspace) throws(Stop) -> Value {
        let (text, _) = try FileText.read(path)
        let syntax = try runspace.parse(text, path: path)
        guard let body = syntax.end?.body, body.statements.count == 1, syntax.begin == nil, syntax.process == nil,
            let expression = body.statements[0].soleExpression, DataCheck.isData(expression)
        else {
            throw .runtime(
                "InvalidOperation", .invalidOperation,
                "The data file '\(path)' could not be read: it may hold one hashtable of literals, and no commands.",
                target: .string(path))
        }
        return try Compiler(layout: Layout()).expression(expression).evaluate(runspace.globalFrame)
    }
}
