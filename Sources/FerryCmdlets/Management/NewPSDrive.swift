import FerryEngine

/// Gives a folder a name that paths can begin with.
struct NewPSDrive: Cmdlet {
    static let name = Parameter<String>("Name", position: 0, mandatory: true, pipeline: .byProperty)
    static let provider = Parameter<String>("PSProvider", position: 1, mandatory: true, pipeline: .byProperty)
    static let root = Parameter<String>("Root", position: 2, mandatory: true, pipeline: .byProperty)
    static let description = Parameter<String>("Description", pipeline: .byProperty)
    static let scope = Parameter<String>("Scope", pipeline: .byProperty)
    static let signature = Signature(
        "New-PSDrive", typeName: "Microsoft.PowerShell.Commands.NewPSDriveCommand", shouldProcess: .low,
        parameters: [name, provider, root, description, scope, ProviderCredential.credential])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let name = call[Self.name]
        guard call[Self.provider].folded == "filesystem" else {
            throw io.failing(
                "ProviderNotFound", .objectNotFound,
                "Cannot find a provider with the name '\(call[Self.provider])' that makes drives. FileSystem does.",
                target: .string(call[Self.provider]),
                exception: "System.Management.Automation.ProviderNotFoundException")
        }
        guard !name.isEmpty, !name.contains(where: { ":/\\~".contains($0) }) else {
            throw io.failing(
                "Argument", .invalidArgument,
                "Cannot process the drive name because the drive name contains one or more of the following characters "
                    + "that are not valid: : / \\ ~", target: .string(name),
                exception: "System.Management.Automation.PSArgumentException")
        }
        let folder = io.runspace.location.resolve(call[Self.root])
        guard FileItem.isFolder(folder) else {
            return try io.report(
                "DriveRootError", .readError,
                "The specified drive root \"\(folder)\" either does not exist, or it is not a folder.",
                target: .string(name), exception: "System.IO.IOException")
        }
        guard try io.confirms("New drive", "Name: \(name) Provider: FileSystem Root: \(folder)") else { return }
        let scope = try io.scope(named: call[Self.scope])
        let drive = FileDrive(name: name, root: folder, description: call[Self.description], in: scope)
        guard io.runspace.location.addDrive(drive, in: scope) else {
            return try io.report(
                "DriveAlreadyExists", .resourceExists, "A drive with the name '\(name)' already exists.",
                target: .string(name), exception: "System.Management.Automation.SessionStateException")
        }
        try io.emit(.object(DriveObject(drive)))
    }
}
