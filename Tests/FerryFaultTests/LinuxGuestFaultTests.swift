import FerryContract
import FerryCore
import FerryHTTP
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// A real Linux guest, with a file system it writes to all the time, through moves on which something dies or falls silent.
@Suite(
    .tags(.slow), .serialized, .needs(.qemu, .root, .kernelTracker),
    .needs(.linuxGuest, .program("mkfs.ext4", package: "e2fsprogs")))
struct LinuxGuestFaultTests {
    private static let faults = [
        PhaseFault(.kill, .after, .prepare, side: .target),
        PhaseFault(.blackHole(.seconds(8)), .before, .ready, side: .source),
        PhaseFault(.kill, .after, .released, side: .source), PhaseFault(.kill, .before, .cont, side: .target),
    ]

    @Test func `a Linux guest goes on through every fault, complains of nothing, and its file system is clean`()
        async throws
    {
        let folder = try TemporaryDirectory()
        try Folder.setMode(folder.path, 0o711)
        let number = Int.random(in: 1...60_000)
        let network = "127.\(1 + number / 250).\(number % 250)"
        let left = try FaultHost("NODE1", address: "\(network).21", in: folder.path)
        let right = try FaultHost("NODE2", address: "\(network).22", in: folder.path)
        defer {
            left.close()
            right.close()
        }
        try await left.start()
        try await right.start()
        try await FaultPair.connect(left, right)
        let id = try await start(on: left)
        for fault in Self.faults {
            let source = try #require(try await owner(of: id, left, right))
            let target = source === left ? right : left
            let faulty = fault.side == .source ? source : target
            try faulty.stop()
            try await faulty.start(PhaseFaultPlan([fault]))
            let outcome = move(id, from: source, to: target).begin()
            #expect(
                try await settles(within: .seconds(120)) { faulty.words.contains("fault plan: \(fault)") }, "\(fault)")
            if fault.action == .kill {
                _ = try faulty.ferryd?.waitForExit(until: .scaled(.seconds(30)))
                try await faulty.start()
            }
            let winner = try #require(try await owner(of: id, left, right), "\(fault) is not settled")
            try await goesOn(id, on: winner, "after \(fault)")
            #expect(await outcome.wait(within: .seconds(60)) != nil)
            let report = try await move(id, from: winner, to: winner === left ? right : left).run()
            #expect(report.status == .completed)
            try await goesOn(id, on: winner === left ? right : left, "moved after \(fault)")
        }
        let last = try #require(try await owner(of: id, left, right))
        let console = try #require(try await last.machine(id)?.consolePath)
        _ = try await last.complete(StopMachineRequest(machine: id, turnOff: false, force: false))
        #expect(try lines(console).contains { $0.contains("disk unmounted") })
        let check = try Command(
            try Program.require("e2fsck", package: "e2fsprogs"), ["-fn", "\(last.disks)/web01.raw"]
        ).run()
        #expect(check.status == .exited(0), "\(check.outputText)")
    }

    /// A machine of 256 MiB with an ext4 disk of 64 MiB; it has written records when this returns.
    private func start(on host: FaultHost) async throws -> String {
        let folder = try #require(Requirement.linuxGuestFolder)
        let disk = "\(host.disks)/web01.raw"
        _ = try Command(try Program.require("truncate", package: "coreutils"), ["--size=64M", disk]).runSuccessfully()
        _ = try Command(try Program.require("mkfs.ext4", package: "e2fsprogs"), ["-q", disk]).runSuccessfully()
        var request = NewMachineRequest(name: "web01", memoryStartup: .mebibytes(256))
        request.disk = .existing(path: disk)
        request.network = .none
        request.kernel = NewMachineRequest.KernelBoot(
            kernelPath: "\(folder)/vmlinuz", initrdPath: "\(folder)/initrd.img",
            commandLine: "console=ttyS0 quiet panic=-1 disk=yes counter=16 rate=20 fill=32 beat=20")
        let id = try await host.connection.send(request).id
        _ = try await host.complete(StartMachineRequest(machine: id))
        try await goesOn(id, on: host, "booted")
        return id
    }

    private func move(_ id: String, from source: FaultHost, to target: FaultHost) -> PairMove {
        PairMove(
            connection: source.connection,
            request: MoveMachineRequest(
                machine: id, destinationHost: target.name, includeStorage: true, destinationStoragePath: target.disks,
                retainDisksOnSource: false))
    }

    /// It writes one more record, and has nothing to complain of.
    private func goesOn(_ id: String, on host: FaultHost, _ moment: String) async throws {
        let console = try #require(try await host.machine(id)?.consolePath)
        let before = try lines(console).count { $0.hasPrefix("record ") }
        #expect(
            try await settles(within: .seconds(240)) { try lines(console).count { $0.hasPrefix("record ") } > before },
            "\(moment): no record was written")
        let complaints = try lines(console).filter {
            $0.contains("WRONG") || $0.contains("Kernel panic") || $0.contains("EXT4-fs error")
        }
        #expect(complaints.isEmpty, "\(moment)")
    }

    private func lines(_ console: String) throws -> [String] {
        guard let bytes = try DurableFile.readIfPresent(console) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    }

    /// The one host that has it, running and not moving, once neither has an open move; nil when that never came.
    private func owner(of id: String, _ left: FaultHost, _ right: FaultHost) async throws -> FaultHost? {
        var found: FaultHost?
        _ = try await settles(within: .seconds(90)) {
            var owners: [FaultHost] = []
            var open = 0
            for host in [left, right] {
                // A host that swallows everything now answers its own administrator all the same.
                open += try await host.openMigrations().count
                if let machine = try await host.machine(id), machine.state == .running, machine.activity == .ok {
                    owners.append(host)
                }
            }
            if open == 0, owners.count == 1 { found = owners.first }
            return found != nil
        }
        return found
    }
}
