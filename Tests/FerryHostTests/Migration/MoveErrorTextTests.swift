import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// What an administrator reads for each error of a move: text, id, category and advice, word for word.
///
/// Elsewhere: a host that is down and one that has withdrawn its trust (UnreachableHostTests, over the real control interface), a
/// kernel without the tracker (MoveErrorTests).
@Suite(
    .needs(
        .qemu, .root, .kernelTracker, .program("cc", package: "gcc"),
        .program("qemu-storage-daemon", package: "qemu-utils")), .serialized)
struct MoveErrorTextTests {
    /// One error as it is shown.
    private struct Shown {
        var lines: [String]
        var id: String
        var category: FaultCategory
        var advice: String
    }

    private static let enable = "Use the Enable-VMMigration cmdlet to modify the Hyper-V settings on the"
    private static let moveID = "OperationFailed"

    private func header(_ machine: MachineReport) -> String {
        "Virtual machine migration operation for '\(machine.name)' failed at migration source 'NODE1'. (Virtual machine ID \(machine.id.uppercased()))"
    }

    private func connection(_ host: String, _ reason: String) -> String {
        "The Virtual Machine Management Service failed to establish a connection for a Virtual Machine migration with host '\(host)': \(reason)"
    }

    private func expect(
        _ failure: Failure?, _ shown: Shown, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let failure = try #require(failure, sourceLocation: sourceLocation)
        #expect(failure.explanation == shown.lines.joined(separator: "\n"), sourceLocation: sourceLocation)
        #expect(failure.errorID == shown.id, sourceLocation: sourceLocation)
        #expect(failure.category == shown.category, sourceLocation: sourceLocation)
        #expect(failure.advice == shown.advice, sourceLocation: sourceLocation)
    }

    /// E-12 with the reason under it.
    private func refused(_ machine: MachineReport, _ reasons: String..., advice: String) -> Shown {
        Shown(lines: [header(machine)] + reasons, id: Self.moveID, category: .operationStopped, advice: advice)
    }

