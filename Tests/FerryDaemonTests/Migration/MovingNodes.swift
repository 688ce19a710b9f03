import FerryContract
import FerryCore
import FerryDaemon
import FerryHTTP
import FerryHost
import FerryLinux
import FerryTestKit
import Testing

/// NODE1 and NODE2, two ferryds that talk over TLS, able to run and to move machines.
struct MovingNodes: Sendable {
    let one: TestNode
    let two: TestNode

    init(one: TestNode, two: TestNode) { (self.one, self.two) = (one, two) }

    /// - Parameter faults: what goes wrong on NODE2, where machines start.
    init(faults: PhaseFaultPlan? = nil) throws {
        var two = try Self.node("NODE2")
        two.configuration.faultPlan = faults
        self.init(one: try Self.node("NODE1"), two: two)
    }

    private static func node(_ name: String) throws -> TestNode {
        try TestNode(
            name, memory: "256MB", options: ["--preload-library", try BuiltProduct.guestMemoryLibrary()])
    }

    /// Makes the two trust each other: a token of NODE1's, used on NODE2.
    func makeTrust() async throws {
        let token = try await one.local.send(NewTrustTokenRequest(validitySeconds: 600, address: nil))
        _ = try await two.local.send(AddTrustRequest(token: token.token))
    }

    /// Lets migrations in and out of both hosts.
    func enableMigration() async throws {
        for node in [two, one] {
            _ = try await node.local.send(AddMigrationNetworkRequest(subnet: "\(node.address)/24", priority: nil))
            try await node.enableMigration()
        }
    }

    /// A machine of 32 MiB without disks, running on NODE2; both hosts, running as well, let migrations through first.
    func startMachine(enabling: Bool = true) async throws -> MachineReport {
        if enabling { try await enableMigration() }
        var request = NewMachineRequest(name: "web01", memoryStartup: .mebibytes(32))
        request.network = .none
        let machine = try await two.local.send(request)
        return try await two.local.complete(StartMachineRequest(machine: machine.id))
    }

    @discardableResult
    func move(_ machine: MachineReport) async throws -> MoveMachineResult {
        try await two.local.complete(
            MoveMachineRequest(
                machine: machine.id, destinationHost: "NODE1", includeStorage: false, destinationStoragePath: nil,
                retainDisksOnSource: false))
    }

    /// The move fails with these two lines, and the machine goes on at NODE2 as if nothing had been tried.
    ///
    /// - Returns: the failure under E-12's line.
    @discardableResult
    func expectRefusal(
        of machine: MachineReport, _ reason: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Failure? {
        let found = await failure { try await move(machine) }
        #expect(
            found?.explanation
                == "Virtual machine migration operation for 'web01' failed at migration source 'NODE2'. (Virtual machine ID \(machine.id.uppercased()))\n"
                + "The Virtual Machine Management Service failed to establish a connection for a Virtual Machine migration with host 'NODE1': \(reason)",
            sourceLocation: sourceLocation)
        #expect(found?.is(MigrationFault.moveFailed) == true, sourceLocation: sourceLocation)
        // What to do is the reason's.
        #expect(found?.advice == found?.causes.first?.advice, sourceLocation: sourceLocation)
        let report = try #require(try await two.local.send(GetMachinesRequest(names: ["web01"])).machines.first)
        #expect(report.state == .running && report.activity == .ok, sourceLocation: sourceLocation)
        let history = try #require(try await two.local.send(GetMigrationsRequest()).first)
        #expect(history.status == .failed, sourceLocation: sourceLocation)
        return found?.causes.first
    }

    func end(_ machine: MachineReport, on node: TestNode) async throws {
        _ = try await node.local.complete(StopMachineRequest(machine: machine.id, turnOff: true, force: true))
    }
}

extension TestNode {
    func enableMigration() async throws {
        var settings = SetHostRequest()
        settings.migrationEnabled = true
        _ = try await local.send(settings)
    }
}

extension HTTPHostConnection {
    /// Sends a long request and waits for its end.
    func complete<Request: LongHostRequest>(_ request: Request) async throws -> Request.Result {
        var report = try await send(request)
        while report.state == .running {
            report = try await operation(report.id, after: report.progress.generation)
        }
        if let failure = report.failure { throw failure.failure }
        return try ContractJSON.decode(Request.Result.self, from: Array((report.result ?? "").utf8), role: "The result")
    }
}
