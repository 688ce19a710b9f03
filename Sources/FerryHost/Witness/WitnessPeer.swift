import FerryContract
package import FerryCore
import FerryLinux
package import FerryTransfer

/// The witness of one move, asked by one of its hosts over its control interface.
package final class WitnessPeer: OwnershipWitness {
    private let host: TrustReport
    private let peer: MigrationPeer
    private let context: MigrationContext
    private let limit: Duration
    private let decided: @Sendable (OwnershipSide) -> Void

    /// - Parameters:
    ///   - limit: a question that is not answered in this time counts as not answered.
    ///   - decided: told of each answer to a claim, on a thread of its own: the guest is paused while the claim is made.
    init(
        _ host: TrustReport, peer: MigrationPeer, context: MigrationContext, limit: Duration,
        decided: @escaping @Sendable (OwnershipSide) -> Void
    ) {
        self.host = host
        self.peer = peer
        self.context = context
        self.limit = limit
        self.decided = decided
    }

    package var name: String { host.name }

    package func claim(for side: OwnershipSide) throws(Failure) -> OwnershipSide {
        guard let decision = try ask(.claim, for: side) else {
            throw Failure(
                TransferFault.witnessSilent, "The witness '\(name)' answered a claim without a decision.", target: name)
        }
        try? BlockingWork.run("witnessed") { [decided] in decided(decision) }
        return decision
    }

    /// nil while nothing is decided.
    func look() throws(Failure) -> OwnershipSide? { try ask(.look, for: own) }

    /// Whether it could decide this move.
    func probe() throws(Failure) { _ = try ask(.probe, for: own) }

    /// This host is done with the move. Best effort: what is not heard only takes room there.
    func settle() { _ = try? ask(.settle, for: own) }

    private var own: OwnershipSide { context.side == .source ? .source : .target }

    private func ask(_ act: WitnessMigrationRequest.Act, for side: OwnershipSide) throws(Failure) -> OwnershipSide? {
        let request = WitnessMigrationRequest(
            act, migration: context.migration, machine: context.machine, epoch: context.epoch,
            role: MigrationRole(own), otherHost: context.peerFingerprint, side: MigrationRole(side))
        return try peer.send(request, within: limit).decision.map { OwnershipSide($0) }
    }
}

extension MigrationRole {
    init(_ side: OwnershipSide) { self = side == .source ? .source : .target }
}

extension OwnershipSide {
    init(_ role: MigrationRole) { self = role == .source ? .source : .target }
}
