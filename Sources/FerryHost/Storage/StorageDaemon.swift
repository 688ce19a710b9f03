package import FerryCore
package import FerryLinux
import Glibc
import Synchronization

/// The process that has a planned machine's disk images open while they are written: qemu-storage-daemon, one a move.
///
/// It runs as the guest user and serves the images on a Unix socket in the move's own folder. It must have exited
/// before QEMU
/// takes the images.
package final class StorageDaemon: Sendable {
    package struct Image: Sendable, Hashable {
        /// "disk0": the export's name.
        package var name: String
        package var path: String
        package var format: DiskFormat

        package init(name: String, path: String, format: DiskFormat) {
            self.name = name
            self.path = path
            self.format = format
        }
    }

    package let socket: String
    package let process: ProcessHandle
    private let log: String
    private let isReleased = Mutex(false)

    /// Starts the daemon and waits until it answers.
    ///
    /// - Parameters:
    ///   - socket: unique to the move; `endLeftover` finds the process by it.
    ///   - user: whom the process becomes; nil when ferryd is unprivileged itself.
    ///   - log: file that takes the daemon's words.
    package init(
        images: [Image], socket: String, user: QEMUCommandLine.User?, log: String, configuration: HostConfiguration
    ) throws(Failure) {
        var start = try Self.program(images: images, socket: socket, user: user, configuration)
        start.output = .appending(log)
        start.error = .appending(log)
        start.umask = 0o177
        self.socket = socket
        self.log = log
        process = try start.start()
        do throws(Failure) {
            try awaitAnswer(of: images)
        } catch {
            _ = try? process.kill()
            throw error
        }
    }

    private static func program(
        images: [Image], socket: String, user: QEMUCommandLine.User?, _ configuration: HostConfiguration
    ) throws(Failure) -> Program {
        var arguments: [String] = []
        for image in images {
            arguments += [
                "--blockdev",
                JSONValue.object([
                    "driver": "file", "node-name": .string("\(image.name)-file"),
                    "filename": .string(image.path), "discard": "unmap",
                ]).serialized,
                "--blockdev",
                JSONValue.object(
                    [
                        "driver": .string(image.format.rawValue), "node-name": .string(image.name),
                        "file": .string("\(image.name)-file"), "discard": "unmap",
                    ].merging(image.format == .qcow2 ? ["backing": .null] : [:]) { $1 }
                ).serialized,
            ]
        }
        arguments += ["--nbd-server", argument(naming: socket) + ",max-connections=0"]
        for image in images {
            arguments += [
                "--export",
                JSONValue.object([
                    "type": "nbd", "id": .string(image.name), "node-name": .string(image.name),
                    "name": .string(image.name),
                    "writable": true,
                ]).serialized,
            ]
        }
        let daemon = try configuration.program(configuration.storageDaemon, arguments)
        guard let user else { return daemon }
        // The daemon cannot change its user itself. setpriv looks for it where `program` has just found it.
        return try configuration.program(
            "setpriv",
            [
                "--reuid=\(user.userID)", "--regid=\(user.groupID)", "--clear-groups", "--no-new-privs",
                "--inh-caps=-all", "--",
                configuration.storageDaemon,
            ] + arguments)
    }

    /// As it stands in the process's command line; a comma separates options, two are one comma.
    private static func argument(naming socket: String) -> String {
        "addr.type=unix,addr.path=\(socket.split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",,"))"
    }

    private func awaitAnswer(of images: [Image]) throws(Failure) {
        let deadline = Deadline.after(.seconds(30))
        while true {
            do throws(Failure) {
                for image in images {
                    try NBDConnection(socket: socket, export: image.name, deadline: .seconds(10)).close()
                }
                return
            } catch {
                guard process.isAlive, !deadline.hasPassed else {
                    let words = (try? DurableFile.read(log, limit: 1 << 20)).map {
                        String(decoding: $0.suffix(400), as: UTF8.self)
                    }
                    throw Failure(
                        StorageFault.storageDaemonFailed,
                        "The storage daemon for \(images.map(\.path).joined(separator: ", ")) did not start: \(words ?? "")",
                        target: images.first?.path, cause: error)
                }
                pauseBriefly()
            }
        }
    }

    /// Ends the process in order and returns once it is gone and everything is written. Idempotent.
    ///
    /// - Throws: `storageDaemonFailed` when it did not end well; the images are then not to be used.
    package func release(within limit: Duration = .seconds(30)) throws(Failure) {
        guard !isReleased.withLock({ $0 }) else { return }
        let status: ExitStatus
        do throws(Failure) {
            try process.send(SIGTERM)
            status = try process.waitForExit(until: .after(limit))
        } catch {
            _ = try? process.kill()
            throw Failure(
                StorageFault.storageDaemonFailed, "The storage daemon of socket \(socket) did not end within \(limit).",
                cause: error)
        }
        guard status.isSuccess else {
            throw Failure(
                StorageFault.storageDaemonFailed,
                "The storage daemon of socket \(socket) \(status) instead of closing the disks.")
        }
        isReleased.withLock { $0 = true }
    }

    /// Ends the process without ceremony. Idempotent.
    package func destroy() throws(Failure) {
        try process.kill()
    }

    /// Ends a daemon that an earlier life of ferryd started for `socket`. None is no failure.
    package static func endLeftover(socket: String) throws(Failure) {
        let wanted = argument(naming: socket)
        for name in try Folder.names(in: "/proc") {
            guard let pid = Int32(name), let words = try? DurableFile.read("/proc/\(name)/cmdline", limit: 1 << 20)
            else { continue }
            let isIt = words.split(separator: 0).contains { String(decoding: $0, as: UTF8.self).hasPrefix(wanted) }
            guard isIt, let process = try? ProcessHandle.of(pid) else { continue }
            // Read again: the number may have been given to another process meanwhile.
            guard let again = try? DurableFile.read("/proc/\(name)/cmdline", limit: 1 << 20), again == words else {
                continue
            }
            try process.kill()
        }
    }
}
