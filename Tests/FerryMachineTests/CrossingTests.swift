import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

extension Tag {
    /// Takes more than a second.
    @Tag static var slow: Self
}

/// Machines that move between two hosts, real QEMU on both, under load all the time.
@Suite(
    .tags(.slow), .serialized, .needs(.qemu, .root, .kernelTracker), .needs(CounterGuest.requirements))
struct CrossingTests {
    /// What a machine must be after any number of moves.
    ///
    /// - Parameter isFirstLife: it has not been rebooted, which begins the records on its disk anew.
    static func check(
        _ id: String, _ guest: CounterGuest, on host: TestHost, notOn other: TestHost, isFirstLife: Bool = true
    ) throws {
        #expect(try host.machine(id).report.state == .running)
        #expect(other.runtime.machines.machineIfPresent(id) == nil, "nothing of it is left at the other host")
        let (counters, logFault) = try host.paused(id) {
            (
                try guest.counters(in: host.memoryFile(id)),
                guest.writes && isFirstLife ? try CounterGuest.logFault(image: host.disk(id)) : nil
            )
        }
        #expect(counters.fault == nil)
        #expect(logFault == nil)
        #expect(
            try eventually { try guest.counters(in: host.memoryFile(id)).total > counters.total + 100 },
            "it goes on counting")
        #expect(try CounterGuest.complaint(console: host.console(id)) == nil)
    }

    private static func loaded() -> CounterGuest {
        var guest = CounterGuest()
        guest.reads = true
        guest.writes = true
        return guest
    }

    @Test func `a machine under load moves there and back, twice, reboots there, and its disk is whole`() async throws {
        let pair = try await HostPair()
        defer { pair.close() }
        let guest = Self.loaded()
        let id = try await pair.startCounter(guest, on: pair.left)
        for _ in 0..<2 {
            let there = try await pair.move(id, from: pair.left, to: pair.right)
            #expect(there.status == .completed)
            try Self.check(id, guest, on: pair.right, notOn: pair.left)
            try await pair.move(id, from: pair.right, to: pair.left)
            try Self.check(id, guest, on: pair.left, notOn: pair.right)
        }
        try await pair.move(id, from: pair.left, to: pair.right)
        // A reboot reads what a running guest never does: option ROMs, the boot sector, the firmware's tables.
        let starts = try DurableFile.read(pair.right.console(id)).count { $0 == UInt8(ascii: "R") }
        try pair.right.machine(id).requireQEMU().qmp().execute("system_reset")
        try CounterGuest.waitUntilCounting(console: pair.right.console(id), occurrence: starts + 1)
        try Self.check(id, guest, on: pair.right, notOn: pair.left, isFirstLife: false)

        let disk = try pair.right.disk(id)
        _ = try await pair.right.connection.complete(
            StopMachineRequest(machine: id, turnOff: true, force: false))
        #expect(try CounterGuest.newestRecord(image: disk) > 0)
        #expect(try Folder.names(in: "\(pair.left.folder)/disks").isEmpty, "the source's image went with the machine")
    }

    @Test func `between load and cont memory and disk are the same on both hosts, byte for byte`() async throws {
        let digests = Box<[(String, String)]>([])
        let paths = Box<[(source: String, target: String)]>([])
        var options = TestHost.Options()
        options.tuning.probe = MoveProbe { point in
            guard point.isPoint(.after, .deviceState, side: .target) else { return }
            for pair in paths.current {
                let source = (try? FileDigest.sha256(pair.source)) ?? "no source"
                let target = (try? FileDigest.sha256(pair.target)) ?? "no target"
                digests.update { $0.append((source, target)) }
            }
        }
        let pair = try await HostPair(left: options, right: options)
        defer { pair.close() }
        let guest = Self.loaded()
        let id = try await pair.startCounter(guest, on: pair.left)
        for (source, target) in [(pair.left, pair.right), (pair.right, pair.left)] {
            let disk = try source.disk(id)
            let name = disk.split(separator: "/").last.map(String.init) ?? ""
            paths.current = [
                (source.memoryPath(id), target.memoryPath(id)), (disk, "\(target.folder)/disks/\(name)"),
            ]
            digests.current = []
            try await pair.move(id, from: source, to: target)
            #expect(try target.disk(id) == "\(target.folder)/disks/\(name)")
            #expect(digests.current.count == 2)
            for (source, target) in digests.current { #expect(source == target) }
        }
    }

    @Test func `from the freeze to cont nobody runs, and afterwards only the target does`() async throws {
        let guest = CounterGuest()
        let pair = try await HostPair(left: Self.options(), right: Self.options())
        let runner = OneRunner(guest)
        defer {
            runner.close()
            pair.close()
        }
        let id = try await pair.startCounter(guest, on: pair.left)
        Self.watch(id, runner, pair)
        try await pair.move(id, from: pair.left, to: pair.right)
        #expect(runner.violations.isEmpty)
        try Self.check(id, guest, on: pair.right, notOn: pair.left)
    }

    @Test(.needs(.kvm)) func `a machine under KVM moves there and back`() async throws {
        var options = TestHost.Options()
        options.accelerator = .kvm
        let pair = try await HostPair(left: options, right: options)
        defer { pair.close() }
        var guest = CounterGuest()
        guest.countedMebibytes = 2
        let id = try await pair.startCounter(guest, on: pair.left)
        for (source, target) in [(pair.left, pair.right), (pair.right, pair.left)] {
            try await pair.move(id, from: source, to: target)
            try Self.check(id, guest, on: target, notOn: source)
        }
    }

    @Test(.needs(.debian13), arguments: [(false, true), (true, false), (true, true)])
    func `a machine moves between QEMU 7.2 and 10.0, in each direction, and reboots there`(
        versions: (left: Bool, right: Bool)
    ) async throws {
        var (left, right) = (TestHost.Options(), TestHost.Options())
        if versions.left { left.debian = Requirement.debian13Folder }
        if versions.right { right.debian = Requirement.debian13Folder }
        let pair = try await HostPair(left: left, right: right)
        defer { pair.close() }
        let guest = Self.loaded()
        let id = try await pair.startCounter(guest, on: pair.left)
        try await pair.move(id, from: pair.left, to: pair.right)
        try Self.check(id, guest, on: pair.right, notOn: pair.left)
        // The console began anew with the machine's arrival.
        try pair.right.machine(id).requireQEMU().qmp().execute("system_reset")
        try CounterGuest.waitUntilCounting(console: pair.right.console(id))
        try Self.check(id, guest, on: pair.right, notOn: pair.left, isFirstLife: false)
    }

    @Test func `a runtime that starts again takes over a running machine and moves it`() async throws {
        let pair = try await HostPair()
        defer { pair.close() }
        let guest = Self.loaded()
        let id = try await pair.startCounter(guest, on: pair.left)
        let before = try pair.left.machine(id).requireQEMU().process.pid
        try pair.left.restart()
        #expect(try pair.left.machine(id).requireQEMU().process.pid == before)
        try await pair.move(id, from: pair.left, to: pair.right)
        try Self.check(id, guest, on: pair.right, notOn: pair.left)
    }

    // MARK: - Watching

    private static let probes = Box<(@Sendable (PhasePoint) -> Void)?>(nil)

    private static func options() -> TestHost.Options {
        var options = TestHost.Options()
        options.tuning.probe = MoveProbe { point in probes.current?(point) }
        return options
    }

    private static func watch(_ id: String, _ runner: OneRunner, _ pair: HostPair) {
        let (source, target) = (pair.left.memoryPath(id), pair.right.memoryPath(id))
        probes.current = { point in
            switch (point.moment, point.phase, point.side) {
            case (.after, .prepare, .target): runner.prepared(target: target)
            case (.before, .ready, .source): runner.settled(source: source)
            case (.after, .deviceState, .target): runner.check("after loading")
            case (.before, .cont, .target): runner.check("before cont")
            default: break
            }
        }
    }
}
