package import FerryContract
package import FerryCore
import FerryLinux
package import FerryTransfer
import FoundationEssentials
import Synchronization

/// The ownership records of one move on this host, in a file that is synced before anyone acts on what it says.
package final class MigrationLog: OwnershipLog {
    private struct State: Sendable {
        var journal: OwnershipJournal
        var bytes: [UInt8]
        /// The last append failed: what of it is in the file is unknown.
        var isUncertain = false
    }

    package let context: MigrationContext
    /// What the move has made here.
    package let undo: MigrationJournal
    private let file: AppendOnlyFile
    private let marks: PhaseMarks
    private let state: Mutex<State>
    private let retainsDisks = Atomic<Bool>(false)
    private let agreed: Mutex<MigrationWitness?>

    init(_ context: MigrationContext, folder: String, probe: (any PhaseProbe)? = nil) throws(Failure) {
        self.context = context
        agreed = Mutex(context.witness)
        marks = PhaseMarks(
            context.side == .source ? .source : .target, migration: context.migration, probe: probe)
        undo = try MigrationJournal(folder: folder, migration: context.migration, marks: marks)
        file = try AppendOnlyFile("\(folder)/owner")
        let bytes = try file.contents(limit: 1 << 20)
        let journal = try OwnershipJournal(bytes)
        for record in journal.records {
            guard record.migration == context.migration, record.machine == context.machine,
                record.epoch == context.epoch,
                record.side.rawValue == context.side.rawValue
            else {
                throw Failure(
                    TransferFault.recordDamaged,
                    "The records in \(folder) do not belong to migration \(context.migration).",
                    target: context.machineName)
            }
        }
        if journal.validByteCount < bytes.count { try file.truncate(to: UInt64(journal.validByteCount)) }
        state = Mutex(State(journal: journal, bytes: Array(bytes.prefix(journal.validByteCount))))
    }

    /// Source: disks to delete once the target owns the machine.
    package var removableDisks: [String] { retainsDisks.load(ordering: .acquiring) ? [] : context.disks }
    /// Of a move that both hosts have agreed to make with one.
    package var witness: MigrationWitness? { agreed.withLock { $0 } }
    func agree(on witness: MigrationWitness) { agreed.withLock { $0 = witness } }
    func retainDisks() { retainsDisks.store(true, ordering: .releasing) }

    package var journal: OwnershipJournal { state.withLock { $0.journal } }
    package var newest: OwnershipRecord? { journal.records.last }
    package var role: OwnershipRole? { newest?.role }

    package func append(_ role: OwnershipRole) throws(Failure) {
        let record = try OwnershipRecord(
            role, side: context.side == .source ? .source : .target, machine: context.machine,
            migration: context.migration,
            epoch: context.epoch, time: UInt64(max(0, Date().timeIntervalSince1970) * 1000))
        try state.withLock { (state) throws(Failure) in
            if state.isUncertain { try Self.readAgain(file, &state) }
            // The engine repeats a record whose writing seemed to fail.
            guard state.journal.records.last?.role != role else { return }
            let line = OwnershipJournal.line(record)
            marks.before(.record)
            let longer = try OwnershipJournal(state.bytes + line)
            do throws(Failure) {
                try file.append(line)
            } catch {
                state.isUncertain = true
                throw Failure(
                    TransferFault.recordNotWritten,
                    "Writing the record \(role.rawValue) of the migration of virtual machine '\(context.machineName)' failed.",
                    target: context.machineName, cause: error)
            }
            state.bytes += line
            state.journal = longer
            marks.after(.record)
        }
    }

    private static func readAgain(_ file: AppendOnlyFile, _ state: inout State) throws(Failure) {
        let bytes = try file.contents(limit: 1 << 20)
        let journal = try OwnershipJournal(bytes)
        if journal.validByteCount < bytes.count { try file.truncate(to: UInt64(journal.validByteCount)) }
        state = State(journal: journal, bytes: Array(bytes.prefix(journal.validByteCount)))
    }
}
