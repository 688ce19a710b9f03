package import FerryCore

/// A third host that both hosts of a move trust, as one of the two asks it.
///
/// Two hosts alone cannot settle one case: the source has recorded RELEASED, and whether the target runs the guest cannot be learned.
/// In a move that was prepared with a witness (both hosts' records say so, before anything can be granted) it is settled by two
/// rules:
///
/// - **W1.** The target records GRANT, claims the machine at the witness, and records OWNER, and so runs the guest, only once the
///   witness has decided for it. Otherwise, or without an answer in time, it destroys what has never run and records REFUSED.
/// - **W2.** The source that has recorded RELEASED and lacks the target's last word claims the machine, too. Decided for it, it records
///   REFUSED and runs the guest on. Decided for the target, or without an answer, it stays paused and goes on asking the target.
///
/// Why never two run the guest: the witness decides once for each move, the first claim wins, and the decision is on stable storage
/// before anybody is told (`WitnessLedger`). Before RELEASED the target has no grant and so makes no claim. After RELEASED the source
/// runs the guest only with the target's durable REFUSED, after which the target records no OWNER by this move, or with the decision
/// for the source; then no claim of the target is ever answered with its own name, and by W1 it never records OWNER. The other way
/// round, a target with OWNER holds the decision for itself, so the source is never told the other; and it has recorded no REFUSED.
/// An answer that is lost, late or repeated changes nothing: it tells the one decision. A host that crashes asks again and is told
/// the same.
///
/// What it costs: one write of GRANT at the target and one round trip to the witness, with its write, are part of the blackout. A
/// witness that fails between the preparation and GRANT fails the move, and the guest runs on at the source.
package protocol OwnershipWitness: AnyObject, Sendable {
    /// As the trust list has it.
    var name: String { get }

    /// Claims the machine for `side` and returns for whom the witness has decided. Blocks, with a deadline of its own (a second or
    /// two); called from a thread of its own. A failure means "no answer": the claim may have been decided all the same.
    func claim(for side: OwnershipSide) throws(Failure) -> OwnershipSide
}
