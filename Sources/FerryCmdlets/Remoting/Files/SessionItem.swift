import FerryEngine
import Glibc

/// A file or folder as the two sides of a copy through a session tell each other of it. Links are what they lead to.
struct SessionItem {
    enum Kind: String {
        case file = "File"
        case folder = "Folder"
        /// Devices, pipes, links to nothing: what cannot be copied.
        case other = "Other"
    }

    /// Absolute, on its own host.
    var path: String
    var name: String
    var kind: Kind
    var mode: UInt32
    /// Bytes.
    var length: Int64
    /// When it was last changed.
    var written: timespec
    /// The same for one folder by whatever path it is reached.
    var identity: String

    /// What is at a path of this host; nil when nothing is.
    init?(here path: String) {
        guard let own = FileItem.status(of: path, followingLinks: false) else { return nil }
        let target = FileItem.status(of: path, followingLinks: true)
        let status = target ?? own
        self.path = path
        name = Self.name(of: path)
        kind =
            switch target.map({ $0.st_mode & S_IFMT }) {
            case S_IFREG?: .file
            case S_IFDIR?: .folder
            default: .other
            }
        mode = status.st_mode & 0o777
        length = Int64(status.st_size)
        written = status.st_mtim
        identity = "\(status.st_dev):\(status.st_ino)"
    }

    private static func name(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? "/"
    }

    var value: Value {
        .object(
            CustomObject([
                ("Path", .string(path)), ("Kind", .string(kind.rawValue)), ("Mode", .long(Int64(mode))),
                ("Length", .long(length)), ("Seconds", .long(Int64(written.tv_sec))),
                ("Nanoseconds", .long(Int64(written.tv_nsec))), ("Identity", .string(identity)),
            ]))
    }

    /// As the other side said it; nil for what it cannot mean. Its name is one that lies in no other folder.
    init?(_ value: Value) {
        guard case .object(let object) = value else { return nil }
        func property(_ name: String) -> Value? { object.added?.note(name) ?? (try? object.property(name)) }
        func whole(_ name: String) -> Int64? {
            guard case .number(let number)? = property(name) else { return nil }
            return number.asInt64
        }
        guard case .string(let path)? = property("Path"), path.hasPrefix("/"), !path.utf8.contains(0),
            case .string(let kindName)? = property("Kind"), let kind = Kind(rawValue: kindName),
            let mode = whole("Mode").flatMap({ UInt32(exactly: $0) }), let length = whole("Length"), length >= 0,
            let seconds = whole("Seconds"), let nanoseconds = whole("Nanoseconds"),
            (0..<1_000_000_000).contains(nanoseconds), case .string(let identity)? = property("Identity")
        else { return nil }
        self.path = path
        name = Self.name(of: path)
        guard name != ".", name != ".." else { return nil }
        self.kind = kind
        self.mode = mode & 0o777
        self.length = length
        written = timespec(tv_sec: Int(seconds), tv_nsec: Int(nanoseconds))
        self.identity = identity
    }
}
