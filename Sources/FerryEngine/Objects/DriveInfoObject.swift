import Glibc

/// `System.IO.DriveInfo`: a mounted file system and its room.
final class DriveInfoObject: HostedBody {
    static let type = RuntimeType("System.IO.DriveInfo")
    private let path: String
    private let format: String

    /// - Parameter path: absolute; the file system is the one it lies on.
    init(_ path: String) {
        self.path = path
        let mount = Self.mounts().filter { path == $0.path || path.hasPrefix($0.path == "/" ? "/" : $0.path + "/") }
            .max { $0.path.count < $1.path.count }
        format = mount?.format ?? ""
    }

    private init(path: String, format: String) {
        self.path = path
        self.format = format
    }

    /// Every mounted file system.
    static func all() -> [DriveInfoObject] { mounts().map { DriveInfoObject(path: $0.path, format: $0.format) } }

    private static func mounts() -> [(path: String, format: String)] {
        guard let text = try? FileText.read("/proc/self/mounts").text else { return [] }
        var found: [(path: String, format: String)] = []
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ").map(String.init)
            // Spaces in a path are written as their octal number.
            if fields.count > 2 { found.append((fields[1].replacing("\\040", with: " "), fields[2])) }
        }
        return found
    }

    private func room() throws(Stop) -> (total: Int64, free: Int64, available: Int64) {
        var status = statvfs()
        // SAFETY: statvfs fills the structure it is given.
        guard unsafe statvfs(path, &status) == 0 else { throw FileFailure.stop(errno, path, doing: "measure") }
        func bytes(_ blocks: fsblkcnt_t) -> Int64 {
            Int64(clamping: blocks.multipliedReportingOverflow(by: UInt(status.f_frsize)).partialValue)
        }
        return (bytes(status.f_blocks), bytes(status.f_bfree), bytes(status.f_bavail))
    }

    /// .NET's kinds, by the file system's name.
    private var kind: String {
        switch format {
        case "nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs": "Network"
        case "tmpfs", "ramfs": "Ram"
        case "iso9660", "udf": "CDRom"
        case "proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue", "debugfs", "tracefs", "securityfs", "bpf",
            "pstore":
            "Unknown"
        case "": "NoRootDirectory"
        default: "Fixed"
        }
    }

    var typeName: RuntimeType { Self.type }
    var text: String { path }
    var propertyNames: [String] {
        [
            "Name", "IsReady", "RootDirectory", "DriveType", "DriveFormat", "AvailableFreeSpace", "TotalFreeSpace",
            "TotalSize", "VolumeLabel",
        ]
    }

    func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "name", "volumelabel": return .string(path)
        case "isready": return .bool(FileText.isDirectory(path))
        case "rootdirectory": return FileItem(naming: path, isFolder: true).value
        case "drivetype": return .string(kind)
        case "driveformat": return .string(format)
        case "availablefreespace": return .long(try room().available)
        case "totalfreespace": return .long(try room().free)
        case "totalsize": return .long(try room().total)
        default: return nil
        }
    }
}
