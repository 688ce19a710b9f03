import FerryEngine
import Glibc

/// A file or folder as scripts see it: `System.IO.FileInfo`, `System.IO.DirectoryInfo`. A snapshot of when it was made.
final class FileItem: HostedBody {
    let path: String
    let isFolder: Bool
    private let status: stat
    private let linkTarget: String?

    /// nil when there is nothing at `path`.
    init?(_ path: String) {
        guard let own = Self.status(of: path, followingLinks: false) else { return nil }
        self.path = path
        let isLink = own.st_mode & S_IFMT == S_IFLNK
        status = own
        linkTarget = isLink ? Self.readLink(path) : nil
        let target = isLink ? Self.status(of: path, followingLinks: true) ?? own : own
        isFolder = target.st_mode & S_IFMT == S_IFDIR
    }

    // MARK: The file system

    static func status(of path: String, followingLinks: Bool) -> stat? {
        var status = stat()
        let result = followingLinks ? unsafe stat(path, &status) : unsafe lstat(path, &status)
        return result == 0 ? status : nil
    }

    static func exists(_ path: String) -> Bool { status(of: path, followingLinks: false) != nil }

    static func isFolder(_ path: String) -> Bool {
        status(of: path, followingLinks: true).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    }

    /// Names in a folder in the order PowerShell lists them: by name without case, lower case first.
    static func names(in folder: String) -> [String] { contents(of: folder) ?? [] }

    /// nil when the folder cannot be read; `errno` says why.
    static func contents(of folder: String) -> [String]? {
        // SAFETY: the stream is closed below; each name is copied before the next call.
        guard let stream = unsafe opendir(folder) else { return nil }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { Collation.compare($0, $1, caseSensitive: true) < 0 }
    }

    private static func readLink(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        // SAFETY: at most the buffer's own size is written; the text ends where readlink says.
        let count = unsafe readlink(path, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    // MARK: What scripts see

    private static func type(_ name: String) -> RuntimeType {
        RuntimeType(
            "System.IO." + name, bases: ["System.IO.FileSystemInfo", "System.MarshalByRefObject", "System.Object"])
    }
    private static let fileType = type("FileInfo")
    private static let folderType = type("DirectoryInfo")

    var isImmutable: Bool { true }
    var typeName: RuntimeType { isFolder ? Self.folderType : Self.fileType }
    var text: String { path }
    func isEqual(to other: any HostedBody) -> Bool { (other as? FileItem)?.path == path }

    var name: String {
        path == "/" ? "/" : String(path[path.index(after: path.lastIndex(of: "/") ?? path.startIndex)...])
    }
    var parent: String {
        guard path != "/", let slash = path.lastIndex(of: "/") else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
    var fileExtension: String {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
        return String(name[dot...])
    }
    var isHidden: Bool { name.hasPrefix(".") }
    var lastWriteTime: DateTime { Self.date(status.st_mtim) }

    /// `drwxr-xr-x`
    var unixMode: String {
        let kind: Character =
            switch status.st_mode & S_IFMT {
            case S_IFDIR: "d"
            case S_IFLNK: "l"
            case S_IFBLK: "b"
            case S_IFCHR: "c"
            case S_IFIFO: "p"
            case S_IFSOCK: "s"
            default: "-"
            }
        var text = String(kind)
        for shift in [6, 3, 0] {
            let bits = (status.st_mode >> mode_t(shift)) & 7
            text += bits & 4 != 0 ? "r" : "-"
            text += bits & 2 != 0 ? "w" : "-"
            let special = shift == 6 ? S_ISUID : shift == 3 ? S_ISGID : S_ISVTX
            let letter = shift == 0 ? "t" : "s"
            if status.st_mode & special != 0 {
                text += bits & 1 != 0 ? letter : letter.uppercased()
            } else {
                text += bits & 1 != 0 ? "x" : "-"
            }
        }
        return text
    }

    var user: String {
        // SAFETY: getpwuid's static record is copied before any other call.
        if let entry = unsafe getpwuid(status.st_uid) { return unsafe String(cString: entry.pointee.pw_name) }
        return String(status.st_uid)
    }

    var group: String {
        // SAFETY: getgrgid's static record is copied before any other call.
        if let entry = unsafe getgrgid(status.st_gid) { return unsafe String(cString: entry.pointee.gr_name) }
        return String(status.st_gid)
    }

    var isReadOnly: Bool { status.st_mode & 0o222 == 0 }

    /// `System.IO.FileAttributes`, as .NET derives them on Linux.
    var attributes: [String] {
        var names: [String] = []
        if isReadOnly { names.append("ReadOnly") }
        if isHidden { names.append("Hidden") }
        if isFolder { names.append("Directory") }
        if linkTarget != nil { names.append("ReparsePoint") }
        return names.isEmpty ? ["Normal"] : names
    }

    private static func date(_ time: timespec) -> DateTime {
        DateTime(unixSeconds: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9).local
    }

    /// Windows' five letters, which scripts test: `d----`, `-a---`, `l----`.
    private var mode: String {
        let isLink = linkTarget != nil
        return (isLink ? "l" : isFolder ? "d" : "-") + (isFolder || isLink ? "-" : "a") + (isReadOnly ? "r" : "-")
            + (isHidden ? "h" : "-") + "-"
    }

    var propertyNames: [String] {
        var names = ["PSPath", "PSParentPath", "PSChildName", "PSIsContainer", "Mode", "Name"]
        names += isFolder ? ["Parent"] : ["Length", "DirectoryName", "Directory", "IsReadOnly"]
        return names + [
            "BaseName", "Target", "LinkType", "FullName", "Extension", "Exists", "CreationTime", "CreationTimeUtc",
            "LastAccessTime", "LastAccessTimeUtc", "LastWriteTime", "LastWriteTimeUtc", "Attributes", "UnixMode",
            "User",
            "Group", "Size",
        ]
    }

    func property(_ wanted: String) throws(Stop) -> Value? {
        switch wanted.folded {
        case "name", "pschildname": return .string(name)
        case "fullname": return .string(path)
        case "pspath": return .string("Microsoft.PowerShell.Core\\FileSystem::" + path)
        case "psparentpath": return .string("Microsoft.PowerShell.Core\\FileSystem::" + parent)
        case "psiscontainer": return .bool(isFolder)
        case "length" where !isFolder: return .long(Int64(status.st_size))
        case "size": return .long(Int64(status.st_size))
        case "extension": return .string(fileExtension)
        case "basename":
            return .string(isFolder ? name : String(name.dropLast(fileExtension.count)))
        case "directoryname" where !isFolder: return .string(parent)
        case "directory" where !isFolder, "parent" where isFolder:
            return FileItem(parent).map(\.value) ?? .null
        case "exists": return .bool(Self.exists(path))
        case "isreadonly" where !isFolder: return .bool(isReadOnly)
        case "creationtime": return .date(Self.date(status.st_ctim))
        case "creationtimeutc": return .date(Self.date(status.st_ctim).universal)
        case "lastaccesstime": return .date(Self.date(status.st_atim))
        case "lastaccesstimeutc": return .date(Self.date(status.st_atim).universal)
        case "lastwritetime": return .date(lastWriteTime)
        case "lastwritetimeutc": return .date(lastWriteTime.universal)
        case "mode": return .string(mode)
        case "attributes": return .string(attributes.joined(separator: ", "))
        case "target", "linktarget": return .optional(linkTarget)
        case "linktype": return linkTarget == nil ? .null : .string("SymbolicLink")
        case "unixmode": return .string(unixMode)
        case "user": return .string(user)
        case "group": return .string(group)
        default: return nil
        }
    }
}
