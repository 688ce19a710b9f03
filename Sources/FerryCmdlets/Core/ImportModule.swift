import FerryEngine

/// Loads modules by name or path; compiled ones are always there.
struct ImportModule: Cmdlet {
    static let name = Parameter<[String]>(
        "Name", position: 0, mandatory: true, pipeline: .byValue, validate: [.notNullOrEmpty])
    static let force = Parameter<Bool>.switch("Force")
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let disableNameChecking = Parameter<Bool>.switch("DisableNameChecking")
    static let global = Parameter<Bool>.switch("Global")
    static let minimumVersion = Parameter<VersionNumber?>("MinimumVersion", aliases: ["Version"])

    static let requiredVersion = Parameter<VersionNumber?>("RequiredVersion")
    static let maximumVersion = Parameter<VersionNumber?>("MaximumVersion")

    static let prefix = Parameter<String?>("Prefix", validate: [.notNull])
    static let functions = Parameter<[String]>("Function", validate: [.notNull], wildcards: true)
    static let cmdlets = Parameter<[String]>("Cmdlet", validate: [.notNull], wildcards: true)
    static let variables = Parameter<[String]>("Variable", validate: [.notNull], wildcards: true)
    static let aliases = Parameter<[String]>("Alias", validate: [.notNull], wildcards: true)
    static let noClobber = Parameter<Bool>.switch("NoClobber", aliases: ["NoOverwrite"])

    static let signature = Signature(
        "Import-Module", typeName: "Microsoft.PowerShell.Commands.ImportModuleCommand", defaultSet: "Name",
        parameters: [
            name, force, passThru, disableNameChecking, global, minimumVersion, requiredVersion, maximumVersion, prefix,
            functions, cmdlets, variables, aliases, noClobber,
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for name in call[Self.name] {
            do throws(Stop) {
                let module = try io.importModule(name, force: call[Self.force], Self.choice(call))
                if let module, let wanted = Self.unmet(call, VersionNumber(module.version)) {
                    _ = io.removeModule(module.name)
                    throw io.failing(
                        "Modules_ModuleWithVersionNotFound", .resourceUnavailable,
                        "The specified module '\(name)' with version '\(wanted.text)' was not loaded because the one that "
                            + "was found has version '\(module.version)'.", target: .string(name),
                        exception: "System.IO.FileNotFoundException")
                }
                guard call[Self.passThru] else { continue }
                if let module {
                    try io.emit(.object(module))
                } else if let built = io.compiledModules.first(where: { $0.name.folded == name.folded }) {
                    try io.emit(.object(built))
                }
            } catch {
                guard let record = error.record else { throw error }
                try io.report(record)
            }
        }
    }

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

    /// The bound that a version does not keep.
    private static func unmet(_ call: Call, _ version: VersionNumber?) -> VersionNumber? {
        guard let version else { return nil }
        if let wanted = call[requiredVersion], version != wanted { return wanted }
        if let wanted = call[minimumVersion], version < wanted { return wanted }
        if let wanted = call[maximumVersion], wanted < version { return wanted }
        return nil
    }
}
