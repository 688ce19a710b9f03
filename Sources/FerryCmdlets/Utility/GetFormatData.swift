import FerryEngine

/// The views of types.
struct GetFormatData: Cmdlet {
    static let typeName = Parameter<[String]>("TypeName", position: 0, validate: [.notNullOrEmpty], wildcards: true)
    static let version = Parameter<Value>("PowerShellVersion", type: .version)
    static let signature = Signature(
        "Get-FormatData", typeName: "Microsoft.PowerShell.Commands.GetFormatDataCommand",
        outputs: [FormatDataObject.type],
        parameters: [typeName, version])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let patterns = call[Self.typeName].map { WildcardPattern($0) }
        // PowerShell's own rule: older clients, which is who asks without a version, could not use the views of files.
        let isCurrent = VersionNumber.read(call[Self.version]).map { $0 >= VersionNumber(5, 1) } ?? false
        for (types, views) in io.runspace.views.byTypes {
            if !isCurrent, types.contains("System.IO.FileInfo") { continue }
            guard patterns.isEmpty || types.contains(where: { name in patterns.contains { $0.matches(name) } }) else {
                continue
            }
            try io.emit(FormatDataObject(types, views).value)
        }
    }
}
