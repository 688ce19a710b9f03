import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Synchronization

/// Two hosts in one process, NODE1 and NODE2: real runtimes with real QEMU, state folders and memory of their own,
/// migration
/// traffic over loopback addresses of their own; only the control calls between them are made directly.
final class TwoHosts: Sendable {
    let directory: TemporaryDirectory
    let nodes: [TestHost]
    let exchange = Exchange()

    var node1: TestHost { nodes[0] }
    var node2: TestHost { nodes[1] }

    /// - Parameters:
    ///   - count: with more than two, the others only trust and are trusted.
    ///   - tuning: of the hosts' moves.
    ///   - kernels: what NODE1 and NODE2 take this computer's kernel for; nil: what it is.
    ///   - configure: changes a host's configuration before it is made; gets 0 or 1.
    init(
        count: Int = 2, tuning: MigrationTuning = MigrationTuning(), memory: ByteCount = .gibibytes(1),
        kernels: [KernelCapabilities?] = [nil, nil],
        configure: (inout HostConfiguration, Int) -> Void = { _, _ in }
    ) throws(Failure) {
        directory = try TemporaryDirectory()
        try Folder.setMode(directory.path, 0o711)
        // Tests run side by side: a network of its own for each pair of hosts.
        var generator = SystemRandomNumberGenerator()
        let network =
            "127.\(UInt8.random(in: 16...250, using: &generator)).\(UInt8.random(in: 1...250, using: &generator))"
        var nodes: [TestHost] = []
        for index in 0..<count {
            let name = "NODE\(index + 1)"
            let folder = directory.file("n\(index + 1)")
            var configuration = HostConfiguration(
                name: name, stateFolder: "\(folder)/state", runtimeFolder: "\(folder)/run",
                memoryFolder: "\(folder)/mem",
                memorySize: memory)
            configuration.storageRoots = ["\(folder)/vms"]
            configuration.listenAddress = "\(network).\(index + 1)"
            configuration.accelerator = .tcg
            configuration.preloadLibrary = try BuiltProduct.guestMemoryLibrary()
            configure(&configuration, index)
            try Folder.create("\(folder)/vms", mode: 0o711)
            nodes.append(
                TestHost(
                    configuration: configuration, fingerprint: String(repeating: "\(index + 1)", count: 64),
                    exchange: exchange, tuning: tuning, kernel: index < kernels.count ? kernels[index] : nil))
        }
        self.nodes = nodes
        for node in nodes { try node.start() }
    }

    /// Turns migration on, on both hosts, for their own network.
    func enableMigration() async throws(Failure) {
        for node in nodes {
            var settings = SetHostRequest()
            settings.migrationEnabled = true
            _ = try await node.send(
                AddMigrationNetworkRequest(subnet: node.configuration.listenAddress + "/24", priority: nil))
            _ = try await node.send(settings)
        }
    }

    deinit {
        for node in nodes { node.destroy() }
    }
}

/// One host of the pair, as an administrator's connection sees it; it can be stopped and started again.
final class TestHost: HostConnection {
    let configuration: HostConfiguration
    let fingerprint: String
    private let exchange: Exchange
    private let kernel: KernelCapabilities?
    private let tuning: Mutex<MigrationTuning>
    private let running = Mutex<(runtime: HostRuntime, migrations: HostMigrations)?>(nil)

    init(
        configuration: HostConfiguration, fingerprint: String, exchange: Exchange, tuning: MigrationTuning,
        kernel: KernelCapabilities?
    ) {
        self.kernel = kernel
        self.configuration = configuration
        self.fingerprint = fingerprint
        self.exchange = exchange
        self.tuning = Mutex(tuning)
        exchange.add(self)
    }

    var hostName: String { configuration.name }
    var trustReport: TrustReport {
        TrustReport(
            name: configuration.name, address: configuration.listenAddress, controlPort: configuration.controlPort,
            dataPort: configuration.dataPort, fingerprint: fingerprint, trustedSince: 0)
    }

    /// The folder under which peers may put machines.
    var storageRoot: String { configuration.storageRoots[0] }

