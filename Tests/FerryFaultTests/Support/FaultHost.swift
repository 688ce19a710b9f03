import FerryContract
import FerryCore
import FerryHTTP
import FerryHost
import FerryLinux
import FerryTestKit
import Glibc

/// One host of the loop: folders, an address, and lives of the built `ferryd` over them, each with or without a fault plan.
final class FaultHost {
    let name: String
    let folder: String
    let address: String
    /// A folder that every host of the same root sees.
    let share: String
    private let configuration: String
    private(set) var ferryd: ProcessHandle?
    private var lives = 0

    static let controlPort = 16_611
    static let dataPort = 16_610

    init(_ name: String, address: String, in root: String) throws {
        self.name = name
        self.address = address
        folder = "\(root)/\(name)"
        configuration = "\(folder)/ferryd.json"
        share = "\(root)/share"
        for path in [folder, "\(folder)/disks", share] { try Folder.create(path, mode: 0o711) }
        let library = try BuiltProduct.guestMemoryLibrary()
        let values: JSONValue = .object([
            "name": .string(name), "stateFolder": .string("\(folder)/state"), "runtimeFolder": .string("\(folder)/run"),
            "socket": .string(socket), "memoryFolder": .string("\(folder)/memory"), "memorySize": "1GB",
            "listenAddress": .string(address), "controlPort": .integer(Int64(Self.controlPort)),
            "dataPort": .integer(Int64(Self.dataPort)), "guestUser": "nobody", "accelerator": "tcg",
            "qemuBinary": .string(qemu),
            // Where moved machines go, too: a machine looks the same wherever it came from.
            "virtualMachinePath": .string("\(folder)/disks"),
            "storageRoots": .array([.string("\(folder)/disks"), .string(share)]),
            "preloadLibrary": .string(library),
        ])
        try WatchedQEMU.write(to: qemu, runs: runs, library: library)
        try DurableFile.replace(configuration, with: Array(values.serialized.utf8))
    }

    var socket: String { "\(folder)/ferryd.sock" }
    /// Of the current life of ferryd, or of the last one.
    var log: String { "\(folder)/ferryd-\(lives).log" }
    /// What it has decided as a witness.
    var ledger: String { "\(folder)/state/witness/ledger" }
    var disks: String { "\(folder)/disks" }
    /// What each of its QEMU processes says of its guest.
    var runs: String { "\(folder)/qemu-runs" }
    private var qemu: String { "\(folder)/qemu-watched" }
    func memoryPath(_ id: String) -> String { "\(folder)/memory/\(id).ram" }
    func controlSocket(_ id: String) -> String { "\(folder)/run/\(id)/qmp" }

    /// As an administrator on this computer.
    var connection: HTTPHostConnection { HTTPHostConnection(hostName: name, address: .socket(path: socket)) }

    /// Whether ferryd runs. A life that ended is reaped here: a child that stays a zombie keeps the test runner's own wait for any
    /// child (exit tests) from ever seeing another.
    var isAlive: Bool { ferryd.map { $0.exitStatus == nil } ?? false }

    /// What ferryd has said in this life.
    var words: String { (try? DurableFile.read(log)).map { String(decoding: $0, as: UTF8.self) } ?? "" }

    // MARK: - Lives

    /// Starts ferryd and waits until it answers.
    ///
    /// - Parameter environment: added to the plain one.
    func start(_ plan: PhaseFaultPlan? = nil, environment: [String: String] = [:]) async throws {
        lives += 1
        if lives > 1 { try? DurableFile.remove("\(folder)/ferryd-\(lives - 1).log") }
        var arguments = ["--config", configuration]
        if let plan {
            try DurableFile.replace("\(folder)/plan.json", with: Array(plan.serialized.utf8))
            arguments += ["--fault-plan", "\(folder)/plan.json"]
        }
        var program = Program(try BuiltProduct.path("ferryd"), arguments)
        program.environment["FERRY_TESTING"] = "1"
        program.environment.merge(environment) { $1 }
        program.output = .appending(log)
        program.error = .appending(log)
        // The last life may have been killed by its plan: reaped before its handle goes.
        _ = isAlive
        ferryd = try program.start()
        let deadline = Deadline.scaled(.seconds(60))
        while true {
            do throws(Failure) {
                _ = try await connection.send(GetTrustsRequest())
                return
            } catch {
                // A life that is meant to die while it starts has done what it should.
                if !isAlive, plan != nil { return }
                guard isAlive, !deadline.hasPassed else {
                    throw Failure(LinuxFault.timedOut, "ferryd of \(name) did not start: \(words)", cause: error)
                }
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Ends ferryd in order; guests go on.
    func stop() throws {
        guard let ferryd else { return }
        self.ferryd = nil
        guard ferryd.exitStatus == nil else { return }
        try ferryd.send(SIGTERM)
        do throws(Failure) { try ferryd.waitForExit(until: .scaled(.seconds(90))) } catch {
            try ferryd.kill()
            throw Failure(LinuxFault.timedOut, "ferryd of \(name) did not end: \(words.suffix(2000))", cause: error)
        }
    }

    /// Pulls the plug: nothing of this host runs any more.
    func kill() throws {
        _ = try ferryd?.kill()
        ferryd = nil
        for process in try HostProcess.all(of: folder) { _ = try? ProcessHandle.of(process.pid).kill() }
    }

    /// `kill`, and what goes with a computer's power: memory, sockets, and the end of what was being written.
    func cutPower() throws {
        try kill()
        for place in ["memory", "run"] {
            for name in try Folder.names(in: "\(folder)/\(place)") where name != "memory" {
                try Folder.removeTree("\(folder)/\(place)/\(name)")
            }
        }
        let open = "\(folder)/state/migrations/open"
        for migration in try Folder.names(in: open) {
            for name in try Folder.names(in: "\(open)/\(migration)")
            where name == "owner" || name.hasSuffix(".journal") {
                // The begin of a line: its end was not synced.
                let bytes = try DurableFile.read("\(open)/\(migration)/\(name)")
                let torn = bytes.split(separator: UInt8(ascii: "\n")).first?.prefix(20) ?? []
                try DurableFile.replace("\(open)/\(migration)/\(name)", with: bytes + torn)
            }
        }
    }

    /// Ends everything and gives the memory back.
    func close() {
        try? kill()
        let mount = try? TmpfsMount.find(at: "\(folder)/memory")
        for name in (try? Folder.names(in: "\(folder)/memory")) ?? [] {
            try? Folder.removeTree("\(folder)/memory/\(name)")
        }
        try? mount?.unmount()
    }

    // MARK: - Asking

    func machine(_ id: String) async throws -> MachineReport? {
        try await connection.send(GetMachinesRequest()).machines.first { $0.id == id }
    }

    /// Moves that are not over here.
    func openMigrations() async throws -> [MigrationReport] {
        try await connection.send(GetMigrationsRequest()).filter { $0.status == .running || $0.status == .inDoubt }
    }

    /// Sends a long request and waits for its end.
    func complete<Request: LongHostRequest>(_ request: Request) async throws(Failure) -> Request.Result {
        try await Self.complete(request, connection)
    }

    static func complete<Request: LongHostRequest>(
        _ request: Request, _ connection: HTTPHostConnection
    ) async throws(Failure) -> Request.Result {
        var report = try await connection.send(request)
        while report.state == .running {
            report = try await connection.operation(report.id, after: report.progress.generation)
        }
        if let failure = report.failure { throw failure.failure }
        return try ContractJSON.decode(
            Request.Result.self, from: Array((report.result ?? "").utf8), role: "the operation's result")
    }
}
