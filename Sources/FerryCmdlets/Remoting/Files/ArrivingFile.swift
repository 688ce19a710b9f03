import FerryEngine
import Glibc
import Synchronization

/// A file that is written beside the one it will be: whoever looks sees the old contents or all of the new ones.
final class ArrivingFile: Sendable {
    private struct State {
        /// −1 once the file has arrived or was discarded.
        var descriptor: Int32
        var length: Int64 = 0
    }

    /// The id of the errors: .NET's input and output, on either side of a session.
    static let errorID = "CopyItemRemotelyIOError"

    /// `UTIME_OMIT`, a macro that Swift does not see: the time of the last access is left alone.
    private static let asItIs = (1 << 30) - 2

    /// Where it will be, links resolved.
    let path: String
    let id = GUID().text
    private let temporary: String
    private let state: Mutex<State>

    /// - Parameters:
    ///   - path: absolute. A file that is there keeps its permissions, and must be writable unless `force`.
    ///   - mode: permissions of a new file, less those the process takes away.
    /// - Throws: when nothing can be written there, or what is there is no plain file.
    init(at path: String, mode: UInt32, force: Bool) throws(Stop) {
        let before = FileItem.status(of: path, followingLinks: true)
        self.path = before == nil ? path : Self.resolved(path)
        if let before {
            guard before.st_mode & S_IFMT == S_IFREG else { throw Self.noFile(path) }
            let isWritable = unsafe access(self.path, W_OK) == 0
            guard force || isWritable else { throw Self.stop(EACCES, path, "write") }
        }
        let folder = Self.folder(of: self.path)
        guard FileItem.isFolder(folder) else { throw Self.stop(ENOENT, path, "write") }
        temporary = (folder == "/" ? "" : folder) + "/.ferry-\(id).new"
        let descriptor = unsafe open(
            temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, before.map { _ in 0o600 } ?? mode_t(mode & 0o777))
        guard descriptor >= 0 else { throw Self.stop(errno, path, "write") }
        state = Mutex(State(descriptor: descriptor))
        if let before, fchmod(descriptor, before.st_mode & 0o777) != 0 {
            let code = errno
            discard()
            throw Self.stop(code, path, "write")
        }
    }

    deinit { discard() }

    static func stop(_ code: Int32, _ path: String, _ action: String) -> Stop {
        FileChange.stop(code, path, id: errorID, doing: action)
    }

    static func noFile(_ path: String) -> Stop {
        .error(
            ErrorRecord(
                ExceptionObject(
                    "System.IO.IOException", "A file is required for the operation. The item '\(path)' is not a file."),
                errorID: errorID, category: .invalidArgument, target: .string(path)))
    }

    private static func resolved(_ path: String) -> String {
        // SAFETY: realpath allocates the result, which is freed after it was copied.
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    static func folder(of path: String) -> String {
        let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        return folder.isEmpty ? "/" : String(folder)
    }

    /// - Throws: what the disk says; the file has to be discarded then.
    func append(_ bytes: [UInt8]) throws(Stop) {
        let result = state.withLock { state -> Result<Void, Stop> in
            guard state.descriptor >= 0 else { return .failure(Self.stop(EBADF, path, "write")) }
            do throws(Stop) {
                try FileChange.write(bytes[...], to: state.descriptor, path: path, id: Self.errorID)
                state.length += Int64(bytes.count)
                return .success(())
            } catch { return .failure(error) }
        }
        try result.get()
    }

    /// Makes it the file, once its bytes are on the disk.
    ///
    /// - Parameters:
    ///   - length: what the other side has sent, in bytes.
    ///   - written: when the original was last changed.
    /// - Throws: what the disk says, or that bytes are missing; nothing has changed then.
    func complete(length: Int64, written: timespec) throws(Stop) {
        let result = state.withLock { state -> Result<Void, Stop> in
            guard state.descriptor >= 0 else { return .failure(Self.stop(EBADF, path, "write")) }
            guard state.length == length else { return .failure(missing(length, of: state.length)) }
            let times = [timespec(tv_sec: 0, tv_nsec: Self.asItIs), written]
            // SAFETY: two times are what the call reads; the paths are copies that outlive their call.
            guard unsafe futimens(state.descriptor, times) == 0, fsync(state.descriptor) == 0,
                unsafe rename(temporary, path) == 0
            else { return .failure(Self.stop(errno, path, "write")) }
            _ = close(state.descriptor)
            state.descriptor = -1
            return .success(())
        }
        try result.get()
        let folder = unsafe open(Self.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw Self.stop(errno, path, "write") }
        defer { _ = close(folder) }
        // Some file systems have nothing to make durable there.
        guard fsync(folder) == 0 || errno == EINVAL else { throw Self.stop(errno, path, "write") }
    }

    private func missing(_ wanted: Int64, of length: Int64) -> Stop {
        .error(
            ErrorRecord(
                ExceptionObject(
                    "System.IO.IOException", "The file '\(path)' was not written: \(length) of \(wanted) bytes came."),
                errorID: Self.errorID, category: .writeError, target: .string(path)))
    }

    /// Nothing is left of it, unless it has arrived. Idempotent.
    func discard() {
        state.withLock { state in
            guard state.descriptor >= 0 else { return }
            _ = close(state.descriptor)
            state.descriptor = -1
            // SAFETY: a zero-terminated copy. Missing is as good as removed.
            _ = unsafe unlink(temporary)
        }
    }
}
