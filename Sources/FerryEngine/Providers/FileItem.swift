package import Glibc
import Synchronization

/// A file or folder as scripts see it: `System.IO.FileInfo`, `System.IO.DirectoryInfo`. A snapshot of when it was made.
package final class FileItem: HostedBody {
    package let path: String
    /// As it was named where it was made: what it is as text.
    private let writtenPath: String
    package let isFolder: Bool
    /// Scripts on several threads may see one item; what is set through it is read again.
    private let held: Mutex<stat>
    /// Whether there was anything at the path.
    private let wasThere: Bool
    private let linkTarget: String?
    /// The drive the path was given on, when it is not the whole file system's.
    private let driveName: String?
    private let driveRoot: String?

    private var status: stat { held.withLock { $0 } }

    /// nil when there is nothing at `path`.
    ///
    /// - Parameter drive: the drive it was named on.
    package init?(_ path: String, drive: FileDrive? = nil) {
        guard let own = Self.status(of: path, followingLinks: false) else { return nil }
        self.path = path
        writtenPath = path
        let isLink = own.st_mode & S_IFMT == S_IFLNK
        held = Mutex(own)
        wasThere = true
        linkTarget = isLink ? Self.readLink(path) : nil
        let target = isLink ? Self.status(of: path, followingLinks: true) ?? own : own
        isFolder = target.st_mode & S_IFMT == S_IFDIR
        (driveName, driveRoot) = (drive?.name, drive?.root)
    }

    /// What `[IO.FileInfo]` and `[IO.DirectoryInfo]` make: an object whether or not anything is there.
    package init(naming path: String, isFolder: Bool, written: String? = nil) {
        let own = Self.status(of: path, followingLinks: false)
        self.path = path
        writtenPath = written ?? path
        self.isFolder = isFolder
        held = Mutex(own ?? stat())
        wasThere = own != nil
        linkTarget = own.map { $0.st_mode & S_IFMT == S_IFLNK } == true ? Self.readLink(path) : nil
        (driveName, driveRoot) = (nil, nil)
    }

    // MARK: The file system

    package static func status(of path: String, followingLinks: Bool) -> stat? {
        var status = stat()
        let result = followingLinks ? unsafe stat(path, &status) : unsafe lstat(path, &status)
        return result == 0 ? status : nil
    }

    package static func exists(_ path: String) -> Bool { status(of: path, followingLinks: false) != nil }

    package static func isFolder(_ path: String) -> Bool {
        status(of: path, followingLinks: true).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    }

    /// Names in a folder in the order PowerShell lists them: by name without case, lower case first.
    package static func names(in folder: String) -> [String] { contents(of: folder) ?? [] }

    /// nil when the folder cannot be read; `errno` says why.
    package static func contents(of folder: String) -> [String]? {
        // SAFETY: the stream is closed below; each name is copied before the next call.
        guard let stream = unsafe opendir(folder) else { return nil }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while true {
            // The end and an error both give nothing: half a folder must not pass for the whole one.
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                if errno != 0 { return nil }
                break
            }
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

    /// Where a chain of links ends; the end need not be there.
    private static func finalTarget(_ path: String) -> String? {
        var (current, steps) = (path, 0)
        while let next = readLink(current) {
            steps += 1
            guard steps <= 40 else { return nil }
            let folder = current.lastIndex(of: "/").map { String(current[..<$0]) } ?? ""
            current = PathText.normalized(next.hasPrefix("/") ? next : folder + "/" + next)
        }
        return current
    }

    /// Reads again what is at the path.
    func refresh() {
        guard let status = Self.status(of: path, followingLinks: false) else { return }
        held.withLock { $0 = status }
    }

    // MARK: What scripts see

    private static func type(_ name: String) -> RuntimeType {
        RuntimeType(
            "System.IO." + name, bases: ["System.IO.FileSystemInfo", "System.MarshalByRefObject", "System.Object"])
    }
    static let fileType = type("FileInfo")
    static let folderType = type("DirectoryInfo")

    package var isImmutable: Bool { true }
    package var typeName: RuntimeType { isFolder ? Self.folderType : Self.fileType }
    package var text: String { writtenPath }
    package func isEqual(to other: any HostedBody) -> Bool { (other as? FileItem)?.path == path }

    package var name: String {
        path == "/" ? "/" : String(path[path.index(after: path.lastIndex(of: "/") ?? path.startIndex)...])
    }
    package var parent: String {
        guard path != "/", let slash = path.lastIndex(of: "/") else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
    package var fileExtension: String {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
        return String(name[dot...])
    }
    package var isHidden: Bool { name.hasPrefix(".") }
    package var lastWriteTime: DateTime { Self.date(status.st_mtim) }

    /// `drwxr-xr-x`
    package var unixMode: String {
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

    package var user: String {
        let id = status.st_uid
        return AccountNames.user(id) ?? String(id)
    }

    package var group: String {
        let id = status.st_gid
        return AccountNames.group(id) ?? String(id)
    }

    /// Bytes.
    package var size: Int64 { Int64(status.st_size) }

    package var isReadOnly: Bool { status.st_mode & 0o222 == 0 }

    /// `System.IO.FileAttributes`, as .NET derives them on Linux.
    package var attributes: [String] { attributeValue.text.split(separator: ", ").map(String.init) }

    private var attributeValue: EnumValue {
        guard wasThere else { return EnumCatalog.fileAttributes.value(-1) }
        let number: Int64 =
            (isReadOnly ? 1 : 0) | (isHidden ? 2 : 0) | (isFolder ? 16 : 0) | (linkTarget != nil ? 1024 : 0)
        return EnumCatalog.fileAttributes.value(number == 0 ? 128 : number)
    }

    /// Linux' file systems need not know it: then the older of the last change's times, as .NET has it.
    private var birth: timespec {
        let (change, write) = (status.st_ctim, status.st_mtim)
        return (change.tv_sec, change.tv_nsec) < (write.tv_sec, write.tv_nsec) ? change : write
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

    package var propertyNames: [String] {
        var names = [
            "PSPath", "PSParentPath", "PSChildName", "PSDrive", "PSProvider", "PSIsContainer", "Mode", "Name",
        ]
        names += isFolder ? ["Parent"] : ["Length", "DirectoryName", "Directory", "IsReadOnly"]
        return names + [
            "BaseName", "Target", "LinkType", "ResolvedTarget", "FullName", "Extension", "Exists", "CreationTime",
            "CreationTimeUtc",
            "LastAccessTime", "LastAccessTimeUtc", "LastWriteTime", "LastWriteTimeUtc", "Attributes", "UnixMode",
            "User",
            "Group", "Size",
        ]
    }

    package func property(_ wanted: String) throws(Stop) -> Value? {
        switch wanted.folded {
        case "name", "pschildname": return .string(name)
        case "fullname": return .string(path)
        case "pspath": return .string("Microsoft.PowerShell.Core\\FileSystem::" + path)
        case "psparentpath": return .string("Microsoft.PowerShell.Core\\FileSystem::" + parent)
        case "psdrive":
            guard let driveName, let driveRoot else { return .object(DriveObject.fileSystem) }
            return .object(DriveObject(name: driveName, provider: "FileSystem", root: driveRoot))
        case "psprovider": return .object(ProviderObject("FileSystem"))
        case "psiscontainer": return .bool(isFolder)
        case "length" where !isFolder: return .long(Int64(status.st_size))
        case "size": return .long(Int64(status.st_size))
        case "extension": return .string(fileExtension)
        case "basename":
            return .string(isFolder ? name : String(name.dropLast(fileExtension.count)))
        case "directoryname" where !isFolder: return .string(parent)
        case "directory" where !isFolder, "parent" where isFolder:
            return path == "/" ? .null : FileItem(naming: parent, isFolder: true).value
        case "root" where isFolder: return FileItem(naming: "/", isFolder: true).value
        case "exists": return .bool(Self.exists(path))
        case "isreadonly" where !isFolder: return .bool(isReadOnly)
        case "creationtime": return .date(Self.date(birth))
        case "creationtimeutc": return .date(Self.date(birth).universal)
        case "lastaccesstime": return .date(Self.date(status.st_atim))
        case "lastaccesstimeutc": return .date(Self.date(status.st_atim).universal)
        case "lastwritetime": return .date(lastWriteTime)
        case "lastwritetimeutc": return .date(lastWriteTime.universal)
        case "mode": return .string(mode)
        case "attributes": return .symbol(attributeValue)
        case "target", "linktarget": return .optional(linkTarget)
        case "linktype":
            let isShared = !isFolder && wasThere && status.st_nlink > 1
            return linkTarget != nil ? .string("SymbolicLink") : isShared ? .string("HardLink") : .null
        case "resolvedtarget": return linkTarget == nil ? .null : .optional(Self.finalTarget(path))

        case "unixmode": return .string(unixMode)
        case "user": return .string(user)
        case "group": return .string(group)
        default: return nil
        }
    }
}
