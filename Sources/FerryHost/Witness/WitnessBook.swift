import FerryContract
package import FerryCore
import FerryLinux
package import FerryTransfer
import FoundationEssentials
import Synchronization

/// What this host has decided as a witness: a `WitnessLedger` in a file that is synced before anyone is told.
///
/// ```
///   witness/ledger      append-only; written anew without what is forgotten, by rename, once that is most of it
/// ```
///
/// A ledger that cannot be read decides nothing, not even anew: a move could be given to both of its hosts. The host's own machines
/// and moves do not need it.
package final class WitnessBook: Sendable {
    private struct State: Sendable {
        var ledger: WitnessLedger
        /// nil before the first decision: most hosts are no witness.
        var file: AppendOnlyFile?
        /// The last append failed: what of it is in the file is unknown, and was told to nobody.
        var isUncertain = false
    }

    /// Lines that say nothing any more, from which on the file is written anew.
    private static let waste = 4096
    private static let sizeLimit = 64 << 20

    private let folder: String
    private let path: String
    private let limit: Int
    private let state: Mutex<State?>
    /// Why it decides nothing.
    package let damage: Failure?

    package init(folder: String, limit: Int = WitnessLedger.entriesLimit) {
        self.folder = folder
        path = "\(folder)/ledger"
        self.limit = limit
        do throws(Failure) {
            state = Mutex(try Self.open(path, limit))
            damage = nil
        } catch {
            state = Mutex(nil)
            damage = Failure(
                TransferFault.recordDamaged,
                "This host decides nothing as a witness, because the decisions it has made cannot be read: \(error.message)",
                target: path, cause: error,
                advice:
                    "Settle the moves that have this host as their witness with Resolve-VMMigration on their hosts, move the file \(path) away and restart ferryd."
            )
        }
    }

    private static func open(_ path: String, _ limit: Int) throws(Failure) -> State {
        guard try DurableFile.readIfPresent(path, limit: sizeLimit) != nil else {
            return State(ledger: WitnessLedger(limit: limit), file: nil)
        }
        var file = try AppendOnlyFile(path)
        let bytes = try file.contents(limit: sizeLimit)
        var ledger = try WitnessLedger(bytes, limit: limit)
        // Also what an earlier life wrote and was killed before it had synced: it is told from here on. This syncs it.
        try file.truncate(to: UInt64(ledger.validByteCount))
        if ledger.lineCount > 2 * ledger.entries.count + waste {
            let compact = ledger.compact
            try DurableFile.replace(path, with: compact)
            ledger = try WitnessLedger(compact, limit: limit)
            file = try AppendOnlyFile(path)
        }
        return State(ledger: ledger, file: file)
    }

    package struct Answer: Sendable, Hashable {
        package var decision: OwnershipSide?
        /// By this very claim.
        package var isNew = false
    }

    /// Decides, or tells what is decided. Returns once it is on stable storage.
    ///
    /// - Parameter key: fingerprint of the host that asks.
    package func claim(_ claim: WitnessClaim, by key: String) throws(Failure) -> Answer {
        try change { (state) throws(Failure) in
            switch try state.ledger.judge(claim, by: key) {
            case .decided(let side): return Answer(decision: side)
            case .first:
                try append(WitnessLedger.line(claim, time: Self.now), &state)
                return Answer(decision: claim.side, isNew: true)
            }
        }
    }

    /// What is decided; changes nothing.
    ///
    /// - Throws: also when a claim of this move would be refused.
    package func look(_ claim: WitnessClaim, by key: String) throws(Failure) -> Answer {
        try change { (state) throws(Failure) in
            switch try state.ledger.judge(claim, by: key) {
            case .decided(let side): Answer(decision: side)
            case .first: Answer(decision: nil)
            }
        }
    }

    /// The host that asks, which is `claim.side`, is done with the move.
    package func settle(_ claim: WitnessClaim, by key: String) throws(Failure) {
        try change { (state) throws(Failure) in
            guard try state.ledger.mustSettle(claim, by: key) else { return }
            try append(WitnessLedger.line(settled: claim, time: Self.now), &state)
            if state.ledger.lineCount > 2 * state.ledger.entries.count + Self.waste {
                state = try Self.open(path, limit)
            }
        }
    }

    private func change<Value: Sendable>(_ body: (inout State) throws(Failure) -> Value) throws(Failure) -> Value {
        if let damage { throw damage }
        return try state.withLock { (state) throws(Failure) in
            guard var changed = state else {
                throw Failure(
                    TransferFault.recordDamaged, "The decisions of this witness cannot be read.", target: path)
            }
            if changed.isUncertain {
                try changed.file?.truncate(to: UInt64(changed.ledger.validByteCount))
                changed.isUncertain = false
            }
            defer { state = changed }
            return try body(&changed)
        }
    }

    private func append(_ line: [UInt8], _ state: inout State) throws(Failure) {
        do throws(Failure) {
            if state.file == nil {
                try Folder.create(folder)
                state.file = try AppendOnlyFile(path)
            }
            try state.file?.append(line)
        } catch {
            state.isUncertain = true
            throw Failure(
                TransferFault.recordNotWritten, "Writing a decision of this witness failed.", target: path, cause: error
            )
        }
        state.ledger.append(synced: line)
    }

    private static var now: UInt64 { UInt64(max(0, Date().timeIntervalSince1970) * 1000) }
}
