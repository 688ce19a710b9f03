import FerryLanguage

/// A module manifest (`.psd1`): a hashtable in a file of its own, evaluated without commands.
struct Manifest {
    let path: String
    let facts: ModuleFacts
    let version: VersionNumber
    let rootModule: String?
    let nestedModules: [ModuleSpecification]
    let requiredModules: [ModuleSpecification]
    let functions: [String]
    let aliases: [String]
    let cmdlets: [String]
    let variables: [String]
    /// Whether `ModuleVersion` is there.
    let namesVersion: Bool

    var folder: String { PathText.parent(path) }
    var kind: ModuleObject.Kind { rootModule == nil ? .manifest : .script }

    private static let members: Set<String> = [
        "moduletoprocess", "rootmodule", "moduleversion", "compatiblepseditions", "guid", "author", "companyname",
        "copyright", "description", "powershellversion", "powershellhostname", "powershellhostversion",
        "dotnetframeworkversion", "clrversion", "processorarchitecture", "requiredmodules", "requiredassemblies",
        "scriptstoprocess", "typestoprocess", "formatstoprocess", "nestedmodules", "functionstoexport",
        "cmdletstoexport", "variablestoexport", "aliasestoexport", "dscresourcestoexport", "modulelist", "filelist",
        "privatedata", "helpinfouri", "defaultcommandprefix",
    ]

    static func invalid(_ path: String, _ message: String) -> Stop {
        .runtime(
            "Modules_InvalidManifest", .resourceUnavailable, message, target: .string(path),
            exception: "System.InvalidOperationException")
    }

    init(_ path: String, _ runspace: Runspace) throws(Stop) {
        let read: Value
        do throws(Stop) {
            read = try DataFile.read(path, runspace)
        } catch {
            guard let record = error.record else { throw error }
            throw Self.invalid(path, "The module manifest '\(path)' could not be processed: \(record.message)")
        }
        guard case .table(let table) = read else {
            throw Self.invalid(
                path, "The module manifest '\(path)' could not be processed because it is not a hashtable.")
        }
        let unknown = table.keys.map(\.display).filter { !Self.members.contains($0.folded) }
        if !unknown.isEmpty {
            throw .runtime(
                "Modules_InvalidManifestMember", .invalidData,
                "The module manifest '\(path)' contains one or more members that are not valid "
                    + "('\(unknown.joined(separator: "', '"))'). Remove the members that are not valid.",
                target: .string(path), exception: "System.InvalidOperationException")
        }
        self.path = path
        func list(_ key: String) -> [String]? {
            guard let value = table[key], !value.isNull else { return nil }
            return (value.elements ?? [value]).map(\.display).filter { !$0.isEmpty }
        }
        func text(_ key: String) -> String { table[key]?.display ?? "" }
        func version(_ key: String) throws(Stop) -> VersionNumber? {
            let text = text(key)
            if text.isEmpty { return nil }
            if let version = VersionNumber(text) ?? VersionNumber(text + ".0") { return version }
            throw Self.invalid(
                path, "The '\(key)' member in the module manifest file '\(path)' is not valid: '\(text)' is no version."
            )
        }
        func specifications(_ key: String) throws(Stop) -> [ModuleSpecification] {
            var found: [ModuleSpecification] = []
            for item in table[key].map({ $0.elements ?? ($0.isNull ? [] : [$0]) }) ?? [] where !item.display.isEmpty {
                do throws(Stop) {
                    found.append(try ModuleSpecification(item))
                } catch {
                    guard let record = error.record else { throw error }
                    throw Self.invalid(
                        path,
                        "The '\(key)' member in the module manifest file '\(path)' is not valid: \(record.message)")
                }
            }
            return found
        }
        let named = try version("ModuleVersion")
        namesVersion = named != nil
        self.version = named ?? VersionNumber(0, 0)
        let root = text("RootModule").isEmpty ? text("ModuleToProcess") : text("RootModule")
        rootModule = root.isEmpty ? nil : root
        nestedModules = try specifications("NestedModules")
        requiredModules = try specifications("RequiredModules")
        functions = list("FunctionsToExport") ?? (table["FunctionsToExport"] == nil ? ["*"] : [])
        aliases = list("AliasesToExport") ?? (table["AliasesToExport"] == nil ? ["*"] : [])
        cmdlets = list("CmdletsToExport") ?? (table["CmdletsToExport"] == nil ? ["*"] : [])
        variables = list("VariablesToExport") ?? []
        var facts = ModuleFacts()
        if !text("GUID").isEmpty {
            guard let guid = GUID(text("GUID")) else {
                throw Self.invalid(
                    path,
                    "The 'GUID' member in the module manifest file '\(path)' is not valid: '\(text("GUID"))' is no GUID."
                )
            }
            facts.guid = guid
        }
        facts.author = text("Author")
        facts.companyName = text("CompanyName")
        facts.copyright = text("Copyright")
        facts.description = text("Description")
        facts.helpInfoURI = text("HelpInfoURI")
        facts.rootModule = root
        facts.commandPrefix = text("DefaultCommandPrefix")
        facts.shellVersion = try version("PowerShellVersion")
        facts.hostName = text("PowerShellHostName")
        facts.hostVersion = try version("PowerShellHostVersion")
        facts.runtimeVersion = try version("CLRVersion")
        facts.frameworkVersion = try version("DotNetFrameworkVersion")
        if !text("ProcessorArchitecture").isEmpty { facts.processorArchitecture = text("ProcessorArchitecture") }
        facts.editions = list("CompatiblePSEditions") ?? []
        facts.assemblies = list("RequiredAssemblies") ?? []
        facts.scripts = list("ScriptsToProcess") ?? []
        facts.formats = list("FormatsToProcess") ?? []
        facts.types = list("TypesToProcess") ?? []
        facts.files = list("FileList") ?? []
        facts.moduleList = try specifications("ModuleList")
        facts.privateData = table["PrivateData"] ?? .null
        self.facts = facts
    }

