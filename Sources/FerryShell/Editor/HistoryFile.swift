import Foundation
import Glibc

/// The commands typed at the prompt, in a file that every session of the user appends to and reads from.
///
/// Shape: one command after another, each line of a command but its last ending in a backtick. Mode 0600. Writers hold a lock on
/// `PATH.lock` meanwhile, so that no command tears another, and one that a session added shows in the others before their next
/// prompt. The file keeps `limit` commands; when a quarter more have come, the oldest are dropped.
///
/// What looks like a secret is not written: commands that name passwords, tokens and keys.
package final class HistoryFile {
    private let path: String
    private let limit: Int
    /// How much of the file this session knows.
    private var offset: UInt64 = 0
    private var count = 0
    /// Which file `offset` is of: another session may have replaced it by a shorter one.
    private var identity: ino_t = 0
    /// Whether the last look for the lock found it.
    private var lockWasFree = true

    package init(path: String, limit: Int = 4096) {
        self.path = path
        self.limit = limit
    }

    /// `$XDG_STATE_HOME/ferry/history.txt`, else `~/.local/state/ferry/history.txt`; nil when its folder cannot be made. A variable
    /// that is empty or no absolute path counts as not set, as the XDG Base Directory Specification says.
    package static func path(_ environment: [String: String]) -> String? {
        guard let home = environment["HOME"] else { return nil }
        let named = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let folder = (named ?? home + "/.local/state") + "/ferry"
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            return folder + "/history.txt"
        } catch {
            return nil
        }
    }

    /// What this or other sessions added since the last look, oldest first.
    package func added() -> [String] {
        var status = stat()
        // SAFETY: stat fills the structure it is given.
        guard unsafe stat(path, &status) == 0 else { return [] }
        if status.st_ino != identity || UInt64(status.st_size) < offset {
            // The first look, or another session put a shortened file in its place, of which this one knows all but what the
            // other added last.
            let isFirst = identity == 0
            if isFirst { makePrivate(status) }
            identity = status.st_ino
            offset = isFirst ? 0 : UInt64(status.st_size)
            count = isFirst ? 0 : limit
        }
        guard UInt64(status.st_size) > offset, let handle = FileHandle(forReadingAtPath: path) else { return [] }
        defer { try? handle.close() }
        guard (try? handle.seek(toOffset: offset)) != nil, let data = try? handle.read(upToCount: Self.readLimit),
            let end = data.lastIndex(of: UInt8(ascii: "\n"))
        else { return [] }
        let text = data[...end]
        offset += UInt64(text.count)
        let commands = Self.commands(in: String(decoding: text, as: UTF8.self))
        count += commands.count
        return commands
    }

    private static let readLimit = 16 << 20

    /// Adds one command.
    ///
    /// - Returns: what other sessions added before it. What cannot be written is kept by the session alone.
    package func append(_ command: String) -> [String] {
        guard let lock = lock() else { return added() }
        defer { _ = close(lock) }
        let others = added()
        if Self.isSecret(command) { return others }
        let bytes = Array(
            (command.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "`\n") + "\n").utf8)
        let descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return others }
        // Somebody may have put the file there, for all to read.
        _ = fchmod(descriptor, 0o600)
        // SAFETY: as many bytes as the array has.
        let written = unsafe write(descriptor, bytes, bytes.count)
        var status = stat()
        if written == bytes.count, unsafe fstat(descriptor, &status) == 0 {
            offset = UInt64(status.st_size)
            identity = status.st_ino
            count += 1
        }
        _ = close(descriptor)
        if count > limit + limit / 4 { shorten() }
        return others
    }

    /// The newest `limit` commands in a new file, put in the old one's place. The lock is held.
    private func shorten() {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return }
        let kept = Self.commands(in: text).suffix(limit)
        let lines = kept.map {
            $0.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "`\n") + "\n"
        }
        let bytes = Array(lines.joined().utf8)
        let new = path + ".new"
        let descriptor = unsafe open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        _ = fchmod(descriptor, 0o600)
        // SAFETY: as many bytes as the array has.
        let isWhole = unsafe write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        var status = stat()
        _ = unsafe fstat(descriptor, &status)
        _ = close(descriptor)
        // SAFETY: C strings for the calls.
        guard isWhole, unsafe rename(new, path) == 0 else { return _ = unsafe unlink(new) }
        offset = UInt64(bytes.count)
        identity = status.st_ino
        count = kept.count
    }

    /// Commands are nobody else's to read.
    private func makePrivate(_ status: stat) {
        guard status.st_mode & 0o077 != 0, status.st_mode & S_IFMT == S_IFREG else { return }
        // SAFETY: a C string for the call.
        _ = unsafe chmod(path, 0o600)
    }

    /// How long a prompt waits for the lock. Nobody holds it longer than one write takes, unless a session is stopped meanwhile.
    package static let lockPatience = Duration.seconds(1)

    /// A descriptor that holds the lock until it is closed; nil when another session does not let go of it. The next time only a
    /// look is taken, until it is free again.
    private func lock() -> Int32? {
        let descriptor = unsafe open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        let deadline = ContinuousClock.now + (lockWasFree ? Self.lockPatience : .zero)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let cause = errno
            guard cause == EINTR || cause == EWOULDBLOCK, ContinuousClock.now < deadline else {
                lockWasFree = false
                _ = close(descriptor)
                return nil
            }
            _ = usleep(10_000)
        }
        lockWasFree = true
        return descriptor
    }

    private static func commands(in text: String) -> [String] {
        var commands: [String] = []
        var open = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasSuffix("`") {
                open += line.dropLast() + "\n"
            } else {
                if !(open + line).isEmpty { commands.append(open + line) }
                open = ""
            }
        }
        return commands
    }

    /// Whether a command names what nobody should find in a file.
    package static func isSecret(_ command: String) -> Bool {
        let text = command.lowercased()
        return ["password", "asplaintext", "token", "apikey", "secret"].contains { text.contains($0) }
    }
}
