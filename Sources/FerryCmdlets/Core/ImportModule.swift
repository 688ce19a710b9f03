import FerryEngine

/// Loads modules by name or path; compiled ones are always there.
struct ImportModule: Cmdlet {
    static let name = Parameter<[String]>(
        "Name", position: 0, mandatory: true, pipeline: .byValue, validate: [.notNullOrEmpty])
    static let specification = Parameter<[ModuleSpecification]>(
        "FullyQualifiedName", position: 0, mandatory: true, pipeline: .byValue)
    static let info = Parameter<[ModuleObject]>("ModuleInfo", position: 0, mandatory: true, pipeline: .byValue)
    static let force = Parameter<Bool>.switch("Force")
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let asCustomObject = Parameter<Bool>.switch("AsCustomObject")
    static let arguments = Parameter<[Value]>("ArgumentList", aliases: ["Args"])
    static let disableNameChecking = Parameter<Bool>.switch("DisableNameChecking")
    static let skipEditionCheck = Parameter<Bool>.switch("SkipEditionCheck")
    static let global = Parameter<Bool>.switch("Global")
    static let scope = Parameter<String?>("Scope", validate: [.set(["Local", "Global"])])
    static let minimumVersion = Parameter<Value>("MinimumVersion", aliases: ["Version"], type: .version)
    static let requiredVersion = Parameter<Value>("RequiredVersion", type: .version)
    static let maximumVersion = Parameter<String?>("MaximumVersion")

    static let prefix = Parameter<String?>("Prefix", validate: [.notNull])
    static let functions = Parameter<[String]>("Function", validate: [.notNull], wildcards: true)
    static let cmdlets = Parameter<[String]>("Cmdlet", validate: [.notNull], wildcards: true)
    static let variables = Parameter<[String]>("Variable", validate: [.notNull], wildcards: true)
    static let aliases = Parameter<[String]>("Alias", validate: [.notNull], wildcards: true)
    static let noClobber = Parameter<Bool>.switch("NoClobber", aliases: ["NoOverwrite"])

    static let signature = Signature(
        "Import-Module", typeName: "Microsoft.PowerShell.Commands.ImportModuleCommand", defaultSet: "Name",
        outputs: [ModuleObject.outputType],
        parameters: [
            force, passThru, asCustomObject, arguments, disableNameChecking, skipEditionCheck, global, scope, prefix,
            functions, cmdlets, variables, aliases, noClobber,
        ],
        sets: [
            ParameterSet("Name", [name, minimumVersion, maximumVersion, requiredVersion]),
            ParameterSet("FullyQualifiedName", [specification]), ParameterSet("ModuleInfo", [info]),
        ])

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        if let least = Self.version(call[Self.minimumVersion]), let most = call[Self.maximumVersion],
            !ModuleSpecification("", maximumVersion: most).accepts(least, .empty)
        {
            throw io.failing(
                "ArgumentOutOfRange", .invalidArgument,
                "The specified version range is not valid: the minimum version '\(least.text)' is greater than the maximum "
                    + "version '\(most)'.", exception: "System.Management.Automation.PSArgumentOutOfRangeException")
        }
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let bounds = ModuleSpecification(
            "", version: Self.version(call[Self.minimumVersion]), maximumVersion: call[Self.maximumVersion],
            requiredVersion: Self.version(call[Self.requiredVersion]))
        for name in call[Self.name] {
            let wanted = ModuleSpecification(
                name, version: bounds.version, maximumVersion: bounds.maximumVersion,
                requiredVersion: bounds.requiredVersion)
            try load(call, io) { () throws(Stop) in try io.importModule(request(wanted, call, io)) }
        }
        for wanted in call[Self.specification] {
            try load(call, io) { () throws(Stop) in try io.importModule(request(wanted, call, io)) }
        }
        for module in call[Self.info] {
            try load(call, io) { () throws(Stop) in
                try io.importModule(module, request(ModuleSpecification(module.name), call, io))
            }
        }
    }

    private func request(_ wanted: ModuleSpecification, _ call: Call, _ io: CommandIO) -> ModuleImport {
        var request = ModuleImport(wanted)
        request.choice = Self.choice(call)
        request.force = call[Self.force]
        request.arguments = call[Self.arguments]
        if call[Self.asCustomObject] {
            request.target = nil
        } else if call[Self.global] || call[Self.scope]?.lowercased() == "global" {
            request.target = io.globalScope
        } else {
            request.target = call[Self.scope]?.lowercased() == "local" ? io.localScope : io.sessionScope
        }
        return request
    }

    private func load(_ call: Call, _ io: CommandIO, _ body: () throws(Stop) -> ModuleObject) throws(Stop) {
        do throws(Stop) {
            let module = try body()
            if call[Self.asCustomObject] {
                if let script = module as? ScriptModule { try io.emit(.object(script.asCustomObject)) }
            } else if call[Self.passThru] {
                try io.emit(.object(module))
            }
        } catch {
            guard let record = error.record else { throw error }
            try io.report(record)
        }
    }

    private static func version(_ value: Value) -> VersionNumber? { VersionNumber.read(value) }

    private static func choice(_ call: Call) -> ImportChoice {
        var choice = ImportChoice()
        choice.prefix = call[prefix]
        if call.isBound(functions) { choice.functions = call[functions] }
        if call.isBound(aliases) { choice.aliases = call[aliases] }
        if call.isBound(variables) { choice.variables = call[variables] }
        // A script module has no cmdlets; naming them leaves out what is not named.
        if call.isBound(cmdlets), choice.functions == nil { choice.functions = [] }
        choice.keepsExisting = call[noClobber]
        return choice
    }
}
