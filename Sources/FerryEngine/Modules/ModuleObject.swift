/// A module as scripts see it: `PSModuleInfo`. Compiled ones and those that are only listed are no more than this; loaded ones
/// are `ScriptModule`s.
package class ModuleObject: Object {
    package let name: String
    package let version: VersionNumber
    /// Manifest or script; the folder of a compiled module; empty for one made by `New-Module`.
    package let path: String
    package let kind: Kind
    package internal(set) var facts = ModuleFacts()
    package internal(set) var accessMode = AccessMode.readWrite
    /// Loaded for this one alone.
    package internal(set) var nested: [ModuleObject] = []
    package internal(set) var required: [ModuleObject] = []
    /// Names, of one that is not loaded.
    var listed: (functions: [String], cmdlets: [String], aliases: [String], variables: [String]) = ([], [], [], [])

    package enum Kind: String, ScriptEnum {
        case script = "Script"
        case binary = "Binary"
        case manifest = "Manifest"
        case cim = "Cim"
        case workflow = "Workflow"
        package static let enumType = makeEnumType("System.Management.Automation.ModuleType")
    }

    package enum AccessMode: String, ScriptEnum {
        case readWrite = "ReadWrite"
        case readOnly = "ReadOnly"
        case constant = "Constant"
        package static let enumType = makeEnumType("System.Management.Automation.ModuleAccessMode")
    }

    init(name: String, version: VersionNumber, path: String, kind: Kind) {
        self.name = name
        self.version = version
        self.path = path
        self.kind = kind
    }

    package var folder: String { kind == .binary ? path : PathText.parent(path) }

    // MARK: What it gives away

    var functions: [(String, Value)] { listed.functions.map { ($0, .string($0)) } }
    var cmdlets: [(String, Value)] { listed.cmdlets.map { ($0, .string($0)) } }
    var aliases: [(String, Value)] { listed.aliases.map { ($0, .string($0)) } }
    var variables: [(String, Value)] { listed.variables.map { ($0, .string($0)) } }
    var definition: String { "" }
    var onRemove: ScriptBlock? {
        get { nil }
        set {}
    }

    static let type = RuntimeType("System.Management.Automation.PSModuleInfo")
    package override var typeName: RuntimeType { Self.type }
    package override var text: String { name }
    package override var propertyNames: [String] {
        [
            "Name", "Path", "Description", "ModuleType", "Version", "PreRelease", "NestedModules", "ExportedFunctions",
            "ExportedCmdlets", "ExportedVariables", "ExportedAliases", "ExportedCommands", "ModuleBase", "Guid",
            "Author", "CompanyName", "Copyright", "AccessMode", "PrivateData", "Tags", "ProjectUri", "IconUri",
            "LicenseUri", "ReleaseNotes", "HelpInfoUri", "RootModule", "RequiredModules", "RequiredAssemblies",
            "Scripts", "FileList", "ModuleList", "CompatiblePSEditions", "PowerShellVersion", "PowerShellHostName",
            "PowerShellHostVersion", "ClrVersion", "DotNetFrameworkVersion", "ProcessorArchitecture", "Prefix",
            "ExportedFormatFiles", "ExportedTypeFiles", "Definition", "OnRemove",
        ]
    }

    package override func property(_ name: String) throws(Stop) -> Value? {
        let key = name.folded
        return switch key {
        case "name": .string(self.name)
        case "path": .string(path)
        case "moduletype": kind.value
        case "version": .version(version)
        case "modulebase": .string(folder)
        case "accessmode": accessMode.value
        case "nestedmodules": .array(nested.map { .object($0) })
        case "requiredmodules": .array(required.map { .object($0) })
        case "exportedfunctions": .table(Self.table(functions))
        case "exportedcmdlets": .table(Self.table(cmdlets))
        case "exportedaliases": .table(Self.table(aliases))
        case "exportedvariables": .table(Self.table(variables))
        case "exportedcommands": .table(Self.table(functions + cmdlets + aliases))
        case "definition": .string(definition)
        case "onremove": onRemove.map { .object($0) } ?? .null
        default: facts.property(key)
        }
    }

    package override func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool {
        switch name.folded {
        case "accessmode":
            let symbol = try Conversion.symbol(
                value, AccessMode.enumType, RuntimeType(enum: AccessMode.enumType))
            accessMode = AccessMode(rawValue: symbol.text) ?? accessMode
        case "onremove": onRemove = value.asScriptBlock
        case "description": facts.description = value.display
        case "privatedata": facts.privateData = value
        default: return false
        }
        return true
    }

    /// Commands by name, in that order.
    static func table(_ commands: [(String, Value)]) -> TableObject {
        let table = TableObject(kind: .dictionary)
        for (name, value) in commands.sorted(by: { $0.0.folded < $1.0.folded }) { table[name] = value }
        return table
    }

    static let members = TypeMembers("System.Management.Automation.PSModuleInfo") {
        $0.method("Invoke", "System.Object Invoke(scriptblock sb, Params System.Object[] args)", 1...64) {
            call throws(Stop) in
            guard let module = call.target.asObject as? ScriptModule, let block = call.arguments[0].asScriptBlock else {
                throw call.noOverload()
            }
            let sink = CollectingSink()
            try ScriptBlock(block.compiled, session: module.session).invoke(
                call.frame, arguments: Array(call.arguments.dropFirst()), newScope: true, output: sink)
            return sink.result
        }
        $0.method("NewBoundScriptBlock", "scriptblock NewBoundScriptBlock(scriptblock scriptBlockToBind)", 1...1) {
            call throws(Stop) in
            guard let module = call.target.asObject as? ScriptModule, let block = call.arguments[0].asScriptBlock else {
                throw call.noOverload()
            }
            return .object(ScriptBlock(block.compiled, session: module.session))
        }
        $0.method("AsCustomObject", "psobject AsCustomObject()", 0...0) { call throws(Stop) in
            guard let module = call.target.asObject as? ScriptModule else { throw call.noOverload() }
            return .object(module.asCustomObject)
        }
        $0.method("ToString", "string ToString()", 0...0) { call throws(Stop) in .string(call.target.display) }
    }
}

extension ModuleObject: ParameterValue {
    package static var outputType: RuntimeType { type }
    package static var parameterType: RuntimeType { type }
    /// Never read: declare such parameters as arrays or optionals.
    package static var unbound: Self {
        preconditionFailure("PSModuleInfo: declare the parameter as an array or an optional")
    }
    package static func read(_ value: Value) -> Self? { value.asObject as? Self }
}
