import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

@Suite(.needs(.root)) struct LeftoversTests {
    private static let machine = "0b1c2d3e-0000-4000-8000-0000000000aa"
    private static let migration = "5e1c2d3e-0000-4000-8000-0000000000bb"

    @Test func `a host that nothing went wrong on has nothing left`() async throws {
        let host = try HostFixture()
        defer { host.tearDown() }
        // What administrators put there is theirs.
        try DurableFile.replace("\(host.configuration.memoryFolder)/notes.txt", with: [])
        try Folder.create("\(host.configuration.runtimeFolder)/mine")
        #expect(try await host.send(GetLeftoversRequest()).isEmpty)
    }

    @Test
    func `memory, folders, processes, planned machines and records that nobody owns are found, each with what to do`()
        async throws
    {
        let services = StubServices()
        services.traced.update {
            $0 = [MigrationTrace(migration: Self.migration, machine: Self.machine, isActive: false)]
        }
        let host = try HostFixture(services: services)
        defer { host.tearDown() }
        let (memory, run) = (host.configuration.memoryFolder, host.configuration.runtimeFolder)
        try DurableFile.replace("\(memory)/\(Self.machine).ram", with: [1])
        try Folder.create("\(run)/\(Self.machine)")
        try Folder.create("\(run)/m-\(Self.migration.prefix(8))")
        let document = MachineDocument(id: Self.machine, name: "web01", memory: .mebibytes(64), creationTime: 1)
        let planned = try host.runtime.machines.add(document, in: nil, plannedBy: Self.migration)
        let stray = try Program(
            "/bin/sh", ["-c", "read line", "unix:\(run)/\(Self.machine)/qmp,server=on"]
        ).startWaiting()
        defer { stray.end() }

        let found = try await host.send(GetLeftoversRequest())
        #expect(
            Set(found.map(\.kind)) == [.memoryFile, .runtimeFolder, .process, .plannedMachine, .record])
        #expect(found.count { $0.kind == .runtimeFolder } == 2)
        #expect(found.first { $0.kind == .process }?.item == "\(stray.process.pid) (sh)")
        #expect(found.first { $0.kind == .plannedMachine }?.migration == Self.migration)
        #expect(found.first { $0.kind == .record }?.machine == Self.machine)
        for leftover in found {
            #expect(!leftover.advice.isEmpty)
            #expect(leftover.computerName == "NODE1")
        }

        // The same things are a move's while it works, and nobody's business.
        services.traced.update {
            $0 = [MigrationTrace(migration: Self.migration, machine: Self.machine, isActive: true)]
        }
        #expect(try await host.send(GetLeftoversRequest()).isEmpty)
        // A lease is work, too: the move's own end, say. Its folder of sockets is nobody's then.
        services.traced.update { $0 = [] }
        let lease = try planned.lease(.start)
        #expect(try await host.send(GetLeftoversRequest()).map(\.item) == ["\(run)/m-\(Self.migration.prefix(8))"])
        lease.end()
    }
}

/// A process that waits for its input's end.
private struct WaitingProcess {
    let process: ProcessHandle
    let input: StreamSocket

    func end() {
        input.shutDown()
        _ = try? process.kill()
    }
}

extension Program {
    fileprivate func startWaiting() throws -> WaitingProcess {
        let (ours, theirs) = try StreamSocket.pair()
        var program = self
        program.input = .descriptor(theirs.forProgram())
        return WaitingProcess(process: try program.start(), input: ours)
    }
}
