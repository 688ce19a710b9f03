import FerryContract
import FerryCore
import FerryLinux
import FerryTestKit

/// The small Linux guest of `examples/guest`: counts, keeps records on its disk, and checks all of it by itself. Its console says
/// `WRONG` the moment anything is not what was written.
enum LinuxGuest {
    static let requirements: [Requirement] = [.linuxGuest, .program("mkfs.ext4", package: "e2fsprogs")]

    /// Lines of its console.
    struct Console {
        let lines: [String]

        init(_ path: String) throws {
            let text = String(decoding: try DurableFile.read(path), as: UTF8.self)
            lines = text.split(whereSeparator: \.isNewline).map(String.init)
        }

        /// What it complains of; panics of its kernel count.
        var complaints: [String] {
            lines.filter { $0.contains("WRONG") || $0.contains("Kernel panic") || $0.contains("EXT4-fs error") }
        }

        /// The numbers after `word`, in order.
        func numbers(_ word: String) -> [Int] {
            lines.compactMap { line in
                let parts = line.split(separator: " ")
                return parts.count >= 2 && parts[0] == word ? Int(parts[1]) : nil
            }
        }
    }

    /// A machine of 256 MiB on `host` with an ext4 disk of 64 MiB; it has written records when this returns.
    static func start(on host: TestHost, name: String = "web01") async throws -> String {
        guard let folder = Requirement.linuxGuestFolder else { return "" }
        let disk = "\(host.folder)/disks/\(name).raw"
        _ = try Command(try Program.require("truncate", package: "coreutils"), ["--size=64M", disk]).runSuccessfully()
        _ = try Command(try Program.require("mkfs.ext4", package: "e2fsprogs"), ["-q", disk]).runSuccessfully()
        var request = NewMachineRequest(name: name, memoryStartup: .mebibytes(256))
        request.disk = .existing(path: disk)
        request.network = .none
        request.kernel = NewMachineRequest.KernelBoot(
            kernelPath: "\(folder)/vmlinuz", initrdPath: "\(folder)/initrd.img",
            commandLine: "console=ttyS0 quiet panic=-1 disk=yes counter=16 rate=20 fill=32 beat=20")
        let report = try await host.connection.send(request)
        _ = try await host.connection.complete(StartMachineRequest(machine: report.id))
        try waitForRecord(on: try host.console(report.id), within: .seconds(240))
        return report.id
    }

    /// Waits for more records than there are, on the console of the host that runs it.
    static func waitForRecord(on console: String, within limit: Duration = .seconds(120)) throws {
        let before = try FileIdentity.ifPresent(console) == nil ? 0 : try Console(console).numbers("record").count
        let grows = try eventually(within: limit) {
            try FileIdentity.ifPresent(console) != nil && Console(console).numbers("record").count > before
        }
        guard grows else {
            let last = ((try? Console(console))?.lines ?? []).suffix(5).joined(separator: " | ")
            throw Failure(
                LinuxFault.timedOut, "The guest wrote no record; its console ends with: \(last)", target: console)
        }
    }
}
