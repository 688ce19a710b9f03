import CLinux
package import FerryCore
import Glibc

/// Small files whose whole contents are replaced at once and survive a power cut: either the old bytes or the new ones.
package enum DurableFile {
    /// Writes `bytes` beside `path`, makes them durable, and renames over `path`. On failure the old contents remain.
    package static func replace(_ path: String, with bytes: [UInt8], mode: UInt32 = 0o600) throws(Failure) {
        let name = try FileName(of: path)
        // One writer at a time is the caller's rule; the number keeps two processes from sharing a temporary file.
        let temporary = "\(name.folder)/.\(name.last).\(getpid()).new"
        do throws(Failure) {
            let file = try Descriptor.open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: mode)
            try file.writeAll(bytes, path: temporary)
            try file.makeDurable(path: temporary)
            // SAFETY: both paths are zero-terminated copies that outlive the call.
            guard unsafe rename(temporary, path) == 0 else {
                throw Failure(errno: errno, "replace \(path)", target: path)
            }
            try Folder.makeDurable(name.folder)
        } catch {
            // SAFETY: a zero-terminated copy. Missing is as good as removed.
            _ = unsafe unlink(temporary)
            throw error
        }
    }

    /// The whole contents, at most `limit` bytes; a longer file is a failure, never a truncated value.
    package static func read(_ path: String, limit: Int = 16 << 20) throws(Failure) -> [UInt8] {
        try Descriptor.open(path, O_RDONLY).readAll(limit: limit, path: path)
    }

    /// As `read`, nil when there is no such file.
    package static func readIfPresent(_ path: String, limit: Int = 16 << 20) throws(Failure) -> [UInt8]? {
        do throws(Failure) {
            return try read(path, limit: limit)
        } catch  where error.is(LinuxFault.notFound) {
            return nil
        }
    }

    /// Removes the file durably. It need not exist.
    package static func remove(_ path: String) throws(Failure) {
        let name = try FileName(of: path)
        // SAFETY: a zero-terminated copy that outlives the call.
        guard unsafe unlink(path) == 0 else {
            if errno == ENOENT { return }
            throw Failure(errno: errno, "remove \(path)", target: path)
        }
        try Folder.makeDurable(name.folder)
    }
}
