import FerryEngine

/// The current folder, or what was set aside.
struct GetLocation: Cmdlet {
    static let provider = Parameter<[String]>("PSProvider", pipeline: .byProperty)
    static let drive = Parameter<[String]>("PSDrive", pipeline: .byProperty)
    static let stack = Parameter<Bool>.switch("Stack")
    static let stackName = Parameter<[String]>("StackName", pipeline: .byProperty)
    static let signature = Signature(
        "Get-Location", typeName: "Microsoft.PowerShell.Commands.GetLocationCommand", defaultSet: "Location",
        sets: [ParameterSet("Location", [provider, drive]), ParameterSet("Stack", [stack, stackName])])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let location = io.runspace.location
        if call[Self.stack] || call.isBound(Self.stackName) {
            for name in call[Self.stackName].isEmpty ? [""] : call[Self.stackName] {
                guard let places = location.stack(named: name) else {
                    try Self.reportNoStack(name, io)
                    continue
                }
                try io.emit(contentsOf: places.reversed().map { .object(PathObject($0)) })
            }
            return
        }
        guard call.isBound(Self.provider) || call.isBound(Self.drive) else {
            return try io.emit(.object(PathObject(location.shown)))
        }
        for wanted in call[Self.provider] {
            let drives = GetPSDrive.drives.filter { $0.provider.folded == wanted.folded }
            guard let drive = drives.first else {
                try io.report(
                    "ProviderNotFound", .objectNotFound,
                    "Cannot find a provider with the name '\(wanted)'.", target: .string(wanted),
                    exception: "System.Management.Automation.ProviderNotFoundException")
                continue
            }
            try io.emit(.object(PathObject(Self.place(drive.name, location))))
        }
        for wanted in call[Self.drive] {
            guard let drive = GetPSDrive.drives.first(where: { $0.name.folded == wanted.folded }) else {
                try io.report(
                    "DriveNotFound", .objectNotFound,
                    "Cannot find drive. A drive with the name '\(wanted)' does not exist.", target: .string(wanted),
                    exception: "System.Management.Automation.DriveNotFoundException")
                continue
            }
            try io.emit(.object(PathObject(Self.place(drive.name, location))))
        }
    }

    /// Where one would be on a drive: the file system remembers its folder, the session's own drives are flat.
    private static func place(_ drive: String, _ location: Location) -> String {
        switch drive {
        case "/": location.path
        case "Temp": location.resolve("temp:")
        default: drive + ":/"
        }
    }

    static func reportNoStack(_ name: String, _ io: CommandIO) throws(Stop) {
        try io.report(
            "Argument", .invalidArgument,
            "Cannot find location stack '\(name)'. It does not exist or it is not a container. (Parameter 'stackName')",
            exception: "System.Management.Automation.PSArgumentException")
    }
}