    @Test func `each error of a move says what was tried, on what, why not, and what to do`() async throws {
        let hosts = try TwoHosts()
        let (node1, node2) = (hosts.node1, hosts.node2)
        let machine = try await hosts.newCounter()
        func failure(_ change: (inout MoveMachineRequest) -> Void = { _ in }) async -> Failure? {
            var request = hosts.request(machine.id, to: node2)
            change(&request)
            return await #expect(throws: Failure.self) { _ = try await node1.run(request) }
        }
        func set(_ node: TestHost, _ change: (inout SetHostRequest) -> Void) async throws {
            var request = SetHostRequest()
            change(&request)
            _ = try await node.send(request)
        }

        // E-10.
        try expect(
            await failure(),
            Shown(
                lines: [
                    "The source host is not configured for live migration. \(Self.enable) source host to enable migration."
                ],
                id: Self.moveID, category: .notEnabled, advice: "Run Enable-VMMigration on the source host."))
        try await hosts.enableMigration()
        // E-11.
        try await set(node2) { $0.migrationEnabled = false }
        try expect(
            await failure(),
            refused(
                machine,
                "The destination host is not configured for live migration. \(Self.enable) destination host to enable migration.",
                advice: "Run Enable-VMMigration on the destination host."))
        try await set(node2) { $0.migrationEnabled = true }

        // Unknown machine and host.
        let nobody = "00000000-0000-4000-8000-000000000000"
        try expect(
            await failure { $0.machine = nobody },
            Shown(
                lines: ["Hyper-V was unable to find a virtual machine with id \"\(nobody)\"."], id: "InvalidParameter",
                category: .invalidArgument, advice: "List the virtual machines of the host with Get-VM."))
        try expect(
            await failure { $0.destinationHost = "no-such-host.invalid" },
            Shown(
                lines: [
                    "The destination host 'no-such-host.invalid' is neither in the trust list of 'NODE1' nor known by the name service."
                ], id: "Migration.hostUnknown", category: .objectNotFound,
                advice: "Check -DestinationHost; Get-VMHostTrust lists the hosts that are known."))
        try expect(
            await failure { $0.destinationHost = "node1" },
            Shown(
                lines: ["The destination host 'node1' is the host that the virtual machine runs on."],
                id: "Migration.sameHost", category: .invalidArgument, advice: "Give another host with -DestinationHost."
            )
        )
        // A host that is there and not trusted.
        try expect(
            await failure { $0.destinationHost = "127.0.0.1" },
            refused(
                machine, connection("127.0.0.1", "'NODE1' does not trust '127.0.0.1'."),
                advice: "Run New-VMHostTrustToken on the destination host and Add-VMHostTrust -Token here."))
        // E-13, naming what is missing.
        for (type, missing) in [
            (
                MigrationAuthenticationType.kerberos,
                "Kerberos (a keytab with the host's service principal and delegation)"
            ),
            (.credSSP, "CredSSP (delegated credentials of the administrator)"),
        ] {
            try await set(node1) { $0.authenticationType = type }
            try expect(
                await failure(),
                refused(
                    machine,
                    connection(
                        "NODE2",
                        "No credentials are available in the security package (0x8009030E). Failed to authenticate the connection at the source host: no suitable credentials available: \(missing) is not set up on 'NODE1'."
                    ),
                    advice: "Run Set-VMHost -VirtualMachineMigrationAuthenticationType Certificate on both hosts."))
        }
        try await set(node1) { $0.authenticationType = .certificate }

        // Paths: one that is forbidden, one that cannot be.
        try expect(
            await failure { $0.destinationStoragePath = "/etc" },
            refused(
                machine,
                "The path '/etc' does not lie under a storage root of 'NODE2' (\(node2.storageRoot), \(node2.configuration.machinesFolder), \(node2.configuration.stateFolder)/disks).",
                advice:
                    "Give a folder under one of the host's storage roots with -DestinationStoragePath, or add the root to ferryd.json."
            ))
        try DurableFile.replace("\(node2.storageRoot)/file", with: [])
        try expect(
            await failure { $0.destinationStoragePath = "\(node2.storageRoot)/file/vms" },
            refused(
                machine,
                "The path '\(node2.storageRoot)/file/vms' cannot be used on 'NODE2': The system cannot find the path specified. (0x80070003)",
                advice: "Check that the path exists and is a folder, then repeat the command."))
        try DurableFile.remove("\(node2.storageRoot)/file")

        // E-30: no room for the disk.
        let small = "\(node2.storageRoot)/small"
        let volume = try TmpfsMount.ensure(at: small, size: .kibibytes(64))
        try Folder.setMode(small, 0o711)
        let full = await failure { $0.destinationStoragePath = small }
        try volume.unmount()
        try Folder.removeTree(small)
        let disk = try #require(machine.disks.first)
        try expect(
            full,
            refused(
                machine,
                "There is not enough space on the disk. (0x80070070) \(disk.allocated + .mebibytes(64)) are needed in '\(small)', \(ByteCount.kibibytes(64)) are free.",
                advice: "Free room on the volume, or give another folder with -DestinationStoragePath."))

        // E-45 and its sibling.
        var twinRequest = NewMachineRequest(name: "counter", memoryStartup: .mebibytes(64))
        twinRequest.network = .none
        let twin = try await node2.send(twinRequest)
        try expect(
            await failure(),
            refused(
                machine,
                "The operation failed because a virtual machine with the name 'counter' already exists on 'NODE2'.",
                advice: "Remove the machine of that name on the destination host with Remove-VM."))
        _ = try await node2.send(RemoveMachineRequest(machine: twin.id))
        node2.stop()
        let copy = "\(node2.configuration.machinesFolder)/\(machine.id)"
        try Folder.create(copy, mode: 0o700)
        try DurableFile.replace("\(copy)/machine.json", with: DurableFile.read("\(machine.path)/machine.json"))
        try node2.start()
        try expect(
            await failure(),
            refused(
                machine, "The operation failed because a virtual machine with the same identifier already exists.",
                advice: "Remove the machine on the destination host with Remove-VM."))
        _ = try await node2.send(RemoveMachineRequest(machine: machine.id))

        // E-32, then E-07 with the figures.
        var bigRequest = NewMachineRequest(name: "big", memoryStartup: .mebibytes(992))
        bigRequest.network = .none
        let big = try await node2.send(bigRequest)
        _ = try await node2.run(StartMachineRequest(machine: big.id))
        let noMemory = try #require(await failure())
        let lines = noMemory.explanation.split(separator: "\n")
        try #require(lines.count == 3)
        #expect(
            lines[2].hasPrefix(
                "Not enough memory in the system to start the virtual machine counter with ram size 64 megabytes. "))
        try expect(
            noMemory,
            refused(
                machine, "'counter' could not initialize memory: Ran out of memory (0x8007000E) on 'NODE2'.",
                String(lines[2]),
                advice: "Stop or move machines on the destination host, or raise its memorySize in ferryd.json."))
        _ = try await node2.run(StopMachineRequest(machine: big.id, turnOff: true, force: false))

