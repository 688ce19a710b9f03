import Glibc

/// `PSDriveInfo`: a name that paths begin with.
package final class DriveObject: Object {
    package let name: String
    private let root: String
    package let provider: String
    private let details: String
    private let place: String

    package init(name: String, provider: String, root: String, place: String = "", description: String = "") {
        self.name = name
        self.provider = provider
        self.root = root
        self.place = place
        details = description
    }

    package convenience init(_ drive: FileDrive) {
        self.init(
            name: drive.name, provider: "FileSystem", root: drive.name == "Temp" ? drive.root + "/" : drive.root,
            place: drive.current, description: drive.description)
    }

    /// One of the session's own: `Env`.
    package convenience init(session name: String) {
        self.init(name: name, provider: Self.provider(of: name), root: "")
    }

    /// The whole file system's.
    package static var fileSystem: DriveObject { DriveObject(name: "/", provider: "FileSystem", root: "/") }

    static func provider(of drive: String) -> String { drive.folded == "env" ? "Environment" : drive }

    private static let type = RuntimeType("System.Management.Automation.PSDriveInfo")
    package override var typeName: RuntimeType { Self.type }
    package override var text: String { name }
    package override func isEqual(to other: Object) -> Bool {
        (other as? DriveObject).map { $0.name.folded == name.folded } ?? false
    }
    package override var propertyNames: [String] {
        [
            "CurrentLocation", "Name", "Provider", "Root", "Description", "MaximumSize", "Credential", "DisplayRoot",
            "VolumeSeparatedByColon", "Used", "Free",
        ]
    }
    package override func property(_ wanted: String) throws(Stop) -> Value? {
        switch wanted.folded {
        case "name": .string(name)
        case "provider": .object(ProviderObject(provider))
        case "root": .string(root)
        case "currentlocation": .string(place)
        case "description": .string(details)
        case "maximumsize", "displayroot", "credential": .null
        case "volumeseparatedbycolon": .bool(name != "/")
        case "used": space.map { .long($0.used) } ?? .null
        case "free": space.map { .long($0.free) } ?? .null
        default: nil
        }
    }

    /// Bytes of the file system the root is on.
    private var space: (used: Int64, free: Int64)? {
        guard provider == "FileSystem" else { return nil }
        var status = statvfs()
        // SAFETY: statvfs fills the structure it is given.
        guard unsafe statvfs(root, &status) == 0 else { return nil }
        let block = UInt64(status.f_frsize)
        let (all, free) = (UInt64(status.f_blocks) &* block, UInt64(status.f_bavail) &* block)
        return (Int64(clamping: all - min(all, free)), Int64(clamping: free))
    }
}
