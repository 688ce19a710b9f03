import FerryEngine

/// Writes aliases to a file, as values or as commands that make them.
struct ExportAlias: Cmdlet {
    enum Format: String, ScriptEnum {
        case csv = "Csv"
        case script = "Script"
        static let enumType = makeEnumType("Microsoft.PowerShell.Commands.ExportAliasFormat")
    }

    static let path = Parameter<String>("Path", position: 0, mandatory: true)
    static let literalPath = Parameter<String>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let name = Parameter<[String]>("Name", position: 1, pipeline: .byProperty)
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let format = Parameter<Format?>("As")
    static let append = Parameter<Bool>.switch("Append")
    static let force = Parameter<Bool>.switch("Force")
    static let noClobber = Parameter<Bool>.switch("NoClobber", aliases: ["NoOverwrite"])
    static let description = Parameter<String>("Description")
    static let scope = Parameter<String>("Scope")

    static let signature = Signature(
        "Export-Alias", typeName: "Microsoft.PowerShell.Commands.ExportAliasCommand", shouldProcess: .medium,
        defaultSet: "ByPath",
        parameters: [name, passThru, format, append, force, noClobber, description, scope],
        sets: [ParameterSet("ByPath", [path]), ParameterSet("ByLiteralPath", [literalPath])])

    private var found: [AliasCommand] = []

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let aliases =
            call.isBound(Self.scope) ? try io.scope(named: call[Self.scope]).ownAliases : io.visibleAliases
        let sorted = aliases.sorted { $0.name.folded < $1.name.folded }
        let names = call[Self.name]
        for name in names.isEmpty ? ["*"] : names {
            let pattern = WildcardPattern(name)
            let chosen = sorted.filter { pattern.matches($0.name) }
            if chosen.isEmpty, !WildcardPattern.isPattern(name) {
                try io.report(
                    "AliasNotFound", .objectNotFound,
                    "This command cannot find a matching alias because an alias with the name '\(name)' does not exist.",
                    target: .string(name), exception: "System.Management.Automation.ItemNotFoundException")
            }
            found += chosen
        }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        let isLiteral = call.isBound(Self.literalPath)
        let path = isLiteral ? call[Self.literalPath] : call[Self.path]
        if try io.confirms(nil, path) { try write(to: try io.onlyFile(path, isLiteral: isLiteral), call, io) }
        if call[Self.passThru] { try io.emit(contentsOf: found.map(\.object)) }
    }

    private func write(to path: String, _ call: Call, _ io: CommandIO) throws(Stop) {
        if call[Self.noClobber], FileItem.exists(path), !call[Self.append] {
            throw io.failing(
                "NoClobber", .resourceExists, "The file '\(path)' already exists.", target: .string(path),
                exception: "System.IO.IOException")
        }
        var lines = [
            "# Alias File", "# Exported by : \(Environment.userName)",
            "# Date/Time : \(DateFormat.text(.now, "F"))", "# Computer : \(Environment.hostName)",
        ]
        if call.isBound(Self.description) {
            lines += ["#", "# " + call[Self.description].replacing("\n", with: "\n# ")]
        }
        for alias in found {
            let options = alias.options.text
            lines.append(
                call[Self.format] == .script
                    ? "set-alias -Name:\"\(alias.name)\" -Value:\"\(alias.definition)\" "
                        + "-Description:\"\(alias.description)\" -Option:\"\(options)\""
                    : "\"\(alias.name)\",\"\(alias.definition)\",\"\(alias.description)\",\"\(options)\"")
        }
        try io.writeText(
            lines.map { $0 + "\n" }.joined(), to: path, appends: call[Self.append], force: call[Self.force])
    }
}