    func start() throws(Failure) {
        let runtime = try HostRuntime(configuration, kernel: kernel ?? .probe())
        let trust = ExchangeTrust(exchange: exchange, own: fingerprint)
        let migrations = try HostMigrations(
            machines: runtime.machines, trust: trust, connector: ExchangeConnector(exchange: exchange, own: self),
            tuning: tuning.withLock { $0 })
        // The other host may ask as soon as this one recovers.
        running.withLock { $0 = (runtime, migrations) }
        try runtime.start(HostServices(migrations: migrations, trust: trust))
    }

    /// Starts the host again, its moves with other numbers.
    func restart(_ tuning: MigrationTuning) throws(Failure) {
        stop()
        self.tuning.withLock { $0 = tuning }
        try start()
    }

    /// Ends ferryd's part in an orderly way; machines go on.
    func stop() {
        let ended = running.withLock { running in
            defer { running = nil }
            return running
        }
        ended?.runtime.stop()
    }

    /// The runtime; nil while stopped.
    var runtime: HostRuntime? { running.withLock { $0?.runtime } }

    /// What the host says of a move now.
    func status(of migration: String) throws(Failure) -> MigrationStatus? {
        try running.withLock { $0?.migrations }?.migrations(GetMigrationsRequest(ids: [migration])).first?.status
    }

    func reports() throws(Failure) -> [MigrationReport]? {
        try running.withLock { $0?.migrations }?.migrations(GetMigrationsRequest())
    }

    /// What the host answers a peer that tells its own record and asks for this one's.
    func standing(of migration: String, to peer: TestHost) throws(Failure) -> MigrationStanding? {
        let asking = MigrationStanding(record: OwnershipRole.released.rawValue, epoch: 0, isRunning: false)
        return try running.withLock { $0?.migrations }?
            .standing(MigrationStatusRequest(migration: migration, own: asking), peer: peer.trustReport)
    }

    func requireRuntime() throws(Failure) -> HostRuntime {
        guard let runtime else {
            throw Failure(HostFault.hostStopping, "The host \(hostName) does not answer.", target: hostName)
        }
        return runtime
    }

    /// Ends the machines, the runtime, and the memory's mount.
    func destroy() {
        if runtime == nil { try? start() }
        for machine in runtime?.machines.all ?? [] { _ = try? machine.qemu?.process.kill() }
        stop()
        if let mount = try? TmpfsMount.find(at: configuration.memoryFolder) {
            // A thread that has just ended may still hold a mapping for a moment.
            _ = eventually(within: .seconds(20)) { (try? mount.unmount()) != nil }
        }
    }

    // MARK: - HostConnection, as root over the local socket

    private static let caller = Caller.local(userID: 0, groupID: 0, processID: 1)

    func send<Request: HostRequest>(_ request: Request) async throws(Failure) -> Request.Response {
        try await send(request, as: Self.caller)
    }

    func send<Request: HostRequest>(_ request: Request, as caller: Caller) async throws(Failure) -> Request.Response {
        let body = try ContractJSON.encode(request)
        let answer = try await requireRuntime().perform(Request.operation, body: body, caller: caller)
        return try ContractJSON.decode(Request.Response.self, from: answer, role: "The answer")
    }

    func operation(_ id: String, after generation: UInt64) async throws(Failure) -> OperationReport {
        try await requireRuntime().operation(id, after: generation, caller: Self.caller)
    }

    func cancelOperation(_ id: String) async throws(Failure) {
        try requireRuntime().cancelOperation(id, caller: Self.caller)
    }

    /// Starts a long operation and waits for its end.
    ///
    /// - Parameter progress: called with every report on the way.
    func run<Request: LongHostRequest>(
        _ request: Request, _ progress: (OperationReport) async throws(Failure) -> Void = { _ in }
    ) async throws(Failure) -> Request.Result {
        var report = try await send(request)
        while report.state == .running {
            try await progress(report)
            report = try await operation(report.id, after: report.progress.generation)
        }
        if let failure = report.failure { throw failure.failure }
        return try ContractJSON.decode(Request.Result.self, from: Array((report.result ?? "").utf8), role: "The result")
    }

