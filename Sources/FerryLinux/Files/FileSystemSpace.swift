import CLinux
package import FerryCore

/// How much room the file system of a path has.
package struct FileSystemSpace: Sendable {
    package let capacity: ByteCount
    /// For users without privilege.
    package let available: ByteCount
    package let isTmpfs: Bool

    package static func of(_ path: String) throws(Failure) -> FileSystemSpace {
        var raw = ferry_space()
        // SAFETY: a zero-terminated copy of the path and a local structure of the type the call fills.
        let result = unsafe ferry_file_system_space(path, &raw)
        guard result == 0 else { throw Failure(errno: result, "measure the space of \(path)", target: path) }
        return FileSystemSpace(
            capacity: ByteCount(raw.capacity), available: ByteCount(raw.available), isTmpfs: raw.kind == FERRY_TMPFS)
    }
}
