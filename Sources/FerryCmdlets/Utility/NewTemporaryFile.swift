import FerryEngine

/// Makes an empty file that nobody else has.
struct NewTemporaryFile: Cmdlet {
    static let signature = Signature(
        "New-TemporaryFile", typeName: "Microsoft.PowerShell.Commands.NewTemporaryFileCommand", shouldProcess: .low)
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let folder = Environment.value("TMPDIR") ?? "/tmp"
        guard try io.confirms(nil, folder) else { return }
        let path = folder + "/tmp" + GUID().text.prefix(8) + ".tmp"
        try io.writeBytes([], to: path, appends: false)
        if let item = FileItem(path) { try io.emit(item.value) }
    }
}
