import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import Testing

@Suite(.serialized, .needs(.root)) struct HostRuntimeTests {
    private func withHost(
        services: StubServices = StubServices(), _ change: (inout HostConfiguration) -> Void = { _ in },
        _ body: (HostFixture) async throws -> Void
    ) async throws {
        let host = try HostFixture(services: services, change)
        defer { host.tearDown() }
        try await body(host)
    }

    private func refusal<Value>(_ body: () async throws(Failure) -> Value) async -> Failure? {
        do throws(Failure) {
            _ = try await body()
            return nil
        } catch { return error }
    }

    @Test func `a new host has Hyper-V's defaults and knows certificates`() async throws {
        try await withHost { host in
            let report = try await host.send(GetHostRequest())
            #expect(report.name == "NODE1" && !report.migrationEnabled && report.maximumMigrations == 2)
            #expect(report.authenticationType == .certificate && report.encryptionEnabled && !report.useAnyNetwork)
            #expect(report.virtualMachinePath == host.folder.file("vms") && report.accelerator == "TCG")
            #expect(report.memoryCapacity.bytes > 0 && report.logicalProcessorCount > 0)
            #expect(
                report.capabilities.map(\.name) == [
                    "QEMU", "Live migration memory tracking", "KVM", "Control port", "Live migration port",
                ])
        }
    }

    @Test func `settings that are named change, others stay, and the next life has them`() async throws {
        let host = try HostFixture()
        defer { host.tearDown() }
        var request = SetHostRequest()
        request.migrationEnabled = true
        request.authenticationType = .kerberos
        request.maximumMigrations = 7
        let changed = try await host.send(request)
        #expect(changed.migrationEnabled && changed.authenticationType == .kerberos && changed.maximumMigrations == 7)
        #expect(changed.maximumStorageMigrations == 2)
        #expect(host.services.settings.map(\.migrationEnabled) == [false, true])
        // The same again: a listener that could not be opened the first time may be able to now.
        _ = try await host.send(request)
        #expect(host.services.settings.count == 3)
        host.runtime.stop()
        let stopped = await refusal { () async throws(Failure) in try await host.send(GetHostRequest()) }
        #expect(stopped?.is(HostFault.hostStopping) == true)
        let next = try LifeAfter(host)
        defer { next.host.tearDown() }
        let kept = try await next.host.send(GetHostRequest())
        #expect(kept.migrationEnabled && kept.authenticationType == .kerberos && kept.maximumMigrations == 7)
    }

    @Test func `what a life that was killed had begun to write is gone in the next`() async throws {
        let host = try HostFixture()
        defer { host.tearDown() }
        host.runtime.stop()
        let folder = "\(host.configuration.stateFolder)/migrations/open/unfinished"
        try Folder.create(folder)
        let unfinished = [
            "\(folder)/.context.json.4711.new", "\(host.configuration.stateFolder)/.settings.json.4711.new",
        ]
        for path in unfinished { try DurableFile.replace(path, with: [1]) }
        let next = try LifeAfter(host)
        defer { next.host.tearDown() }
        for path in unfinished { #expect(try FileIdentity.ifPresent(path) == nil, "\(path)") }
    }

    @Test(arguments: [MigrationPerformanceOption.compression, .smb])
    func `a performance option this host does not have is refused`(option: MigrationPerformanceOption) async throws {
        try await withHost { host in
            var request = SetHostRequest()
            request.performanceOption = option
            request.migrationEnabled = true
            let failure = await refusal { () async throws(Failure) in try await host.send(request) }
            #expect(failure?.is(HostFault.settingNotAvailable) == true)
            #expect(failure?.message.contains("not available on this host") == true)
            let afterwards = try await host.send(GetHostRequest())
            #expect(afterwards.migrationEnabled == false)
        }
    }

    @Test func `only administrators read and change, only trusted hosts migrate`() async throws {
        let peer = TrustReport(
            name: "NODE2", address: "127.0.0.2", controlPort: 6601, dataPort: 6600, fingerprint: "ab", trustedSince: 0)
        try await withHost(services: StubServices(trusted: peer)) { host in
            let trusted = Caller.remote(fingerprint: "ab", address: "127.0.0.2")
            let others: [Caller] = [
                .local(userID: 65534, groupID: 65534, processID: 1), .remote(fingerprint: "cd", address: "127.0.0.9"),
                .remote(fingerprint: nil, address: "127.0.0.9"),
            ]
            for caller in others + [trusted] {
                let read = await refusal { () async throws(Failure) in try await host.send(GetHostRequest(), as: caller)
                }
                #expect(
                    read?.message.hasPrefix("You do not have the required permission to complete this task.") == true)
                let change = await refusal { () async throws(Failure) in
                    try await host.send(AddMigrationNetworkRequest(subnet: "10.0.0.1", priority: nil), as: caller)
                }
                #expect(change?.errorID == "AccessDenied")
            }
            for caller in others + [HostFixture.administrator] {
                let failure = await refusal { () async throws(Failure) in
                    try await host.send(MigrationStatusRequest(migration: "x"), as: caller)
                }
                #expect(failure?.errorID == "AccessDenied")
            }
            #expect(try await host.send(MigrationStatusRequest(migration: "x"), as: trusted).record == nil)
            let networks = try await host.send(GetMigrationNetworksRequest())
            #expect(networks.isEmpty)
            let watch = await refusal { () async throws(Failure) in
                try await host.runtime.operation("none", after: 0, caller: others[0])
            }
            #expect(watch?.errorID == "AccessDenied")
        }
    }

    @Test func `a body that is no request is the client's mistake`() async throws {
        try await withHost { host in
            for body in ["", "{}", "[1]", #"{"name":"x","memoryStartup":-1}"#] {
                let failure = await refusal { () async throws(Failure) in
                    try await host.runtime.perform(
                        .newMachine, body: Array(body.utf8), caller: HostFixture.administrator)
                }
                #expect(failure?.code == "Route.malformedBody", "\(body)")
            }
        }
    }

    @Test func `networks are added, set as the guide types it, selected and removed`() async throws {
        try await withHost { host in
            _ = try await host.send(AddMigrationNetworkRequest(subnet: "192.168.10.7/24", priority: 4))
            let change = try await host.send(
                SetMigrationNetworkRequest(subnet: "127.0.0.0/8", newSubnet: nil, newPriority: nil))
            #expect(change.warnings.count == 1)
            let all = try await host.send(GetMigrationNetworksRequest())
            #expect(all.map(\.subnet) == ["192.168.10.0/24", "127.0.0.0/8"] && all[0].computerName == "NODE1")
            let matching = try await host.send(GetMigrationNetworksRequest(subnets: ["192.*"]))
            #expect(matching.count == 1)
            let preferred = try await host.send(GetMigrationNetworksRequest(priorities: [4]))
            #expect(preferred.map(\.subnet) == ["192.168.10.0/24"])
            let others = try await host.send(GetMigrationNetworksRequest(subnets: ["9.*"]))
            #expect(others.isEmpty)
            _ = try await host.send(RemoveMigrationNetworkRequest(subnet: "192.168.*"))
            #expect(host.services.settings.last?.networks.entries.count == 1)
        }
    }

    @Test func `two runtimes on one state folder are refused`() async throws {
        try await withHost { host in
            let failure = #expect(throws: Failure.self) { try HostRuntime(host.configuration) }
            #expect(failure?.is(HostFault.stateFolderInUse) == true)
        }
    }

    @Test func `without QEMU the host answers and says what is missing`() async throws {
        try await withHost({ $0.qemuBinary = "qemu-system-none" }) { host in
            let report = try await host.send(GetHostRequest())
            let qemu = try #require(report.capabilities.first { $0.name == "QEMU" })
            #expect(!qemu.isAvailable && qemu.detail.contains("apt install qemu-system-x86"))
            var request = NewMachineRequest(name: "web01", memoryStartup: .mebibytes(64))
            request.network = .none
            let machine = try await host.send(request)
            let failure = await refusal { () async throws(Failure) in
                try await host.complete(StartMachineRequest(machine: machine.id))
            }
            #expect(failure?.is(HostFault.qemuMissing) == true)
            #expect(try await host.machine("web01")?.state == .off)
        }
    }

    @Test func `a damaged machine is listed as critical and can be removed, others work`() async throws {
        let folder = try TemporaryDirectory()
        let first = try HostFixture(folder: folder)
        let broken = try await first.send(NewMachineRequest(name: "broken", memoryStartup: .mebibytes(64)))
        _ = try await first.send(NewMachineRequest(name: "whole", memoryStartup: .mebibytes(64)))
        first.tearDown()
        try DurableFile.replace("\(broken.path)/machine.json", with: Array("{\n\n\"format\" 1}".utf8))
        let again = try LifeAfter(first)
        defer { again.host.tearDown() }
        let machines = try await again.host.send(GetMachinesRequest()).machines
        #expect(machines.map(\.state) == [.offCritical, .off])
        #expect(machines[0].status.contains("Line 3") && machines[0].activity == .criticalState)
        let start = await refusal { () async throws(Failure) in
            try await again.host.send(StartMachineRequest(machine: broken.id))
        }
        #expect(start?.is(HostFault.documentDamaged) == true)
        _ = try await again.host.send(RemoveMachineRequest(machine: broken.id))
        #expect(try await again.host.send(GetMachinesRequest()).machines.map(\.name) == ["whole"])
    }
}

/// The next runtime on the folder of one that was stopped. It waits until the first one's lock has gone with it.
struct LifeAfter {
    let host: HostFixture

    init(_ earlier: HostFixture) throws(Failure) {
        var made: HostFixture?
        let (folder, configuration) = (earlier.folder, earlier.configuration)
        let isFree = try eventually(within: .seconds(60)) { () throws(Failure) in
            do throws(Failure) {
                made = try HostFixture(folder: folder) { $0 = configuration }
            } catch  where error.is(HostFault.stateFolderInUse) { return false }
            return true
        }
        guard isFree, let made else { throw Failure(HostFault.stateFolderInUse, "The earlier life did not let go.") }
        host = made
    }
}
