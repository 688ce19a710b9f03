import FerryEngine

/// Lists the drives paths can start with.
struct GetPSDrive: Cmdlet {
    static let name = Parameter<[String]>("Name", position: 0, pipeline: .byProperty, wildcards: true)
    static let provider = Parameter<[String]>("PSProvider", pipeline: .byProperty)
    static let signature = Signature(
        "Get-PSDrive", typeName: "Microsoft.PowerShell.Commands.GetPSDriveCommand", parameters: [name, provider])

    init() {}

    private static let drives = [
        ("/", "FileSystem", "/"), ("Alias", "Alias", ""), ("Env", "Environment", ""), ("Function", "Function", ""),
        ("Variable", "Variable", ""), ("Temp", "FileSystem", ""),
    ]

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        func matches(_ text: String, _ patterns: [String]) -> Bool {
            patterns.isEmpty || patterns.contains { WildcardPattern($0).matches(text) }
        }
        for (name, provider, root) in Self.drives
        where matches(name, call[Self.name]) && matches(provider, call[Self.provider]) {
            let here = io.runspace.location
            let location = name == "/" ? String(here.path.dropFirst()) : ""
            let shownRoot = name == "Temp" ? here.resolve("temp:") + "/" : root
            try io.emit(
                .object(
                    CustomObject(
                        [
                            ("Name", .string(name)), ("Provider", .string(provider)), ("Root", .string(shownRoot)),
                            ("CurrentLocation", .string(location)),
                        ], typeNames: ["System.Management.Automation.PSDriveInfo"])))
        }
        for name in call[Self.name]
        where !WildcardPattern.isPattern(name) && !Self.drives.contains(where: { $0.0.folded == name.folded }) {
            try io.report(
                "GetLocationNoMatchingDrive", .objectNotFound,
                "Cannot find drive. A drive with the name '\(name)' does not exist.", target: .string(name),
                exception: "System.Management.Automation.DriveNotFoundException")
        }
    }
}
