package import FerryContract
package import FerryCore
import FerryLinux
package import FerryTransfer

/// The other host of a move, asked over its control interface.
package final class MigrationPeer: OwnershipPeer {
    /// A call that is not answered in this time counts as no answer.
    private static let limit = Duration.seconds(5)

    package let host: TrustReport
    private let connector: any PeerConnector
    private let migration: String
    private let faults: PhaseFaultInjector?

    package init(
        _ host: TrustReport, connector: any PeerConnector, migration: String, faults: PhaseFaultInjector? = nil
    ) {
        self.host = host
        self.connector = connector
        self.migration = migration
        self.faults = faults
    }

    package func ask(telling own: OwnershipStanding) throws(Failure) -> OwnershipStanding {
        let answer = try send(
            MigrationStatusRequest(migration: migration, own: MigrationStanding(own)), within: Self.limit)
        return OwnershipStanding(answer)
    }

    /// Sends a request and waits for its answer on the calling thread.
    ///
    /// - Throws: what the host answers, else a `ConnectionFault`; `timedOut` when `limit` has passed.
    package func send<Request: HostRequest>(
        _ request: Request, within limit: Duration, cancellation: CancellationToken? = nil
    ) throws(Failure) -> Request.Response {
        try faults?.requireLink(to: host.name, within: limit)
        let connection = try connector.connection(to: host)
        let deadline = Deadline.after(limit)
        do throws(Failure) {
            return try BlockingWork.wait(until: deadline, cancellation: cancellation) { () async throws(Failure) in
                try await connection.send(request)
            }
        } catch {
            // The connection only knows that its caller gave up.
            guard error.is(ConnectionFault.closed), deadline.hasPassed, cancellation?.isCancelled != true else {
                throw error
            }
            throw Failure(
                ConnectionFault.timedOut, "The host '\(host.name)' has not answered within \(limit).",
                target: host.name,
                cause: Failure(ConnectionFault.timedOut, ConnectionFault.timedOutText, target: host.address))
        }
    }
}

extension MigrationStanding {
    init(_ standing: OwnershipStanding) {
        self.init(record: standing.role?.rawValue, epoch: standing.epoch, isRunning: standing.isRunning)
    }
}

extension OwnershipStanding {
    /// A record of a name that is not known here says nothing.
    init(_ standing: MigrationStanding) {
        self.init(
            role: standing.record.flatMap { OwnershipRole(rawValue: $0) }, epoch: standing.epoch,
            isRunning: standing.isRunning)
    }
}
