package import FerryContract
package import FerryCore

/// Moves, as the host's operations need them. All calls block and are made on threads of the host, never on the cooperative
/// pool; several at once.
package protocol MigrationService: AnyObject, Sendable {
    /// Settles what an earlier life of ferryd left: called once in `HostRuntime.start`, after machines were found again and
    /// before any request is answered. Planned machines are in the machine list with `isPlanned`.
    func recover() throws(Failure)

    /// Moves a machine, on the operation's own thread. The caller holds the machine's lease (`MachineWork.move`).
    func move(
        _ machine: Machine, _ request: MoveMachineRequest, _ operation: Operation
    ) throws(Failure) -> MoveMachineResult

    /// Everything that speaks against moving a machine, at both hosts. Makes and reserves nothing.
    func compare(_ machine: Machine, _ request: CompareMachineRequest) throws(Failure) -> CompatibilityReport

    /// The moves that this host has open records of.
    func traces() throws(Failure) -> [MigrationTrace]

    /// Ends a running move, whoever started it, and returns it as it ended.
    ///
    /// - Throws: `TransferFault.tooLateToCancel` once the source may have released the machine.
    func cancel(_ request: StopMigrationRequest, _ operation: Operation) throws(Failure) -> MigrationReport

    /// Both hosts' records of a move, and what an administrator may make of them. Asks the other host, for seconds.
    func bothRecords(_ request: GetMigrationRecordsRequest) throws(Failure) -> MigrationRecordsReport

    /// Settles a move in doubt and returns it as it was settled.
    ///
    /// - Throws: `MigrationFault.choiceExcluded` for what the records exclude.
    func resolve(_ request: ResolveMigrationRequest, _ operation: Operation) throws(Failure) -> MigrationReport

    /// Newest first.
    func migrations(_ request: GetMigrationsRequest) throws(Failure) -> [MigrationReport]

    // What a trusted host asks; `peer` is its entry in the trust list.
    func prepare(_ request: PrepareMigrationRequest, peer: TrustReport) throws(Failure) -> PrepareMigrationResponse
    func compare(_ request: CompareMigrationRequest, peer: TrustReport) throws(Failure) -> MigrationComparison
    func abandon(_ request: AbandonMigrationRequest, peer: TrustReport) throws(Failure) -> MigrationStanding
    func standing(_ request: MigrationStatusRequest, peer: TrustReport) throws(Failure) -> MigrationStanding
    /// This host as the witness of another two's move.
    func witness(_ request: WitnessMigrationRequest, peer: TrustReport) throws(Failure) -> WitnessAnswer

    /// The setting `migrationEnabled` or the networks changed: open or close the listener.
    func settingsChanged(_ settings: HostSettings) throws(Failure)

    /// ferryd ends; machines go on running. Returns when no thread of the service touches a machine any more.
    func stop()
}

/// Which hosts this one trusts. The same rules of calling as for `MigrationService`.
package protocol TrustService: AnyObject, Sendable {
    func newToken(_ request: NewTrustTokenRequest) throws(Failure) -> TrustToken
    func add(_ request: AddTrustRequest) throws(Failure) -> TrustReport
    func trusts(_ request: GetTrustsRequest) throws(Failure) -> [TrustReport]
    func remove(_ request: RemoveTrustRequest) throws(Failure) -> TrustReport
    /// `fingerprint` is the presenting TLS peer's, nil when it showed no certificate.
    func present(
        _ request: PresentTrustTokenRequest, fingerprint: String?, address: String
    ) throws(Failure) -> TrustReport

    /// The trusted host with this public key. Cheap: asked for each request of a remote caller.
    func trustedHost(fingerprint: String) -> TrustReport?
    /// By name in the trust list, else by address; nil when neither is listed.
    func trustedHost(named name: String) -> TrustReport?
}

/// Makes connections to other hosts; FerryDaemon implements it over HTTPS with both sides checked.
package protocol PeerConnector: Sendable {
    /// A connection on which the peer has proved the key `host.fingerprint`; may connect lazily.
    func connection(to host: TrustReport) throws(Failure) -> any HostConnection
}

/// What FerryHost's own parts do not implement; the daemon, or a test, hands them in.
package struct HostServices: Sendable {
    package var migrations: any MigrationService
    package var trust: any TrustService

    package init(migrations: any MigrationService, trust: any TrustService) {
        self.migrations = migrations
        self.trust = trust
    }
}