    func machine(_ name: String) async throws(Failure) -> MachineReport? {
        try await send(GetMachinesRequest(names: [name + "*"])).machines.first { $0.name == name }
    }
}

/// Which hosts there are.
final class Exchange: Sendable {
    private let hosts = Mutex<[TestHost]>([])
    private let isCut = Mutex(false)
    private let isSilent = Mutex(false)

    func add(_ host: TestHost) { hosts.withLock { $0.append(host) } }
    var all: [TestHost] { hosts.withLock { $0 } }
    func host(_ fingerprint: String) -> TestHost? { all.first { $0.fingerprint == fingerprint } }

    /// Whether control calls between the hosts fail.
    var isControlCut: Bool {
        get { isCut.withLock { $0 } }
        set { isCut.withLock { $0 = newValue } }
    }

    /// Whether control calls between the hosts are never answered.
    var isControlSilent: Bool {
        get { isSilent.withLock { $0 } }
        set { isSilent.withLock { $0 = newValue } }
    }
}

private final class ExchangeTrust: TrustService {
    let exchange: Exchange
    let own: String

    init(exchange: Exchange, own: String) {
        self.exchange = exchange
        self.own = own
    }

    private var others: [TrustReport] { exchange.all.filter { $0.fingerprint != own }.map(\.trustReport) }

    func trustedHost(fingerprint: String) -> TrustReport? { others.first { $0.fingerprint == fingerprint } }
    func trustedHost(named name: String) -> TrustReport? {
        others.first { $0.name.lowercased() == name.lowercased() || $0.address == name }
    }

    func trusts(_ request: GetTrustsRequest) throws(Failure) -> [TrustReport] { others }
    func newToken(_ request: NewTrustTokenRequest) throws(Failure) -> TrustToken { throw Self.notHere }
    func add(_ request: AddTrustRequest) throws(Failure) -> TrustReport { throw Self.notHere }
    func remove(_ request: RemoveTrustRequest) throws(Failure) -> TrustReport { throw Self.notHere }
    func present(
        _ request: PresentTrustTokenRequest, fingerprint: String?, address: String
    ) throws(Failure) -> TrustReport {
        throw Self.notHere
    }

    private static var notHere: Failure {
        Failure(InjectedFault.injected, "The hosts of this test trust each other from the start.")
    }
}

private struct ExchangeConnector: PeerConnector {
    let exchange: Exchange
    let own: TestHost

    func connection(to host: TrustReport) throws(Failure) -> any HostConnection {
        guard let other = exchange.host(host.fingerprint) else {
            throw Failure(InjectedFault.injected, "There is no host \(host.name).")
        }
        return PeerConnection(exchange: exchange, other: other, own: own)
    }
}

/// The calls of one host to the other, as the TLS port would hand them in.
private struct PeerConnection: HostConnection {
    let exchange: Exchange
    let other: TestHost
    let own: TestHost

    var hostName: String { other.hostName }

    func send<Request: HostRequest>(_ request: Request) async throws(Failure) -> Request.Response {
        guard !exchange.isControlCut else {
            throw Failure(
                ConnectionFault.closed, "The test cut the control connection to \(hostName).", target: hostName,
                cause: Failure(ConnectionFault.closed, ConnectionFault.closedText, target: hostName))
        }
        if exchange.isControlSilent {
            // As the client's: only its caller's patience ends it.
            try? await Task.sleep(for: .seconds(3600))
            throw Failure(ConnectionFault.closed, "Waiting for an answer of host '\(hostName)' was cancelled.")
        }
        return try await other.send(
            request, as: .remote(fingerprint: own.fingerprint, address: own.configuration.listenAddress))
    }

    func operation(_ id: String, after generation: UInt64) async throws(Failure) -> OperationReport {
        throw Failure(InjectedFault.injected, "Hosts do not watch each other's operations.")
    }

    func cancelOperation(_ id: String) async throws(Failure) {
        throw Failure(InjectedFault.injected, "Hosts do not cancel each other's operations.")
    }
}
