import FerryContract
import FerryCore
import FerryHTTP
import FerryLinux
import FerryTestKit
import FerryTransfer
import Glibc

/// Two hosts that trust each other, and one machine that counts, on one of them at a time.
final class FaultPair {
    enum Setting: Sendable, Hashable, CaseIterable {
        /// A machine so small that it moves in moments, with its disk.
        case plain
        /// One that writes more memory in a moment than a short pause carries, with its disk.
        case busy
        /// The small one, with its disk in a folder that both hosts see.
        case shared
        /// The small one, with its disk, and a third host as the witness of its moves.
        case witnessed
    }

    let setting: Setting
    let folder: TemporaryDirectory
    let left: FaultHost
    let right: FaultHost
    let witness: FaultHost?
    private(set) var id = ""
    let guest: CounterGuest
    private let pristine: [UInt8]
    /// What the host that has the machine looks like, and the one that has not, when nothing goes on.
    private(set) var owning: HostInventory?
    private(set) var empty: HostInventory?

    init(_ setting: Setting = .plain) async throws {
        self.setting = setting
        guest = Self.guest(setting)
        folder = try TemporaryDirectory()
        // The guests' user passes through.
        try Folder.setMode(folder.path, 0o711)
        let number = Int.random(in: 1...60_000)
        let network = "127.\(1 + number / 250).\(number % 250)"
        left = try FaultHost("NODE1", address: "\(network).11", in: folder.path)
        right = try FaultHost("NODE2", address: "\(network).12", in: folder.path)
        witness =
            setting == .witnessed ? try FaultHost("NODE3", address: "\(network).13", in: folder.path) : nil
        pristine = try DurableFile.read(guest.makeImage(in: folder.path, name: "pristine.raw"), limit: 64 << 20)
        do {
            try await setUp()
        } catch {
            close()
            throw error
        }
    }

    /// Its disk is read and written all the time; directly, so that its moves have barriers.
    private static func guest(_ setting: Setting) -> CounterGuest {
        var guest = CounterGuest()
        guest.countedMebibytes = setting == .busy ? 72 : 4
        guest.reads = true
        guest.writes = true
        return guest
    }

    private func setUp() async throws {
        try await left.start()
        try await right.start()
        try await Self.connect(left, right)
        if let witness {
            try await witness.start()
            for host in [left, right] {
                try await Self.trust(host, witness)
                var settings = SetHostRequest()
                settings.migrationWitness = witness.name
                _ = try await host.connection.send(settings)
            }
        }
        let image = image(on: left)
        try DurableFile.replace(image, with: pristine, mode: 0o666)
        var request = NewMachineRequest(name: "counter", memoryStartup: .mebibytes(setting == .busy ? 128 : 64))
        request.disk = .existing(path: image)
        request.diskCache = .none
        request.network = .none
        id = try await left.connection.send(request).id
        _ = try await left.complete(StartMachineRequest(machine: id))
        try await waitUntilCounting(on: left)
        empty = try HostInventory(right)
        owning = try HostInventory(left)
    }

    private static func trust(_ left: FaultHost, _ right: FaultHost) async throws {
        let token = try await left.connection.send(NewTrustTokenRequest(validitySeconds: 600, address: nil))
        _ = try await right.connection.send(AddTrustRequest(token: token.token))
    }

    /// The two trust each other, and let moves in and out.
    static func connect(_ left: FaultHost, _ right: FaultHost) async throws {
        try await trust(left, right)
        for host in [left, right] {
            var request = SetHostRequest()
            request.migrationEnabled = true
            request.useAnyNetwork = false
            _ = try await host.connection.send(request)
            _ = try await host.connection.send(AddMigrationNetworkRequest(subnet: "\(host.address)/32", priority: nil))
        }
    }

    func close() {
        left.close()
        right.close()
        witness?.close()
    }

    deinit { close() }

    /// The machine's disk while the host has it.
    func image(on host: FaultHost) -> String { "\(setting == .shared ? host.share : host.disks)/counter.raw" }

    func other(_ host: FaultHost) -> FaultHost { host === left ? right : left }

    /// The host that has the machine; nil when it is on none or on both, or planned somewhere still.
    func owner() async throws -> FaultHost? {
        var owners: [FaultHost] = []
        for host in [left, right] where try await host.machine(id) != nil { owners.append(host) }
        return owners.count == 1 ? owners.first : nil
    }

