import CLinux
package import FerryCore

/// What the file system knows of a file. Two paths with equal `device` and `inode` are one file.
package struct FileIdentity: Hashable, Sendable {
    package let device: UInt64
    package let inode: UInt64
    /// Bytes, holes included.
    package let size: UInt64
    /// Bytes that take room.
    package let allocated: UInt64
    package let mode: UInt32
    package let owner: UInt32
    package let group: UInt32

    private init(_ raw: ferry_file_identity) {
        device = raw.device
        inode = raw.inode
        size = raw.size
        allocated = raw.blocks * 512
        mode = raw.mode
        owner = raw.owner
        group = raw.group
    }

    package var isFolder: Bool { mode & 0o170000 == 0o040000 }
    package var isRegularFile: Bool { mode & 0o170000 == 0o100000 }
    package var isLink: Bool { mode & 0o170000 == 0o120000 }
    package var isSocket: Bool { mode & 0o170000 == 0o140000 }
    package var permissions: UInt32 { mode & 0o7777 }

    package func isSameFile(as other: FileIdentity) -> Bool { device == other.device && inode == other.inode }

    /// - Parameter followingLinks: false looks at a symbolic link itself.
    package static func of(_ path: String, followingLinks: Bool = true) throws(Failure) -> FileIdentity {
        var raw = ferry_file_identity()
        // SAFETY: a zero-terminated copy of the path and a local structure of the type the call fills.
        let result = unsafe ferry_identify_path(path, followingLinks ? 1 : 0, &raw)
        guard result == 0 else { throw Failure(errno: result, "look at \(path)", target: path) }
        return FileIdentity(raw)
    }

    /// nil when there is no such file.
    package static func ifPresent(_ path: String, followingLinks: Bool = true) throws(Failure) -> FileIdentity? {
        do throws(Failure) {
            return try of(path, followingLinks: followingLinks)
        } catch  where error.is(LinuxFault.notFound) || error.is(LinuxFault.notAFolder) {
            return nil
        }
    }

    fileprivate static func of(raw number: Int32, path: String) throws(Failure) -> FileIdentity {
        var raw = ferry_file_identity()
        // SAFETY: a local structure of the type the call fills.
        let result = unsafe ferry_identify(number, &raw)
        guard result == 0 else { throw Failure(errno: result, "look at \(path)", target: path) }
        return FileIdentity(raw)
    }
}

extension Descriptor {
    package borrowing func identity(path: String) throws(Failure) -> FileIdentity {
        try withRaw { (number) throws(Failure) in try FileIdentity.of(raw: number, path: path) }
    }
}

extension SharedDescriptor {
    func identity(path: String) throws(Failure) -> FileIdentity {
        try withRaw { (number) throws(Failure) in try FileIdentity.of(raw: number, path: path) }
    }
}
