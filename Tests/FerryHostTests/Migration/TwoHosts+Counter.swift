import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

extension MigrationTuning {
    static var verifying: MigrationTuning {
        var tuning = MigrationTuning()
        tuning.verifiesMemory = true
        return tuning
    }

    /// Never good enough: it copies until it is stopped.
    static var endless: MigrationTuning {
        var tuning = MigrationTuning()
        tuning.policy = PolicyCatalog.fitsDowntime.policy(
            .init(downtimeBudget: .nanoseconds(1), maximumRounds: 100_000))
        return tuning
    }
}

extension CounterGuest {
    /// Whether the guest of a machine goes on beating.
    func waitForBeats(_ machine: MachineReport, more: Int = 3) throws(Failure) -> Bool {
        let before = try Self.heartbeats(console: machine.consolePath)
        return try eventually { () throws(Failure) in try Self.heartbeats(console: machine.consolePath) > before + more
        }
    }
}

extension TwoHosts {
    var guest: CounterGuest {
        var guest = CounterGuest()
        guest.writes = true
        guest.pausePerPage = 40
        return guest
    }

    /// A running machine "counter" of 64 MiB on NODE1 with one raw disk under its storage root.
    func newCounter(_ guest: CounterGuest? = nil) async throws -> MachineReport {
        let image = try (guest ?? self.guest).makeImage(in: node1.storageRoot)
        var request = NewMachineRequest(name: "counter", memoryStartup: .mebibytes(64))
        request.network = .none
        request.disk = .existing(path: image)
        let machine = try await node1.send(request)
        let started = try await node1.run(StartMachineRequest(machine: machine.id))
        try CounterGuest.waitUntilCounting(console: started.consolePath)
        return started
    }

    func request(_ machine: String, to host: TestHost) -> MoveMachineRequest {
        MoveMachineRequest(
            machine: machine, destinationHost: host.hostName, includeStorage: true,
            destinationStoragePath: host.storageRoot,
            retainDisksOnSource: false)
    }

    /// Files, sockets and processes that name the machine on a host that should have nothing of it.
    func leftovers(of host: TestHost, _ machine: String) throws(Failure) -> [String] {
        let configuration = host.configuration
        var found: [String] = []
        for folder in [
            configuration.machinesFolder, configuration.runtimeFolder, configuration.memoryFolder, host.storageRoot,
        ] {
            found += try Folder.names(in: folder).filter {
                $0.hasPrefix(machine) || $0.hasPrefix("m-") || $0.hasPrefix("counter")
            }
            .map { "\(folder)/\($0)" }
        }
        return found
    }

    /// Stops the guest for good and checks every page and every record it wrote.
    func check(on host: TestHost, _ id: String, _ guest: CounterGuest? = nil) throws {
        let machine = try host.requireRuntime().machines.machine(id)
        let qemu = try machine.requireQEMU()
        try qemu.qmp().execute("stop")
        let counters = try (guest ?? self.guest).counters(in: RAMFile.open(qemu.record.memoryFile))
        #expect(counters.fault == nil)
        #expect(try CounterGuest.complaint(console: machine.report.consolePath) == nil)
        let image = try machine.document().disks[0].path
        try machine.destroyQEMU()
        #expect(try CounterGuest.logFault(image: image) == nil)
    }
}
