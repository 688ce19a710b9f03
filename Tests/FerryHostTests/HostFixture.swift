import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import Glibc

/// A host runtime of its own in a temporary folder, with requests that go through JSON as a client's do.
final class HostFixture: Sendable {
    static let administrator = Caller.local(userID: 0, groupID: 0, processID: 1)

    let folder: TemporaryDirectory
    let configuration: HostConfiguration
    let runtime: HostRuntime
    let services: StubServices

    /// - Parameter folder: of an earlier life.
    init(
        folder: TemporaryDirectory? = nil, services: StubServices = StubServices(),
        _ change: (inout HostConfiguration) -> Void = { _ in }
    ) throws(Failure) {
        let folder = if let folder { folder } else { try TemporaryDirectory() }
        // Guests' users pass through it to their disks.
        try Folder.setMode(folder.path, 0o711)
        var configuration = HostConfiguration(
            name: "NODE1", stateFolder: folder.file("state"), runtimeFolder: folder.file("run"),
            memoryFolder: folder.file("memory"), memorySize: .mebibytes(512))
        configuration.accelerator = .tcg
        configuration.storageRoots = [folder.file("vms")]
        configuration.virtualMachinePath = folder.file("vms")
        configuration.virtualHardDiskPath = folder.file("vms")
        change(&configuration)
        self.folder = folder
        self.configuration = configuration
        self.services = services
        runtime = try HostRuntime(configuration)
        try runtime.start(HostServices(migrations: services, trust: services))
    }

    /// Ends every machine and takes the folder's mounts away. The next life, if any, must be stopped before.
    func tearDown() {
        for machine in runtime.machines.all { try? machine.destroyQEMU() }
        runtime.stop()
        try? TmpfsMount.find(at: configuration.memoryFolder)?.unmount()
    }

    func send<Request: HostRequest>(
        _ request: Request, as caller: Caller = administrator
    ) async throws(Failure) -> Request.Response {
        let body = try ContractJSON.encode(request)
        let answer = try await runtime.perform(Request.operation, body: body, caller: caller)
        return try ContractJSON.decode(Request.Response.self, from: answer, role: "The answer")
    }

    /// Waits for the operation's end.
    func finish(_ report: OperationReport) async throws(Failure) -> OperationReport {
        var report = report
        while report.state == .running {
            report = try await runtime.operation(
                report.id, after: report.progress.generation, caller: Self.administrator)
        }
        return report
    }

    /// Runs a long request to its end and returns its result.
    func complete<Request: LongHostRequest>(_ request: Request) async throws(Failure) -> Request.Result {
        let report = try await finish(try await send(request))
        if let failure = report.failure { throw failure.failure }
        return try ContractJSON.decode(Request.Result.self, from: Array((report.result ?? "").utf8), role: "The result")
    }

    func machine(_ name: String) async throws(Failure) -> MachineReport? {
        try await send(GetMachinesRequest(names: [name])).machines.first
    }
}

/// Services that refuse what needs another host, and remember what they were told.
final class StubServices: MigrationService, TrustService {
    private let unavailable = Failure(HostFault.hostStopping, "This test has no other host.")
    private let told = Monitor<[HostSettings]>([])
    let trusted: TrustReport?
    /// What the moves' records say.
    let traced = Monitor<[MigrationTrace]>([])

    init(trusted: TrustReport? = nil) { self.trusted = trusted }

    var settings: [HostSettings] { told.read { $0 } }

    func recover() throws(Failure) {}
    func settingsChanged(_ settings: HostSettings) throws(Failure) { told.update { $0.append(settings) } }
    func stop() {}
    func move(
        _ machine: Machine, _ request: MoveMachineRequest, _ operation: Operation
    ) throws(Failure) -> MoveMachineResult { throw unavailable }
    func traces() throws(Failure) -> [MigrationTrace] { traced.read { $0 } }
    func cancel(_ request: StopMigrationRequest, _ operation: Operation) throws(Failure) -> MigrationReport {
        throw unavailable
    }
    func bothRecords(_ request: GetMigrationRecordsRequest) throws(Failure) -> MigrationRecordsReport {
        throw unavailable
    }
    func resolve(_ request: ResolveMigrationRequest, _ operation: Operation) throws(Failure) -> MigrationReport {
        throw unavailable
    }
    func migrations(_ request: GetMigrationsRequest) throws(Failure) -> [MigrationReport] { [] }
    func prepare(
        _ request: PrepareMigrationRequest, peer: TrustReport
    ) throws(Failure) -> PrepareMigrationResponse { throw unavailable }
    func compare(_ machine: Machine, _ request: CompareMachineRequest) throws(Failure) -> CompatibilityReport {
        throw unavailable
    }
    func compare(_ request: CompareMigrationRequest, peer: TrustReport) throws(Failure) -> MigrationComparison {
        throw unavailable
    }
    func abandon(_ request: AbandonMigrationRequest, peer: TrustReport) throws(Failure) -> MigrationStanding {
        throw unavailable
    }
    func standing(_ request: MigrationStatusRequest, peer: TrustReport) throws(Failure) -> MigrationStanding {
        MigrationStanding(record: nil, epoch: 0, isRunning: false)
    }
    func witness(_ request: WitnessMigrationRequest, peer: TrustReport) throws(Failure) -> WitnessAnswer {
        throw unavailable
    }

    func newToken(_ request: NewTrustTokenRequest) throws(Failure) -> TrustToken { throw unavailable }
    func add(_ request: AddTrustRequest) throws(Failure) -> TrustReport { throw unavailable }
    func trusts(_ request: GetTrustsRequest) throws(Failure) -> [TrustReport] { trusted.map { [$0] } ?? [] }
    func remove(_ request: RemoveTrustRequest) throws(Failure) -> TrustReport { throw unavailable }
    func present(
        _ request: PresentTrustTokenRequest, fingerprint: String?, address: String
    ) throws(Failure) -> TrustReport { throw unavailable }
    func trustedHost(fingerprint: String) -> TrustReport? { trusted?.fingerprint == fingerprint ? trusted : nil }
    func trustedHost(named name: String) -> TrustReport? { trusted?.name == name ? trusted : nil }
}