    /// A file the manifest names, whichever slash it is written with; with an ending, or in a folder of that name, where it lacks
    /// them.
    ///
    /// - Parameter endings: tried in this order after the name itself.
    func file(_ name: String, endings: [String] = [".psd1", ".psm1"]) -> String? {
        let text = name.replacing("\\", with: "/")
        let path = PathText.normalized(text.hasPrefix("/") ? text : PathText.join(folder, text))
        if FileText.isFile(path) { return path }
        for ending in endings where FileText.isFile(path + ending) { return path + ending }
        guard FileText.isDirectory(path) else { return nil }
        return ModuleFiles.inside(path, PathText.leaf(path))
    }

    /// The module as it is listed without being loaded.
    func listing(_ name: String) -> ModuleObject {
        let info = ModuleObject(name: name, version: version, path: path, kind: kind)
        info.facts = facts
        func literal(_ names: [String]) -> [String] { names.filter { !WildcardPattern.isPattern($0) } }
        func prefixed(_ names: [String]) -> [String] {
            literal(names).map { ImportChoice().name(of: $0, standard: facts.commandPrefix) }
        }
        info.listed = (prefixed(functions), prefixed(cmdlets), prefixed(aliases), literal(variables))
        info.required = requiredModules.map { required in
            ModuleObject(
                name: required.name, version: required.requiredVersion ?? required.version ?? VersionNumber(0, 0),
                path: "", kind: .manifest)
        }
        info.nested = nestedModules.compactMap { nested in
            guard let file = file(nested.name) else { return nil }
            return ModuleObject(
                name: PathText.stem(file), version: VersionNumber(0, 0), path: file,
                kind: file.lowercased().hasSuffix(".psd1") ? .manifest : .script)
        }
        return info
    }
}

/// Data files: literals, arrays and hashtables, no commands and no variables but the constant ones.
package enum DataFile {
    /// The id of what is no hashtable.
    package static let noTable = "DataFileWithoutHashtable"

    package static func read(_ path: String, _ runspace: Runspace) throws(Stop) -> Value {
        let (text, _) = try FileText.read(path)
        return try value(of: text, path: path, runspace)
    }

    static func value(of text: String, path: String? = nil, _ runspace: Runspace) throws(Stop) -> Value {
        let syntax = try runspace.parse(text, path: path)
        let sole = syntax.end?.body.statements.first?.soleExpression
        if case .hashtable? = sole {
        } else {
            throw .runtime(
                noTable, .invalidOperation,
                "The data file '\(path ?? "")' could not be read: it may hold one hashtable of literals, and no commands.",
                target: .optional(path))
        }
        guard let body = syntax.end?.body, body.statements.count == 1, syntax.begin == nil, syntax.process == nil,
            let expression = body.statements[0].soleExpression, DataCheck.isData(expression)
        else {
            throw .runtime(
                "InvalidOperation", .invalidOperation,
                "The data file '\(path ?? "")' could not be read: it may hold one hashtable of literals, and no commands.",
                target: .optional(path))
        }
        let scope = runspace.globalFrame.scope
        let frame = Frame(
            runspace: runspace, scope: scope, streams: Streams(),
            context: CallContext(caller: nil, invocation: nil, scriptPath: path, label: "<ScriptBlock>"))
        return try Compiler(layout: Layout()).expression(expression).evaluate(frame)
    }
}
