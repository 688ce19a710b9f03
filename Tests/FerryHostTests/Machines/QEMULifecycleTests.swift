import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import Glibc
import Testing

/// Real QEMU, without an operating system: the firmware alone, or the counting guest.
@Suite(.serialized, .needs([.root, .qemu] + CounterGuest.requirements)) struct QEMULifecycleTests {
    private func make(
        _ host: HostFixture, _ name: String = "web01", _ change: (inout NewMachineRequest) -> Void = { _ in }
    ) async throws -> MachineReport {
        var request = NewMachineRequest(name: name, memoryStartup: .mebibytes(64))
        change(&request)
        return try await host.send(request)
    }

    private func counter(_ host: HostFixture, _ cache: NewMachineRequest.DiskCache = .writeback) async throws
        -> MachineReport
    {
        try Folder.create(host.folder.file("vms"), mode: 0o711)
        let image = try CounterGuest().makeImage(in: host.folder.file("vms"))
        return try await make(host) {
            $0.disk = .existing(path: image)
            $0.diskCache = cache
        }
    }

    private func refusal<Value>(_ body: () async throws(Failure) -> Value) async -> Failure? {
        do throws(Failure) {
            _ = try await body()
            return nil
        } catch { return error }
    }

    @Test(arguments: [NewMachineRequest.DiskCache.writeback, .none])
    func `a guest starts, runs as another user, and its power is cut`(cache: NewMachineRequest.DiskCache) async throws {
        let host = try HostFixture()
        defer { host.tearDown() }
        let machine = try await counter(host, cache)
        let started = try await host.complete(StartMachineRequest(machine: machine.id))
        #expect(
            started.state == .running && started.status == "Operating normally"
                && started.memoryAssigned == .mebibytes(64))
        try CounterGuest.waitUntilCounting(console: started.consolePath)
        let qemu = try #require(try host.runtime.machines.machine(machine.id).qemu)
        let status = String(decoding: try DurableFile.read("/proc/\(qemu.process.pid)/status"), as: UTF8.self)
        let guest = try #require(GuestAccount.find("ferry-guest"))
        #expect(status.contains("Uid:\t\(guest.userID)\t\(guest.userID)\t\(guest.userID)\t\(guest.userID)\n"))
        #expect(status.contains("Gid:\t\(guest.groupID)\t\(guest.groupID)\t\(guest.groupID)\t\(guest.groupID)\n"))
        #expect(status.contains("NoNewPrivs:\t1") && status.contains("Seccomp:\t2"))
        #expect(try FileIdentity.of(qemu.record.runtimeFolder).permissions == 0o700)
        #expect(try FileIdentity.of(qemu.record.controlSocket).permissions == 0o600)
        #expect(try FileIdentity.of(host.configuration.memoryFolder).permissions == 0o700)
        let log = String(decoding: try DurableFile.read("\(machine.path)/qemu.log"), as: UTF8.self)
        #expect(log == "", "QEMU complained")
        // The guest counts all the time: one processor of all is busy.
        let isBusy = try await eventuallyAsync { try await host.machine("web01")?.cpuUsage ?? 0 > 0 }
        #expect(isBusy)
        let busy = try #require(try await host.machine("web01"))
        #expect(busy.cpuUsage <= 100 && busy.uptimeSeconds > 0)

        let stopped = try await host.complete(StopMachineRequest(machine: machine.id, turnOff: true, force: false))
        #expect(
            stopped.state == .off && stopped.uptimeSeconds == 0 && stopped.memoryAssigned == .zero
                && stopped.cpuUsage == 0)
        #expect(try Folder.names(in: host.configuration.memoryFolder).isEmpty)
        #expect(try Folder.names(in: host.configuration.runtimeFolder).isEmpty)
        #expect(!qemu.process.isAlive)
        // And again: nothing of the first life is in the way.
        let again = try await host.complete(StartMachineRequest(machine: machine.id))
        #expect(again.state == .running)
        try CounterGuest.waitUntilCounting(console: again.consolePath, occurrence: 2)
    }

    @Test func `what is already so is a warning, what cannot be is E-03`() async throws {
        let host = try HostFixture()
        defer { host.tearDown() }
        let machine = try await make(host)
        let off = try await host.finish(
            try await host.send(StopMachineRequest(machine: machine.id, turnOff: false, force: false)))
        #expect(off.state == .completed && off.warnings == ["The virtual machine is already in the specified state."])
        _ = try await host.complete(StartMachineRequest(machine: machine.id))
        let on = try await host.finish(try await host.send(StartMachineRequest(machine: machine.id)))
        #expect(on.state == .completed && on.warnings == ["The virtual machine is already in the specified state."])
        let failure = await refusal { () async throws(Failure) in
            try await host.send(RemoveMachineRequest(machine: machine.id))
        }
        #expect(
            failure?.message.hasPrefix(
                "The operation cannot be performed while the virtual machine is in its current state.") == true)
        #expect(try await host.machine("web01")?.state == .running)
    }

    @Test func `one thing at a time is done with a machine`() async throws {
        let host = try HostFixture()
        defer { host.tearDown() }
        let report = try await make(host)
        let machine = try host.runtime.machines.machine(report.id)
        let lease = try machine.lease(.move)
        for request in 0..<3 {
            let failure = await refusal { () async throws(Failure) in
                switch request {
                case 0: _ = try await host.send(StartMachineRequest(machine: report.id))
                case 1: _ = try await host.send(StopMachineRequest(machine: report.id, turnOff: true, force: true))
                default: _ = try await host.send(RemoveMachineRequest(machine: report.id))
                }
            }
            #expect(failure?.is(HostFault.invalidState) == true)
            #expect(failure?.message.hasSuffix("It is being moved to another host.") == true)
        }
        lease.report(percent: 45)
        #expect(machine.report.activity == .migratingVirtualMachine)
        lease.end()
        #expect(try await host.complete(StartMachineRequest(machine: report.id)).state == .running)
    }

    @Test func `QEMU killed from outside is noticed within a second and nothing is left`() async throws {
        let host = try HostFixture()
        defer { host.tearDown() }
        let report = try await make(host)
        _ = try await host.complete(StartMachineRequest(machine: report.id))
        let machine = try host.runtime.machines.machine(report.id)
        let pid = try #require(machine.qemu).process.pid
        let start = ContinuousClock.now
        #expect(kill(pid, SIGKILL) == 0)
        #expect(await BlockingWork.isEventually { !machine.isRunning })
        #expect(.now - start < scaled(.seconds(1)))
        #expect(machine.report.state == .off)
        #expect(try Folder.names(in: host.configuration.memoryFolder).isEmpty)
        let events = String(decoding: try DurableFile.read(host.folder.file("state/events.jsonl")), as: UTF8.self)
        #expect(events.contains("QEMU was killed by signal 9 unexpectedly."))
    }

    @Test func `the end of ferryd leaves the guest running and the next life owns it`() async throws {
        let folder = try TemporaryDirectory()
        let first = try HostFixture(folder: folder)
        let report = try await counter(first)
        let started = try await first.complete(StartMachineRequest(machine: report.id))
        try CounterGuest.waitUntilCounting(console: started.consolePath)
        let pid = try #require(try first.runtime.machines.machine(report.id).qemu).process.pid
        let uptime = try #require(try await first.machine("web01")).uptimeSeconds
        first.runtime.stop()
        let next = try LifeAfter(first)
        defer { next.host.tearDown() }
        let machine = try next.host.runtime.machines.machine(report.id)
        #expect(machine.qemu?.process.pid == pid)
        #expect(machine.report.state == .running && machine.report.uptimeSeconds >= uptime)
        let beats = try CounterGuest.heartbeats(console: started.consolePath)
        #expect(try eventually { try CounterGuest.heartbeats(console: started.consolePath) > beats })
        // Owned: its end is noticed, though it is no child of this runtime's making.
        #expect(kill(pid, SIGKILL) == 0)
        #expect(await BlockingWork.isEventually { !machine.isRunning })
        #expect(try Folder.names(in: next.host.configuration.memoryFolder).isEmpty)
    }

    @Test func `a guest that ended while ferryd was away is off and tidied up`() async throws {
        let folder = try TemporaryDirectory()
        let first = try HostFixture(folder: folder)
        let report = try await make(first)
        _ = try await first.complete(StartMachineRequest(machine: report.id))
        let process = try #require(try first.runtime.machines.machine(report.id).qemu).process
        first.runtime.stop()
        try process.kill()
        let next = try LifeAfter(first)
        defer { next.host.tearDown() }
        #expect(try await next.host.machine("web01")?.state == .off)
        #expect(try Folder.names(in: next.host.configuration.memoryFolder).isEmpty)
        #expect(try await next.host.complete(StartMachineRequest(machine: report.id)).state == .running)
    }

    @Test func `a process that was started and never recorded is ended by the next life`() async throws {
        let folder = try TemporaryDirectory()
        let first = try HostFixture(folder: folder)
        let report = try await make(first)
        _ = try await first.complete(StartMachineRequest(machine: report.id))
        let process = try #require(try first.runtime.machines.machine(report.id).qemu).process
        first.runtime.stop()
        // What a crash between starting and recording leaves.
        try DurableFile.remove("\(report.path)/runtime.json")
        let next = try LifeAfter(first)
        defer { next.host.tearDown() }
        #expect(!process.isAlive)
        #expect(try await next.host.machine("web01")?.state == .off)
    }

    @Test func `memory is promised by size, not by use`() async throws {
        let host = try HostFixture { $0.memorySize = .mebibytes(160) }
        defer { host.tearDown() }
        let machines = [try await make(host, "a"), try await make(host, "b"), try await make(host, "c")]
        _ = try await host.complete(StartMachineRequest(machine: machines[0].id))
        _ = try await host.complete(StartMachineRequest(machine: machines[1].id))
        let failure = await refusal { () async throws(Failure) in
            try await host.complete(StartMachineRequest(machine: machines[2].id))
        }
        #expect(
            failure?.message.hasPrefix(
                "Not enough memory in the system to start the virtual machine c with ram size 64 megabytes.") == true)
        _ = try await host.complete(StopMachineRequest(machine: machines[0].id, turnOff: true, force: false))
        #expect(try await host.complete(StartMachineRequest(machine: machines[2].id)).state == .running)
    }

    @Test func `a start that fails leaves the machine off, and tells QEMU's words`() async throws {
        let host = try HostFixture {
            $0.commandLineFilter = { arguments, _ in arguments + ["-device", "no-such-device"] }
        }
        defer { host.tearDown() }
        let report = try await make(host)
        let failure = await refusal { () async throws(Failure) in
            try await host.complete(StartMachineRequest(machine: report.id))
        }
        #expect(failure?.is(HostFault.qemuDidNotStart) == true)
        #expect(failure?.message.contains("no-such-device") == true)
        #expect(try await host.machine("web01")?.state == .off)
        #expect(try Folder.names(in: host.configuration.memoryFolder).isEmpty)
        #expect(try Folder.names(in: host.configuration.runtimeFolder).isEmpty)
    }

    @Test func `a disk that is gone or cannot be reached stops the start`() async throws {
        let host = try HostFixture()
        defer { host.tearDown() }
        let report = try await make(host) { $0.disk = .new(path: "d.qcow2", size: .mebibytes(8)) }
        try Folder.setMode(host.folder.path, 0o700)
        let unreachable = await refusal { () async throws(Failure) in
            try await host.complete(StartMachineRequest(machine: report.id))
        }
        #expect(unreachable?.is(HostFault.attachmentMissing) == true)
        #expect(unreachable?.advice.contains(host.folder.path) == true)
        try Folder.setMode(host.folder.path, 0o711)
        try DurableFile.remove(host.folder.file("vms/d.qcow2"))
        let missing = await refusal { () async throws(Failure) in
            try await host.complete(StartMachineRequest(machine: report.id))
        }
        #expect(missing?.message.contains("(0x80070002)") == true)
        #expect(try await host.machine("web01")?.state == .off)
    }

    @Test func `a guest that does not listen is left alone without force, and its power cut with it`() async throws {
        let host = try HostFixture()
        defer { host.tearDown() }
        let report = try await make(host)
        _ = try await host.complete(StartMachineRequest(machine: report.id))
        let machine = try host.runtime.machines.machine(report.id)
        let patient = await refusal { () async throws(Failure) in
            try await BlockingWork.value("stop") { () throws(Failure) in
                try machine.shutDown(force: false, limit: .milliseconds(300), nil)
            }
        }
        #expect(patient?.is(HostFault.didNotShutDown) == true && machine.isRunning)
        try await BlockingWork.value("stop") { () throws(Failure) in
            try machine.shutDown(force: true, limit: .milliseconds(300), nil)
        }
        #expect(!machine.isRunning)
    }

    @Test func `the power may be cut while somebody waits for the guest, and a cancelled wait leaves it running`()
        async throws
    {
        let host = try HostFixture()
        defer { host.tearDown() }
        let report = try await make(host)
        _ = try await host.complete(StartMachineRequest(machine: report.id))
        let first = try await host.send(StopMachineRequest(machine: report.id, turnOff: false, force: true))
        try host.runtime.cancelOperation(first.id, caller: HostFixture.administrator)
        #expect(try await host.finish(first).state == .cancelled)
        #expect(try await host.machine("web01")?.state == .running)
        let second = try await host.send(StopMachineRequest(machine: report.id, turnOff: false, force: true))
        #expect(try await host.machine("web01")?.state == .stopping)
        #expect(
            try await host.complete(StopMachineRequest(machine: report.id, turnOff: true, force: false)).state == .off)
        #expect(try await host.finish(second).state == .completed)
    }

    @Test func `a guest of generation 2 starts where the firmware is, else the package is named`() async throws {
        let host = try HostFixture()
        defer { host.tearDown() }
        let report = try await make(host) { $0.generation = 2 }
        if try FileIdentity.ifPresent(host.configuration.firmwareCode) != nil {
            #expect(try await host.complete(StartMachineRequest(machine: report.id)).state == .running)
            #expect(try FileIdentity.ifPresent("\(report.path)/nvram.fd") != nil)
        }
        let bare = try HostFixture { $0.firmwareCode = "/nowhere/OVMF_CODE.fd" }
        defer { bare.tearDown() }
        let other = try await make(bare) { $0.generation = 2 }
        let failure = await refusal { () async throws(Failure) in
            try await bare.complete(StartMachineRequest(machine: other.id))
        }
        #expect(failure?.is(HostFault.firmwareMissing) == true && failure?.message.contains("ovmf") == true)
    }

    @Test func `a planned machine waits for its state and is nobody's to start`() async throws {
        let host = try HostFixture()
        defer { host.tearDown() }
        let registry = host.runtime.machines
        var document = MachineDocumentTests.sample("moving")
        document.processorCount = 2
        let machine = try registry.add(document, in: nil, plannedBy: "m1")
        let qemu = try await BlockingWork.value("launch") { () throws(Failure) in
            try machine.launch(.incoming, uptimeBefore: 100)
        }
        #expect(qemu.guestStatus.state == .inmigrate && qemu.uptime >= 100)
        #expect(machine.report.activity == .migratingPlannedVirtualMachine && machine.report.state == .off)
        let failure = await refusal { () async throws(Failure) in
            try await host.send(StartMachineRequest(machine: machine.id))
        }
        #expect(failure?.is(HostFault.invalidState) == true)
        let twice = #expect(throws: Failure.self) { try registry.add(document, in: nil, plannedBy: "m2") }
        #expect(twice?.is(HostFault.machineExists) == true)
        try await BlockingWork.value("remove") { () throws(Failure) in try registry.remove(machine) }
        #expect(!qemu.process.isAlive && registry.machineIfPresent(document.id) == nil)
        #expect(try FileIdentity.ifPresent(machine.folder) == nil)
    }

    private func eventuallyAsync(_ condition: () async throws -> Bool) async throws -> Bool {
        let deadline = Deadline.scaled(.seconds(60))
        while !deadline.hasPassed {
            if try await condition() { return true }
            // A pause between two looks, not a synchronisation.
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }
}
