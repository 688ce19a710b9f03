import FerryEngine

/// Lists the drives paths can start with.
struct GetPSDrive: Cmdlet {
    static let name = Parameter<[String]>("Name", position: 0, pipeline: .byProperty, wildcards: true)
    static let provider = Parameter<[String]>("PSProvider", pipeline: .byProperty)
    static let signature = Signature(
        "Get-PSDrive", typeName: "Microsoft.PowerShell.Commands.GetPSDriveCommand", parameters: [name, provider])

    init() {}

    static let drives: [(name: String, provider: String, root: String)] = [
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
            try io.emit(Self.value(name, provider, shownRoot, location: location))
        }
        let own = io.runspace.location.fileDrives
        for drive in own
        where matches(drive.name, call[Self.name]) && matches("FileSystem", call[Self.provider]) {
            try io.emit(Self.value(drive))
        }
        for name in call[Self.name]
        where !WildcardPattern.isPattern(name) && !Self.drives.contains(where: { $0.0.folded == name.folded })
            && !own.contains(where: { $0.name.folded == name.folded })
        {
            try io.report(
                "GetLocationNoMatchingDrive", .objectNotFound,
                "Cannot find drive. A drive with the name '\(name)' does not exist.", target: .string(name),
                exception: "System.Management.Automation.DriveNotFoundException")
        }
    }

    /// A drive as scripts see it.
    static func value(_ drive: FileDrive) -> Value {
        value(drive.name, "FileSystem", drive.root, description: drive.description)
    }

    private static func value(
        _ name: String, _ provider: String, _ root: String, location: String = "", description: String = ""
    ) -> Value {
        .object(
            CustomObject(
                [
                    ("Name", .string(name)), ("Provider", .string(provider)), ("Root", .string(root)),
                    ("Description", .string(description)), ("CurrentLocation", .string(location)),
                ], typeNames: ["System.Management.Automation.PSDriveInfo"]))
    }
}
