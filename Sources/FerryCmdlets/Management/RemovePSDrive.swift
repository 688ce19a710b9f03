import FerryEngine

/// Takes away names that `New-PSDrive` gave to folders. The folders stay.
struct RemovePSDrive: Cmdlet {
    static let name = Parameter<[String]>("Name", position: 0, mandatory: true, pipeline: .byProperty, wildcards: true)
    static let literalName = Parameter<[String]>("LiteralName", position: 0, mandatory: true, pipeline: .byProperty)
    static let provider = Parameter<[String]>("PSProvider", pipeline: .byProperty)
    static let scope = Parameter<String>("Scope", pipeline: .byProperty)
    static let force = Parameter<Bool>.switch("Force")
    static let signature = Signature(
        "Remove-PSDrive", typeName: "Microsoft.PowerShell.Commands.RemovePSDriveCommand", shouldProcess: .medium,
        defaultSet: "Name", parameters: [provider, scope, force],
        sets: [ParameterSet("Name", [name]), ParameterSet("LiteralName", [literalName])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let location = io.runspace.location
        let providers = call[Self.provider]
        let wanted: Scope? = if call.isBound(Self.scope) { try io.scope(named: call[Self.scope]) } else { nil }
        let isLiteral = call.parameterSet == "LiteralName"
        for pattern in isLiteral ? call[Self.literalName] : call[Self.name] {
            let found = location.fileDrives
                .filter { isLiteral ? $0.name.folded == pattern.folded : WildcardPattern(pattern).matches($0.name) }
                .filter { drive in wanted.map { drive.belongs(to: $0) } ?? true }
                .filter { _ in providers.isEmpty || providers.contains { WildcardPattern($0).matches("FileSystem") } }
            if found.isEmpty, isLiteral || !WildcardPattern.isPattern(pattern) {
                try io.report(
                    "DriveNotFound", .objectNotFound,
                    "Cannot find drive. A drive with the name '\(pattern)' does not exist.", target: .string(pattern),
                    exception: "System.Management.Automation.DriveNotFoundException")
            }
            for drive in found
            where try io.confirms("Remove Drive", "Name: \(drive.name) Provider: FileSystem Root: \(drive.root)") {
                if location.drive == nil, location.fileDrive === drive, !call[Self.force] {
                    try io.report(
                        "InvalidOperation", .invalidOperation,
                        "Cannot remove drive '\(drive.name)' because it is in use.", target: .string(drive.name),
                        exception: "System.Management.Automation.PSInvalidOperationException")
                    continue
                }
                _ = location.removeDrive(drive)
            }
        }
    }
}
