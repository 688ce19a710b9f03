import FerryEngine
import Glibc

/// Makes an empty folder that nobody else has.
struct NewTemporaryDirectory: Cmdlet {
    static let signature = Signature(
        "New-TemporaryDirectory", typeName: "Microsoft.PowerShell.Commands.NewTemporaryDirectoryCommand",
        shouldProcess: .low,
        outputs: [RuntimeType("System.IO.DirectoryInfo", bases: ["System.IO.FileSystemInfo", "System.Object"])])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let folder = Environment.value("TMPDIR") ?? "/tmp"
        guard try io.confirms(nil, folder) else { return }
        let path = folder + "/" + GUID().text
        guard unsafe mkdir(path, 0o777) == 0 else {
            let stop = FileChange.stop(
                errno, path, id: "CreateDirectoryUnauthorizedAccessError", doing: "create folder")
            guard let record = stop.record else { throw stop }
            throw io.failing(record)
        }
        if let item = FileItem(path) { try io.emit(item.value) }
    }
}
