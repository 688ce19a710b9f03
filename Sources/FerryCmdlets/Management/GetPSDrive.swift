import FerryEngine

/// Lists the drives paths can start with.
struct GetPSDrive: Cmdlet {
    static let name = Parameter<[String]>("Name", position: 0, pipeline: .byProperty, wildcards: true)
    static let literalName = Parameter<[String]>("LiteralName", position: 0, mandatory: true)
    static let scope = Parameter<String>("Scope", pipeline: .byProperty)
    static let provider = Parameter<[String]>("PSProvider", pipeline: .byProperty)
    static let signature = Signature(
        "Get-PSDrive", typeName: "Microsoft.PowerShell.Commands.GetPSDriveCommand", defaultSet: "Name",
        parameters: [scope, provider],
        sets: [ParameterSet("Name", [name]), ParameterSet("LiteralName", [literalName.at(0)])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let isLiteral = call.parameterSet == "LiteralName"
        let names = isLiteral ? call[Self.literalName] : call[Self.name]
        let drives = try Self.drives(io, scope: call.isBound(Self.scope) ? call[Self.scope] : nil)
            .filter { drive in
                call[Self.provider].isEmpty
                    || call[Self.provider].contains { WildcardPattern($0).matches(drive.provider) }
            }
        for name in names.isEmpty ? ["*"] : names {
            let found = drives.filter {
                isLiteral ? $0.name.folded == name.folded : WildcardPattern(name).matches($0.name)
            }
            try io.emit(contentsOf: found.map { .object($0) })
            guard found.isEmpty, isLiteral || !WildcardPattern.isPattern(name) else { continue }
            try io.report(
                "GetLocationNoMatchingDrive", .objectNotFound,
                "Cannot find drive. A drive with the name '\(name)' does not exist.", target: .string(name),
                exception: "System.Management.Automation.DriveNotFoundException")
        }
    }

    /// Every drive, or those that were made in a scope; the session's own are global.
    static func drives(_ io: CommandIO, scope name: String?) throws(Stop) -> [DriveObject] {
        let location = io.runspace.location
        let wanted: Scope? = if let name { try io.scope(named: name) } else { nil }
        var drives: [DriveObject] = []
        if wanted == nil || wanted === io.frame.scope.global {
            drives.append(
                DriveObject(
                    name: "/", provider: "FileSystem", root: "/", place: String(location.path.dropFirst())))
            drives += ["Alias", "Env", "Function", "Variable"].map { DriveObject(session: $0) }
        }
        let own = location.fileDrives.filter { drive in wanted.map { drive.belongs(to: $0) } ?? true }
        drives += own.map { DriveObject($0) }
        return drives.sorted { $0.name.folded < $1.name.folded }
    }
}
