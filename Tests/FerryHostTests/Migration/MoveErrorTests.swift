import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// Moves that cannot begin for a reason that lies in one of the hosts: the message names it, and the machine runs on.
@Suite(
    .needs(
        .qemu, .root, .kernelTracker, .program("cc", package: "gcc"),
        .program("qemu-storage-daemon", package: "qemu-utils")), .serialized)
struct MoveErrorTests {
    /// What moving the machine from NODE1 ends with.
    private func failure(
        _ hosts: TwoHosts, _ machine: String, _ change: (inout MoveMachineRequest) -> Void = { _ in }
    ) async -> Failure? {
        var request = hosts.request(machine, to: hosts.node2)
        change(&request)
        return await #expect(throws: Failure.self) { _ = try await hosts.node1.run(request) }
    }

    /// The machine runs on, and the target has nothing of it.
    private func expectUntouched(_ hosts: TwoHosts, _ machine: MachineReport) async throws {
        let report = try #require(try await hosts.node1.machine("counter"))
        #expect(report.state == .running && report.activity == .ok)
        #expect(try hosts.guest.waitForBeats(report))
        #expect(try await hosts.node2.machine("counter") == nil)
        #expect(try hosts.leftovers(of: hosts.node2, machine.id).isEmpty)
        try hosts.check(on: hosts.node1, machine.id)
    }

    @Test func `a kernel without the tracker keeps a machine where it is, and Get-VMHost says why`() async throws {
        let reason =
            "This kernel cannot tell which pages of a running guest were written: asynchronous write protection is not offered. Linux 6.7 or newer can."
        let old = KernelCapabilities(
            release: "6.1.0-37-amd64", tracker: .missing(reason),
            kvm: .missing("The processor shows neither vmx nor svm."),
            opensKVMDevice: false)
        let hosts = try TwoHosts(kernels: [old, nil])
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        let found = await failure(hosts, machine.id)
        #expect(
            found?.explanation == "The virtual machine 'counter' cannot be moved while it runs: \(reason)")
        #expect(found?.is(MigrationFault.trackerUnavailable) == true && found?.category == .notEnabled)
        #expect(
            found?.advice
                == "Start the source host with Linux 6.7 or newer, then repeat Move-VM; Get-VMHost shows what a host's kernel can do."
        )
        let name = "Live migration memory tracking"
        let shown = try await hosts.node1.send(GetHostRequest()).capabilities.first { $0.name == name }
        #expect(shown == CapabilityReport(name: name, isAvailable: false, detail: reason))
        let other = try await hosts.node2.send(GetHostRequest()).capabilities.first { $0.name == name }
        #expect(other?.isAvailable == true && other?.detail.hasPrefix("Linux ") == true)
        try await expectUntouched(hosts, machine)
    }

    @Test func `a target without the tracker takes a machine and warns that it cannot leave again`() async throws {
        let old = KernelCapabilities(
            release: "6.1.0-37-amd64", tracker: .missing("Too old."), kvm: .missing("None."), opensKVMDevice: false)
        let hosts = try TwoHosts(kernels: [nil, old])
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        #expect(try await hosts.node1.run(hosts.request(machine.id, to: hosts.node2)).migration.status == .completed)
        let events = String(
            decoding: try DurableFile.read("\(hosts.node2.configuration.stateFolder)/events.jsonl"), as: UTF8.self)
        #expect(events.contains("The machine could not be moved away again while it runs: Too old."))
        try hosts.check(on: hosts.node2, machine.id)
    }

    @Test func `a source without the library that tracks memory says what to put where`() async throws {
        let hosts = try TwoHosts { configuration, index in
            if index == 0 { configuration.preloadLibrary = nil }
        }
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        let found = await failure(hosts, machine.id)
        #expect(
            found?.explanation
                == "The virtual machine 'counter' cannot be moved while it runs: libFerryGuestMemory.so was not found beside ferryd."
        )
        #expect(found?.advice.contains("preloadLibrary in ferryd.json") == true)
        try await expectUntouched(hosts, machine)
    }

    @Test func `a target that does not answer in time, or breaks off, is told in Hyper-V's two lines`() async throws {
        var tuning = MigrationTuning()
        tuning.prepareLimit = .milliseconds(300)
        let hosts = try TwoHosts(tuning: tuning)
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        let header =
            "Virtual machine migration operation for 'counter' failed at migration source 'NODE1'. (Virtual machine ID \(machine.id.uppercased()))\n"
            + "The Virtual Machine Management Service failed to establish a connection for a Virtual Machine migration with host 'NODE2': "
        hosts.exchange.isControlCut = true
        let cut = await failure(hosts, machine.id)
        #expect(
            cut?.explanation == header
                + "An existing connection was forcibly closed by the remote host. (0x80072746)")
        hosts.exchange.isControlCut = false
        hosts.exchange.isControlSilent = true
        let silent = await failure(hosts, machine.id)
        #expect(
            silent?.explanation == header
                + "A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond. (0x8007274C)"
        )
        for found in [cut, silent] {
            #expect(found?.causes.first?.is(MigrationFault.hostUnreachable) == true)
            #expect(found?.advice == MigrationFault.hostUnreachable.advice)
        }
        hosts.exchange.isControlSilent = false
        try await expectUntouched(hosts, machine)
    }
}