        // E-03: off.
        var idleRequest = NewMachineRequest(name: "idle", memoryStartup: .mebibytes(64))
        idleRequest.network = .none
        let idle = try await node1.send(idleRequest)
        try expect(
            await failure { $0.machine = idle.id },
            Shown(
                lines: [
                    "The operation cannot be performed while the virtual machine is in its current state. It is not running."
                ], id: "InvalidState", category: .invalidOperation,
                advice: "Look at the machine's state with Get-VM; wait until a running operation has finished."))

        // After all of these it is what it was, where it was, and moves.
        #expect(try await node1.machine("counter")?.state == .running)
        #expect(try Folder.names(in: node2.storageRoot).isEmpty)
        #expect(try await node1.run(hosts.request(machine.id, to: node2)).migration.status == .completed)
        try hosts.check(on: node2, machine.id)
    }

    @Test func `a second move of a machine, one move too many, and a target without QEMU`() async throws {
        let hosts = try TwoHosts(tuning: .endless)
        let (node1, node2) = (hosts.node1, hosts.node2)
        try await hosts.enableMigration()
        var settings = SetHostRequest()
        settings.maximumMigrations = 1
        _ = try await node1.send(settings)
        let machine = try await hosts.newCounter()
        var idleRequest = NewMachineRequest(name: "idle", memoryStartup: .mebibytes(64))
        idleRequest.network = .none
        let idle = try await node1.send(idleRequest)
        _ = try await node1.run(StartMachineRequest(machine: idle.id))
        let first = try await node1.send(hosts.request(machine.id, to: node2))
        #expect(
            try eventually { () throws(Failure) in
                try node1.requireRuntime().operations.operation(first.id).report.progress.round ?? 0 > 0
            })
        let again = await #expect(throws: Failure.self) {
            _ = try await node1.run(hosts.request(machine.id, to: node2))
        }
        try expect(
            again,
            Shown(
                lines: [
                    "The operation cannot be performed while the virtual machine is in its current state. It is being moved to another host."
                ], id: "InvalidState", category: .invalidOperation,
                advice: "Look at the machine's state with Get-VM; wait until a running operation has finished."))
        let limit = await #expect(throws: Failure.self) { _ = try await node1.run(hosts.request(idle.id, to: node2)) }
        try expect(
            limit,
            Shown(
                lines: [
                    "Failed to perform migration on virtual machine 'idle' because virtual machine migration limit '1' was reached, please wait for completion of an ongoing migration operation."
                ], id: Self.moveID, category: .limitsExceeded,
                advice:
                    "Wait for a running move (Get-VMMigration), or raise Set-VMHost -MaximumVirtualMachineMigrations."))
        try await node1.cancelOperation(first.id)
        #expect(
            try eventually { () throws(Failure) in
                try node1.requireRuntime().operations.operation(first.id).report.state == .cancelled
            })
        try hosts.check(on: node1, machine.id)

        let without = try TwoHosts { configuration, index in
            if index == 1 { configuration.qemuBinary = "qemu-system-nowhere" }
        }
        try await without.enableMigration()
        let other = try await without.newCounter()
        let missing = await #expect(throws: Failure.self) {
            _ = try await without.node1.run(without.request(other.id, to: without.node2))
        }
        try expect(
            missing,
            refused(
                other, "The program qemu-system-nowhere is not installed on NODE2.",
                advice: "Install QEMU: apt install qemu-system-x86 qemu-utils."))
        try without.check(on: without.node1, other.id)
    }
}
