/// `PathInfo`: a place as `Get-Location` and `Resolve-Path` give it.
package final class PathObject: Object {
    private let path: String
    private let folder: String
    private let fileDrive: FileDrive?

    /// - Parameters:
    ///   - path: as it is shown: `/srv`, `Logs:/old`, `Env:/`.
    ///   - provider: the same place as its provider knows it, where that differs.
    ///   - drive: the file system's drive it is on, when it is one the session made.
    package init(_ path: String, provider: String? = nil, drive: FileDrive? = nil) {
        self.path = path
        folder = path.hasPrefix("/") || drive != nil ? provider ?? path : ""
        fileDrive = drive
    }

    /// One of the session's own drives; nil for the file system's.
    private var sessionDrive: String? {
        path.hasPrefix("/") || fileDrive != nil ? nil : String(path.prefix { $0 != ":" })
    }
    private static let type = RuntimeType("System.Management.Automation.PathInfo")
    package override var typeName: RuntimeType { Self.type }
    package override var text: String { path }
    package override func isEqual(to other: Object) -> Bool { (other as? PathObject)?.path == path }
    package override var propertyNames: [String] { ["Path", "ProviderPath", "Drive", "Provider"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "path": .string(path)
        case "providerpath": .string(folder)
        case "drive":
            .object(fileDrive.map { DriveObject($0) } ?? sessionDrive.map { DriveObject(session: $0) } ?? .fileSystem)
        case "provider": .object(ProviderObject(sessionDrive.map(DriveObject.provider(of:)) ?? "FileSystem"))
        default: nil
        }
    }
}