    /// A move of the machine to the other host, to be made on any task.
    func move(from source: FaultHost) -> PairMove {
        let target = other(source)
        return PairMove(
            connection: source.connection,
            request: MoveMachineRequest(
                machine: id, destinationHost: target.name, includeStorage: setting != .shared,
                destinationStoragePath: setting == .shared ? nil : target.disks, retainDisksOnSource: false))
    }

    /// The machine is off because its QEMU was killed: it begins anew, from a new image.
    func startAnew(on host: FaultHost) async throws {
        try DurableFile.replace(image(on: host), with: pristine, mode: 0o666)
        _ = try await host.complete(StartMachineRequest(machine: id))
        try await waitUntilCounting(on: host)
    }

    private func waitUntilCounting(on host: FaultHost) async throws {
        let memory = host.memoryPath(id)
        let guest = guest
        let image = image(on: host)
        // Also on its disk: a fault may come before its first record would have been there.
        let isUp = eventually(within: .seconds(60)) {
            guard let counters = try? guest.counters(in: RAMFile.open(memory)), counters.values.last ?? 0 > 3 else {
                return false
            }
            do { return try CounterGuest.logFault(image: image) == nil } catch { return false }
        }
        guard isUp else { throw Failure(LinuxFault.timedOut, "The guest on \(host.name) does not count.") }
    }

    // MARK: - Checking

    /// Memory and disk of the machine at one instant, without the help of anything under test: its QEMU is stopped by signal.
    func contentFaults(on host: FaultHost) throws -> [String] {
        let memory = try RAMFile.open(host.memoryPath(id))
        let image = image(on: host)
        guard let qemu = try HostProcess.all(of: host.folder).first(where: { $0.program.hasPrefix("qemu-system") })
        else {
            return ["\(host.name) has no QEMU"]
        }
        let process = try ProcessHandle.of(qemu.pid)
        try process.send(SIGSTOP)
        let counters: CounterGuest.Counters
        let logFault: String?
        do {
            defer { try? process.send(SIGCONT) }
            // Stopped is what the kernel says, not what was asked for.
            guard try eventually({ try Self.isStopped(qemu.pid) }) else { return ["QEMU does not stop"] }
            counters = try guest.counters(in: memory)
            logFault = try CounterGuest.logFault(image: image)
        }
        var faults: [String] = []
        if let fault = counters.fault { faults.append("memory: \(fault)") }
        if let logFault { faults.append("disk: \(logFault)") }
        if let complaint = try CounterGuest.complaint(console: console(host)) {
            faults.append("the guest: \(complaint)")
        }
        let total = counters.total
        if !(try eventually { try guest.counters(in: memory).total > total + 100 }) {
            faults.append("the guest does not go on counting")
        }
        return faults
    }

    func console(_ host: FaultHost) -> String { "\(host.folder)/state/machines/\(id)/console.log" }

    private static func isStopped(_ pid: Int32) throws(Failure) -> Bool {
        for thread in try Folder.names(in: "/proc/\(pid)/task") {
            let text = String(
                decoding: (try? DurableFile.read("/proc/\(pid)/task/\(thread)/stat", limit: 4096)) ?? [], as: UTF8.self)
            // After the name, which may hold anything.
            let state = text[(text.lastIndex(of: ")") ?? text.startIndex)...].dropFirst(2).first
            if state != "T" { return false }
        }
        return true
    }

    /// What is left on the hosts that was not there before, once it had time to go.
    func leftovers(owner: FaultHost) async throws -> [String] {
        guard let owning, let empty else { return ["no inventory was taken"] }
        let deadline = Deadline.scaled(.seconds(20))
        while true {
            let found =
                try HostInventory(owner).differences(from: owning).map { "\(owner.name) (has it) \($0)" }
                + HostInventory(other(owner)).differences(from: empty).map { "\(other(owner).name) \($0)" }
            if found.isEmpty || deadline.hasPassed {
                // What the hosts say of themselves must agree.
                var told: [String] = []
                for host in [left, right] {
                    told += try await host.connection.send(GetLeftoversRequest())
                        .map { "\(host.name) tells of \($0.kind.rawValue) \($0.item)" }
                }
                return found + told
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// What QEMU itself says that a move has left in it. Restarts the host's ferryd, which holds the monitor.
    func monitorLeftovers(on host: FaultHost) async throws -> [String] {
        try host.stop()
        let inventory = try MonitorInventory(controlSocket: host.controlSocket(id))
        try await host.start()
        return inventory.leftovers.map { "QEMU of \(host.name): \($0)" }
    }
}
