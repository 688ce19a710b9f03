import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Glibc
import Testing

/// One host of a test: a runtime with folders, memory and addresses of its own.
///
/// `close` ends its guests; a host that only goes, as after SIGKILL, leaves them running.
final class TestHost {
    /// What a test changes before the host starts.
    struct Options {
        var accelerator = AcceleratorChoice.tcg
        /// Another Debian; the test's folder is bind-mounted into it.
        var debian: String?
        var memory = ByteCount.gibibytes(1)
        var tuning = MigrationTuning()
        var commandLineFilter: (@Sendable ([String], QEMUCommandLine.Launch) -> [String])?
        /// Firmware writes to `firmwareLog` what it does.
        var logsFirmware = false
    }

    let name: String
    let folder: String
    private var life: HostRuntime?
    let connection: LocalConnection
    private let configuration: HostConfiguration
    private let options: Options
    private let wire: HostWire
    private let trust: WireTrust

    init(_ name: String, address: String, peers: [String: String], in root: String, wire: HostWire, options: Options)
        throws
    {
        self.name = name
        self.wire = wire
        self.options = options
        folder = "\(root)/\(name)"
        try Folder.create(folder, mode: 0o711)
        try Folder.create("\(folder)/disks", mode: 0o711)
        var configuration = HostConfiguration(
            name: name, stateFolder: "\(folder)/state", runtimeFolder: "\(folder)/run",
            memoryFolder: "\(folder)/memory",
            memorySize: options.memory)
        configuration.storageRoots = ["\(folder)/disks", Self.sharedStorage(in: root)]
        configuration.listenAddress = address
        configuration.dataPort = Self.dataPort
        configuration.accelerator = options.accelerator
        configuration.guestUser = "nobody"
        configuration.qemuRoot = options.debian
        configuration.preloadLibrary = try Self.preload(options.debian)
        if let filter = options.commandLineFilter { configuration.commandLineFilter = filter }
        if options.logsFirmware {
            let (log, filter) = (FirmwareLog(path: "\(folder)/firmware.log"), configuration.commandLineFilter)
            configuration.commandLineFilter = { arguments, launch in log.addPort(filter(arguments, launch)) }
        }
        self.configuration = configuration
        trust = WireTrust(own: name, peers: Array(peers.keys), port: Self.dataPort, addresses: peers, wire: wire)
        let fingerprint = HostWire.fingerprint(of: name)
        connection = LocalConnection(
            hostName: name, caller: .local(userID: geteuid(), groupID: getegid(), processID: getpid()),
            host: { wire.host(fingerprint: fingerprint) })
        let life = try Self.start(configuration, options, trust)
        self.life = life
        wire.attach(life, fingerprint: fingerprint)
    }

    var runtime: HostRuntime {
        guard let life else { preconditionFailure("The host \(name) has been closed.") }
        return life
    }

    /// The folder that all hosts below `root` see at the same path.
    static func sharedStorage(in root: String) -> String { "\(root)/shared" }

    /// Not 6600: a ferryd of the machine the tests run on may have that.
    static let dataPort: UInt16 = 16_600

    private static func start(
        _ configuration: HostConfiguration, _ options: Options, _ trust: WireTrust
    ) throws -> HostRuntime {
        let runtime = try HostRuntime(configuration)
        let migrations = try HostMigrations(
            machines: runtime.machines, trust: trust, connector: trust, tuning: options.tuning)
        try runtime.start(HostServices(migrations: migrations, trust: trust))
        return runtime
    }

    /// The library as the other Debian sees it.
    private static func preload(_ debian: String?) throws -> String {
        let library = try BuiltProduct.guestMemoryLibrary()
        guard let debian else { return library }
        let copy = "/usr/lib/libFerryGuestMemory.so"
        try DurableFile.replace("\(debian)\(copy)", with: try DurableFile.read(library), mode: 0o755)
        return copy
    }

    /// Lets moves in and out, over loopback.
    func enableMigration() async throws {
        var request = SetHostRequest()
        request.migrationEnabled = true
        request.useAnyNetwork = false
        _ = try await connection.send(request)
        _ = try await connection.send(
            AddMigrationNetworkRequest(subnet: "\(configuration.listenAddress)/32", priority: nil))
    }

    /// A new life of the runtime over what the old one left. The guests go on.
    func restart() throws {
        let fingerprint = HostWire.fingerprint(of: name)
        wire.detach(fingerprint: fingerprint)
        life?.stop()
        life = nil
        let next = try Self.start(configuration, options, trust)
        life = next
        wire.attach(next, fingerprint: fingerprint)
    }

    /// Kills what still runs and gives the memory back. What of the host's own is still open after that is a leak.
    func close() {
        guard life != nil else { return }
        wire.detach(fingerprint: HostWire.fingerprint(of: name))
        for machine in life?.machines.all ?? [] { _ = try? machine.qemu?.process.kill() }
        life?.stop()
        life = nil
        let mount = try? TmpfsMount.find(at: configuration.memoryFolder)
        for name in (try? Folder.names(in: configuration.memoryFolder)) ?? [] {
            try? Folder.removeTree("\(configuration.memoryFolder)/\(name)")
        }
        do {
            let leftovers = try Leaks.leftovers(mentioning: folder)
            #expect(leftovers.isEmpty)
            try mount?.unmount()
        } catch { Issue.record(error, "\(name) could not be cleaned up") }
    }

    func qemuVersion() throws -> QEMUVersion { try runtime.environment.hypervisor.hypervisor().version }

    var firmwareLog: FirmwareLog { FirmwareLog(path: "\(folder)/firmware.log") }

    func memoryPath(_ id: String) -> String { "\(folder)/memory/\(id).ram" }

    func disk(_ id: String) throws -> String { try machine(id).document().disks[0].path }

    func machine(_ id: String) throws -> Machine { try runtime.machines.machine(id) }

    func console(_ id: String) throws -> String { "\(try machine(id).folder)/console.log" }

    func memoryFile(_ id: String) throws -> RAMFile { try RAMFile.open(memoryPath(id)) }

    /// Paused, so that memory and disk are of one instant.
    func paused<Result>(_ id: String, _ body: () throws -> Result) throws -> Result {
        let client = try machine(id).requireQEMU().qmp()
        try client.execute("stop")
        defer { _ = try? client.execute("cont") }
        return try body()
    }
}
