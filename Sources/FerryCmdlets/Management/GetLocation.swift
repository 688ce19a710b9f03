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
                try io.emit(contentsOf: places.reversed().map { .object(location.place($0)) })
            }
            return
        }
        guard call.isBound(Self.provider) || call.isBound(Self.drive) else {
            return try io.emit(.object(location.place))
        }
        for wanted in call[Self.provider] {
            guard let provider = ProviderObject.names.first(where: { $0.folded == wanted.folded }) else {
                try io.report(
                    "ProviderNotFound", .objectNotFound,
                    "Cannot find a provider with the name '\(wanted)'.", target: .string(wanted),
                    exception: "System.Management.Automation.ProviderNotFoundException")
                continue
            }
            let drive = provider == "Environment" ? "Env" : provider
            // The file system remembers its folder, the session's own drives are flat.
            try io.emit(.object(provider == "FileSystem" ? location.fileSystemPlace : location.place(drive + ":/")))
        }
        for wanted in call[Self.drive] {
            guard let place = location.place(onDrive: wanted) else {
                try io.report(
                    "DriveNotFound", .objectNotFound,
                    "Cannot find drive. A drive with the name '\(wanted)' does not exist.", target: .string(wanted),
                    exception: "System.Management.Automation.DriveNotFoundException")
                continue
            }
            try io.emit(.object(place))
        }
    }

    static func reportNoStack(_ name: String, _ io: CommandIO) throws(Stop) {
        try io.report(
            "Argument", .invalidArgument,
            "Cannot find location stack '\(name)'. It does not exist or it is not a container. (Parameter 'stackName')",
            exception: "System.Management.Automation.PSArgumentException")
    }
}
