import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// A real Linux guest, under load, from boot to an orderly shutdown.
@Suite(.tags(.slow), .serialized, .needs(.qemu, .root, .kernelTracker), .needs(LinuxGuest.requirements))
struct LinuxGuestTests {
    @Test func `a Linux guest moves there and back, reboots there, shuts down, and its file system is clean`()
        async throws
    {
        let witness = StandstillWitness()
        var options = TestHost.Options()
        options.tuning.probe = MoveProbe { witness.reached($0) }
        let pair = try await HostPair(left: options, right: options)
        defer { pair.close() }
        let id = try await LinuxGuest.start(on: pair.left)
        var lastBeat = 0
        for (source, target) in [(pair.left, pair.right), (pair.right, pair.left), (pair.left, pair.right)] {
            try witness.expect(id, from: source, to: target)
            let report = try await pair.move(id, from: source, to: target)
            #expect(report.status == .completed)
            #expect(witness.findings.map(\.description) == ["before the load: equal", "after the load: equal"])
            try LinuxGuest.waitForRecord(on: target.console(id))
            let console = try LinuxGuest.Console(target.console(id))
            #expect(console.complaints.isEmpty)
            // The heartbeat counts without a gap for the guest's whole life; this host has seen it since it arrived.
            let beats = console.numbers("beat")
            #expect(zip(beats, beats.dropFirst()).allSatisfy { $1 == $0 + 1 })
            #expect(beats.first ?? 0 > lastBeat)
            lastBeat = beats.last ?? 0
        }
        let console = try pair.right.console(id)
        let lives = try LinuxGuest.Console(console).lines.count { $0.hasPrefix("guest up") }
        try pair.right.machine(id).requireQEMU().qmp().execute("system_reset")
        #expect(
            try eventually(within: .seconds(240)) {
                try LinuxGuest.Console(console).lines.count { $0.hasPrefix("guest up") } > lives
            }, "it comes up again after a move")
        try LinuxGuest.waitForRecord(on: console)

        let disk = try pair.right.disk(id)
        _ = try await pair.right.connection.complete(StopMachineRequest(machine: id, turnOff: false, force: false))
        let lines = try LinuxGuest.Console(console)
        #expect(lines.complaints.isEmpty)
        #expect(lines.lines.contains { $0.contains("disk unmounted") })
        let check = try Command(try Program.require("e2fsck", package: "e2fsprogs"), ["-fn", disk]).run()
        #expect(check.status == .exited(0), "\(check.outputText)")
    }
}
