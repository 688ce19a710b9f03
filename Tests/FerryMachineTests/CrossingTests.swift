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

    @Test(arguments: [NewMachineRequest.DiskCache.writeback, .none])
    func `a machine under load moves there and back, twice, reboots there, and its disk is whole`(
        cache: NewMachineRequest.DiskCache
    ) async throws {
        let pair = try await HostPair()
        defer { pair.close() }
        let guest = Self.loaded()
        let id = try await pair.startCounter(guest, on: pair.left, cache: cache)
        for _ in 0..<2 {
            let there = try await pair.move(id, from: pair.left, to: pair.right)
            #expect(there.status == .completed)
            #expect((there.barrierTime > .zero) == (cache == .none))
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

    /// What a machine is made of and moved by.
    struct Medium: Sendable, CustomStringConvertible {
        var format = "raw"
        var cache = NewMachineRequest.DiskCache.writeback
        var accelerator = AcceleratorChoice.tcg
        var isQEMU10 = false

        var description: String {
            "\(format), cache \(cache.rawValue), \(accelerator.rawValue), \(isQEMU10 ? "QEMU 10" : "this host's QEMU")"
        }
    }

    @Test(arguments: [
        Medium(), Medium(cache: .none), Medium(format: "qcow2"), Medium(format: "qcow2", cache: .none),
    ])
    func `between load and cont memory and disk are the same on both hosts, byte for byte`(
        medium: Medium
    ) async throws { try await Self.compareBetweenLoadAndCont(medium) }

    @Test(
        .needs(.debian13),
        arguments: [
            Medium(isQEMU10: true), Medium(format: "qcow2", cache: .none, isQEMU10: true),
        ])
    func `between load and cont memory and disk are the same with QEMU 10`(medium: Medium) async throws {
        try await Self.compareBetweenLoadAndCont(medium)
    }

    /// The boot-sector guest; a Linux guest has its clock elsewhere, and KVM may not run one here.
    @Test(.needs(.kvm), arguments: [Medium(accelerator: .kvm), Medium(cache: .none, accelerator: .kvm)])
    func `between load and cont memory and disk are the same under KVM, but for the clock that KVM writes itself`(
        medium: Medium
    ) async throws { try await Self.compareBetweenLoadAndCont(medium) }

    private static func compareBetweenLoadAndCont(_ medium: Medium) async throws {
        let (witness, clockWriter) = (StandstillWitness(), Box<ClockWriter?>(nil))
        var options = TestHost.Options()
        options.accelerator = medium.accelerator
        if medium.isQEMU10 { options.debian = Requirement.debian13Folder }
        options.logsFirmware = true
        options.tuning.probe = MoveProbe { point in
            witness.reached(point)
            if point.isPoint(.after, .firstRound, side: .source) { clockWriter.current?.write() }
        }
        let pair = try await HostPair(left: options, right: options)
        defer { pair.close() }
        if medium.isQEMU10 { #expect(try pair.left.qemuVersion().major == 10) }
        let guest = Self.loaded()
        let image = try Self.makeImage(of: guest, format: medium.format, on: pair.left)
        let id = try await pair.startCounter(guest, on: pair.left, cache: medium.cache, image: image)
        let clock = try pair.left.firmwareLog.clock()
        // QEMU's own emulation has none: there, nothing may differ at any time.
        #expect((clock != nil) == (medium.accelerator == .kvm))
        for (source, target) in [(pair.left, pair.right), (pair.right, pair.left)] {
            try witness.expect(id, from: source, to: target, clock: clock)
            let writer = try clock.map { try ClockWriter(id, on: source, clock: $0) }
            clockWriter.current = writer
            let report = try await pair.move(id, from: source, to: target)
            #expect(report.status == .completed)
            // Direct I/O is waited for before each survey, and nothing else is.
            #expect((report.barrierTime > .zero) == (medium.cache == .none))
            #expect(try target.machine(id).document().disks.map(\.format.rawValue) == [medium.format])
            #expect(witness.findings.map(\.description) == ["before the load: equal", "after the load: equal"])
            #expect(writer?.hasWritten != false)
        }
        #expect(try CounterGuest.complaint(console: pair.left.console(id)) == nil)
    }

    private static func makeImage(of guest: CounterGuest, format: String, on host: TestHost) throws -> String {
        let raw = try guest.makeImage(in: "\(host.folder)/disks", name: "counter.raw")
        guard format != "raw" else { return raw }
        let converted = "\(host.folder)/disks/counter.\(format)"
        _ = try Command(
            try Program.require("qemu-img", package: "qemu-utils"), ["convert", "-O", format, raw, converted]
        ).runSuccessfully()
        try DurableFile.remove(raw)
        try Folder.setMode(converted, 0o666)
        return converted
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

    @Test(.needs(.kvm)) func `a machine under KVM moves there and back under load, and reboots there`() async throws {
        var options = TestHost.Options()
        options.accelerator = .kvm
        let pair = try await HostPair(left: options, right: options)
        defer { pair.close() }
        var guest = Self.loaded()
        guest.countedMebibytes = 2
        let id = try await pair.startCounter(guest, on: pair.left)
        for (source, target) in [(pair.left, pair.right), (pair.right, pair.left), (pair.left, pair.right)] {
            try await pair.move(id, from: source, to: target)
            try Self.check(id, guest, on: target, notOn: source)
        }
        let starts = try DurableFile.read(pair.right.console(id)).count { $0 == UInt8(ascii: "R") }
        try pair.right.machine(id).requireQEMU().qmp().execute("system_reset")
        try CounterGuest.waitUntilCounting(console: pair.right.console(id), occurrence: starts + 1)
        try Self.check(id, guest, on: pair.right, notOn: pair.left, isFirstLife: false)
    }

    @Test(.needs(.debian13, .hostQEMU(major: 7, minor: 2)), arguments: [(7, 10), (10, 7)])
    func `a machine moves between QEMU 7.2 and 10.0, in each direction, and reboots there`(
        versions: (left: Int, right: Int)
    ) async throws { try await Self.moveBetweenReleases(versions.left, versions.right) }

    @Test(.needs(.debian13)) func `a machine moves from QEMU 10.0 to 10.0, and reboots there`() async throws {
        try await Self.moveBetweenReleases(10, 10)
    }

    /// - Parameters: each host's QEMU, by its major number; 10 is the other Debian's.
    private static func moveBetweenReleases(_ leftMajor: Int, _ rightMajor: Int) async throws {
        var (left, right) = (TestHost.Options(), TestHost.Options())
        if leftMajor == 10 { left.debian = Requirement.debian13Folder }
        if rightMajor == 10 { right.debian = Requirement.debian13Folder }
        let pair = try await HostPair(left: left, right: right)
        defer { pair.close() }
        #expect(try pair.left.qemuVersion().major == leftMajor && pair.right.qemuVersion().major == rightMajor)
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
            case (.before, .ready, .source): runner.frozen(source: source)
            case (.after, .deviceState, .target): runner.check("after loading")
            case (.before, .cont, .target): runner.check("before cont")
            default: break
            }
        }
    }
}
