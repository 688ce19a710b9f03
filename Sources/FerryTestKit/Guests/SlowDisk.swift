package import FerryCore
import FerryLinux
import Glibc

/// A disk image whose reads stay in the kernel's hands for a while, as on busy storage.
///
/// A direct read of it has the guest's pages pinned for all that time, and its data lands behind the back of page tables:
/// what the barrier of a move exists for. (FUSE export of a storage daemon with a limit of requests a second.)
package final class SlowDisk {
    /// The image to give to QEMU.
    package let path: String
    private let daemon: ProcessHandle

    package static let requirements: [Requirement] = [
        .root, .program("qemu-storage-daemon", package: "qemu-system-common"), .device("/dev/fuse"),
    ]

    /// - Parameters:
    ///   - image: raw.
    ///   - path: made; the slow view of the image appears there.
    package init(image: String, at path: String, requestsPerSecond: Int, log: String) throws(Failure) {
        self.path = path
        try DurableFile.replace(path, with: [])
        var program = Program(
            try Program.require("qemu-storage-daemon", package: "qemu-system-common"),
            [
                "--blockdev", "driver=file,node-name=file,filename=\(image)",
                "--object", "throttle-group,id=limit,x-iops-total=\(requestsPerSecond)",
                "--blockdev", "driver=throttle,node-name=slow,throttle-group=limit,file=file",
                "--export", "type=fuse,id=export,node-name=slow,mountpoint=\(path),writable=on,allow-other=on",
            ])
        program.output = .appending(log)
        program.error = .appending(log)
        daemon = try program.start()
        let size = try FileIdentity.of(image).size
        let isThere = try eventually { () throws(Failure) in try FileIdentity.ifPresent(path)?.size == size }
        guard isThere, daemon.isAlive else {
            let words = String(decoding: (try? DurableFile.read(log)) ?? [], as: UTF8.self)
            _ = try? daemon.kill()
            throw Failure(LinuxFault.commandFailed, "The slow disk did not appear: \(words)", target: path)
        }
    }

    /// From here on no request ends, as on a file server that is gone, until `answer`.
    package func hang() throws(Failure) { try daemon.send(SIGSTOP) }
    package func answer() throws(Failure) { try daemon.send(SIGCONT) }

    /// Ends the view; the image stays. SIGTERM lets the daemon take its mount away.
    package func close() {
        try? answer()
        _ = try? daemon.terminate(grace: .seconds(10))
    }

    deinit { close() }
}
