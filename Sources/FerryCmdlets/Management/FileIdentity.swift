import Glibc

/// Which file a path leads to, whatever the path: the file system and the number in it.
struct FileIdentity: Hashable {
    private let device: UInt64
    private let node: UInt64

    /// nil when the path leads to nothing.
    init?(_ path: String) {
        var status = stat()
        // SAFETY: stat fills the structure it is given.
        guard unsafe stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        node = UInt64(status.st_ino)
    }
}
