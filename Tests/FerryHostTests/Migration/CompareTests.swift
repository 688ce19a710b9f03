import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import Testing

/// What Compare-VM asks of two hosts: every reason at once, the same that a move ends with, and nothing made by asking.
@Suite(
    .needs(
        .qemu, .root, .kernelTracker, .program("cc", package: "gcc"),
        .program("qemu-storage-daemon", package: "qemu-utils")), .serialized)
struct CompareTests {
    private func question(
        _ machine: String, to host: TestHost, includeStorage: Bool = true, path: String? = nil
    ) -> CompareMachineRequest {
        CompareMachineRequest(
            machine: machine, destinationHost: host.hostName, includeStorage: includeStorage,
            destinationStoragePath: path ?? (includeStorage ? host.storageRoot : nil))
    }

    private func codes(_ report: CompatibilityReport) -> [String] { report.incompatibilities.map(\.failure.code) }

    /// Every file of both hosts but their logs.
    private func files(_ hosts: TwoHosts) throws -> [String] {
        try hosts.nodes.flatMap { node in
            let configuration = node.configuration
            return try Command(
                "/usr/bin/find",
                [
                    configuration.stateFolder, configuration.runtimeFolder, configuration.memoryFolder,
                    node.storageRoot,
                    "!", "-name", "events.jsonl*",
                ]
            ).runSuccessfully().outputText.split(separator: "\n").map(String.init)
        }.sorted()
    }

    @Test func `nothing speaks against a move that works, and asking made nothing`() async throws {
        let hosts = try TwoHosts()
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        let before = try files(hosts)
        let report = try await hosts.node1.send(question(machine.id, to: hosts.node2))
        #expect(codes(report).isEmpty)
        #expect(report.operation == .moveWithStorage && report.machine.id == machine.id)
        #expect(report.path == hosts.node2.storageRoot && report.diskFolder == hosts.node2.storageRoot)
        #expect(report.memoryToCopy > .mebibytes(1) && report.memoryToCopy <= .mebibytes(64))
        #expect(report.storageToCopy > .zero)
        #expect(try #require(report.availableMemory) > .mebibytes(64))
        #expect(try #require(report.availableRoom) > .zero)
        #expect(try files(hosts) == before)
        #expect(try await hosts.node1.send(GetMigrationsRequest()).isEmpty)
        #expect(try await hosts.node2.send(GetMigrationsRequest()).isEmpty)
        // The promise of memory that a move makes was not made.
        let again = try await hosts.node1.send(question(machine.id, to: hosts.node2))
        #expect(again.availableMemory == report.availableMemory || codes(again).isEmpty)
        let result = try await hosts.node1.run(hosts.request(machine.id, to: hosts.node2))
        #expect(result.migration.status == .completed)
        try hosts.check(on: hosts.node2, machine.id)
    }

    @Test func `everything that speaks against a move is told at once, from both hosts`() async throws {
        let hosts = try TwoHosts { configuration, index in
            if index == 0 { configuration.preloadLibrary = nil }
        }
        let (node1, node2) = (hosts.node1, hosts.node2)
        let machine = try await hosts.newCounter()
        var other = NewMachineRequest(name: "counter", memoryStartup: .mebibytes(64))
        other.network = .none
        _ = try await node2.send(other)
        var big = NewMachineRequest(name: "big", memoryStartup: .mebibytes(992))
        big.network = .none
        let large = try await node2.send(big)
        _ = try await node2.run(StartMachineRequest(machine: large.id))
        let before = try files(hosts)
        let report = try await node1.send(question(machine.id, to: node2, path: "/etc"))
        #expect(
            codes(report) == [
                "Migration.sourceNotEnabled", "Migration.trackerUnavailable", "Migration.targetNotEnabled",
                "Migration.machineNameExists", "Storage.pathOutsideRoots", "Migration.noCommonNetwork",
                "Migration.notEnoughMemory",
            ])
        #expect(
            report.incompatibilities.map(\.messageID) == [66001, 66004, 66002, 66025, 66044, 66006, 66026])
        #expect(report.incompatibilities.allSatisfy { !$0.failure.message.isEmpty && !$0.failure.advice.isEmpty })
        #expect(try files(hosts) == before)
        #expect(try hosts.guest.waitForBeats(machine))
        try hosts.check(on: node1, machine.id)
    }

    @Test func `what a comparison finds first is what a move ends with`() async throws {
        let hosts = try TwoHosts()
        let (node1, node2) = (hosts.node1, hosts.node2)
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        func expectTheSame(includeStorage: Bool = true, path: String? = nil, _ code: String) async throws {
            let report = try await node1.send(
                question(machine.id, to: node2, includeStorage: includeStorage, path: path))
            var request = hosts.request(machine.id, to: node2)
            request.includeStorage = includeStorage
            request.destinationStoragePath = path ?? (includeStorage ? node2.storageRoot : nil)
            let failure = await #expect(throws: Failure.self) { _ = try await node1.run(request) }
            let reason = failure?.is(MigrationFault.moveFailed) == true ? failure?.causes.first : failure
            #expect(reason?.code == code)
            #expect(report.incompatibilities.first?.failure.code == code)
            #expect(report.incompatibilities.first?.failure.message == reason?.message)
        }
        try await expectTheSame(path: "/etc", "Storage.pathOutsideRoots")
        try await expectTheSame(includeStorage: false, "Storage.pathOutsideRoots")
        let disk = try #require(machine.disks.first?.path.split(separator: "/").last)
        try DurableFile.replace("\(node2.storageRoot)/\(disk)", with: [])
        try await expectTheSame("Storage.imageExists")
        try DurableFile.remove("\(node2.storageRoot)/\(disk)")
        var settings = SetHostRequest()
        settings.authenticationType = .kerberos
        _ = try await node2.send(settings)
        try await expectTheSame("Migration.authenticationUnavailable")
        settings.authenticationType = .certificate
        _ = try await node2.send(settings)
        hosts.exchange.isControlCut = true
        let cut = try await node1.send(question(machine.id, to: node2))
        #expect(cut.incompatibilities.count == 1 && cut.path == nil && cut.availableMemory == nil)
        hosts.exchange.isControlCut = false
        try hosts.check(on: node1, machine.id)
    }

    @Test func `a machine that is off is compared as far as that goes`() async throws {
        let hosts = try TwoHosts()
        try await hosts.enableMigration()
        var request = NewMachineRequest(name: "idle", memoryStartup: .mebibytes(64))
        request.network = .none
        let idle = try await hosts.node1.send(request)
        let report = try await hosts.node1.send(question(idle.id, to: hosts.node2, includeStorage: false))
        #expect(codes(report) == ["Host.invalidState"])
        #expect(report.operation == .move && report.memoryToCopy == .zero && report.diskFolder == nil)
        let unknown = await #expect(throws: Failure.self) {
            _ = try await hosts.node1.send(
                question("00000000-0000-4000-8000-000000000000", to: hosts.node2, includeStorage: false))
        }
        #expect(unknown?.is(HostFault.machineNotFound) == true)
        var strange = question(idle.id, to: hosts.node2, includeStorage: false)
        strange.destinationHost = "no-such-host.invalid"
        let nowhere = try await hosts.node1.send(strange)
        #expect(codes(nowhere) == ["Host.invalidState", "Migration.hostUnknown"])
        #expect(nowhere.incompatibilities.last?.messageID == 20406)
    }
}
