import FerryCore
import Glibc

/// The file of a Unix socket: whose it is, who may open it, and whether somebody still answers behind it.
enum LocalSocket {
    /// Makes sure that nobody answers at `path`. A stale socket there is replaced by listening; another file is not.
    ///
    /// - Throws: `HTTPFault.socketInUse` when a living process listens there.
    static func claim(_ path: String) throws(Failure) {
        guard isAnswered(path) else { return }
        throw Failure(
            HTTPFault.socketInUse, "ferryd cannot listen on '\(path)' (socket): another ferryd answers there.",
            target: path)
    }

    /// Gives the socket to root and `group` and nobody else. The peer's credentials are checked as well; this keeps others from
    /// connecting at all.
    static func restrict(_ path: String, group: UInt32?) -> Failure? {
        let mode: mode_t = group == nil ? 0o600 : 0o660
        guard unsafe chmod(path, mode) == 0, unsafe chown(path, geteuid(), group ?? getegid()) == 0 else {
            return Failure(
                HTTPFault.listenFailed,
                "The owner and mode of the socket '\(path)' cannot be set: errno \(errno).", target: path)
        }
        return nil
    }

    static func remove(_ path: String) { unsafe unlink(path) }

    private static func isAnswered(_ path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { buffer in
            unsafe buffer.copyBytes(from: bytes)
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // SAFETY: a sockaddr_un is one of the shapes behind sockaddr, and its own size is passed with it.
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        // A full backlog or a socket we may not open has somebody behind it, too.
        return result == 0 || errno == EAGAIN || errno == EACCES
    }
}
