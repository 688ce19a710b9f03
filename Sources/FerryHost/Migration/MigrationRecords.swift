package import FerryContract
package import FerryCore
import FerryLinux
package import FerryTransfer
import FoundationEssentials
import Glibc
import Synchronization

/// What a later life of ferryd must know of a move beside its ownership records: with whom, of what, and what was asked
/// for.
package struct MigrationContext: Codable, Sendable, Hashable {
    package var migration: String
    package var side: MigrationSide
    package var machine: String
    package var machineName: String
    package var epoch: UInt64
    /// The other host, as the trust list had it: name and key.
    package var peerName: String
    package var peerFingerprint: String
    /// Source: disks to delete once the target owns the machine.
    package var disks: [String]
    /// Of a move that both hosts have agreed to make with one: known to every life of ferryd before anything can be granted.
    package var witness: MigrationWitness?

    package enum MigrationSide: String, Codable, Sendable { case source, target }

    package init(
        migration: String, side: MigrationSide, machine: String, machineName: String, epoch: UInt64, peerName: String,
        peerFingerprint: String, disks: [String], witness: MigrationWitness? = nil
    ) {
        self.migration = migration
        self.side = side
        self.machine = machine
        self.machineName = machineName
        self.epoch = epoch
        self.peerName = peerName
        self.peerFingerprint = peerFingerprint
        self.disks = disks
        self.witness = witness
    }
}

/// This host's records of moves, a folder each: `open` while the move is unsettled here, `closed` afterwards.
///
/// ```
///   migrations/history.json
///              epochs.json                     machine → count of owners it has had, as far as this host knows
///              open/<migration>/context.json   written first
///                               owner          ownership records, append-only
///                               <migration>.journal   what to undo
///              closed/<migration>/…            answers questions for as long as the history names the move
/// ```
package final class MigrationRecords: Sendable {
    private let folder: String
    private let probe: (any PhaseProbe)?
    private let logs = Mutex<[String: MigrationLog]>([:])
    private let epochs: Mutex<Epochs>

    private struct Epochs: Sendable {
        var known: [String: UInt64]
        /// The file says the same.
        var isWritten: Bool
    }

    package init(folder: String, probe: (any PhaseProbe)? = nil) throws(Failure) {
        self.folder = folder
        self.probe = probe
        try Folder.create("\(folder)/open")
        try Folder.create("\(folder)/closed")
        var known: [String: UInt64] = [:]
        var isWritten = true
        if let bytes = try DurableFile.readIfPresent("\(folder)/epochs.json") {
            if let decoded = try? JSONDecoder().decode([String: UInt64].self, from: Data(bytes)) {
                known = decoded
            } else {
                // Each move's own record tells it as well. The file is set aside, and written again with the next change.
                try DurableFile.replace("\(folder)/epochs.json.damaged", with: bytes)
                known = try Self.epochs(in: folder)
                isWritten = false
            }
        }
        epochs = Mutex(Epochs(known: known, isWritten: isWritten))
    }

    /// What the records of all moves that are kept say.
    private static func epochs(in folder: String) throws(Failure) -> [String: UInt64] {
        var known: [String: UInt64] = [:]
        for place in ["\(folder)/open", "\(folder)/closed"] {
            for name in try Folder.names(in: place) {
                guard let bytes = try? DurableFile.readIfPresent("\(place)/\(name)/context.json"),
                    let context = try? JSONDecoder().decode(MigrationContext.self, from: Data(bytes))
                else { continue }
                known[context.machine] = max(known[context.machine] ?? 0, context.epoch)
            }
        }
        return known
    }

    /// Begins the records of a move. Nothing of it may exist before this has returned.
    package func begin(_ context: MigrationContext) throws(Failure) -> MigrationLog {
        let place = openFolder(context.migration)
        guard !Folder.exists(place), !Folder.exists(closedFolder(context.migration)) else {
            throw Failure(
                MigrationFault.machineExists, "The migration \(context.migration) is known on this host already.",
                target: context.machineName)
        }
        try Folder.create(place)
        do {
            try DurableFile.replace("\(place)/context.json", with: Array(try Self.encoder.encode(context)))
        } catch let failure as Failure {
            try? Folder.removeTree(place)
            throw failure
        } catch {
            try? Folder.removeTree(place)
            throw Failure(
                MigrationFault.journalNotWritten, "Writing \(place)/context.json failed: \(error)", target: place)
        }
        let log = try MigrationLog(context, folder: place, probe: probe)
        logs.withLock { $0[context.migration] = log }
        return log
    }

    /// The moves that an earlier life of ferryd left unsettled. One that cannot be read is a failure in its place:
    /// nobody may
    /// run the machine before an administrator has looked.
    package func unsettled() throws(Failure) -> [Result<MigrationLog, Failure>] {
        var result: [Result<MigrationLog, Failure>] = []
        for name in try Folder.names(in: "\(folder)/open") {
            let place = "\(folder)/open/\(name)"
            do throws(Failure) {
                guard let bytes = try DurableFile.readIfPresent("\(place)/context.json") else {
                    // It ended between making the folder and its first file: nothing followed.
                    try Folder.removeTree(place)
                    continue
                }
                let context: MigrationContext
                do {
                    context = try JSONDecoder().decode(MigrationContext.self, from: Data(bytes))
                } catch {
                    throw Failure(
                        TransferFault.recordDamaged, "The record \(place)/context.json cannot be understood: \(error)",
                        target: name)
                }
                let log = try MigrationLog(context, folder: place, probe: probe)
                logs.withLock { $0[name] = log }
                result.append(.success(log))
            } catch {
                result.append(
                    .failure(
                        Failure(
                            TransferFault.recordDamaged,
                            "The records of the migration \(name) in \(place) cannot be used.",
                            target: name, cause: error)))
            }
        }
        return result
    }

    /// Whether the open records of `migration`, whatever they are worth, name the machine.
    func mentions(_ machine: String, in migration: String) -> Bool {
        let place = openFolder(migration)
        let wanted = Array(machine.utf8)
        return ((try? Folder.names(in: place)) ?? []).contains { name in
            guard let bytes = try? DurableFile.read("\(place)/\(name)") else { return false }
            return bytes.indices.contains { bytes[$0...].starts(with: wanted) }
        }
    }

    /// The open move that brings the machine here; nil when there is none.
    func planner(of machine: String) -> String? {
        logs.withLock { logs in
            logs.values.first { $0.context.machine == machine && $0.context.side == .target }?.context.migration
        }
    }

    /// The moves whose records are open, by what is on disk; a machine that cannot be read is "".
    package func open() throws(Failure) -> [(migration: String, machine: String)] {
        try Folder.names(in: "\(folder)/open").map { name in
            if let log = log(name) { return (name, log.context.machine) }
            let bytes = try? DurableFile.readIfPresent("\(folder)/open/\(name)/context.json")
            let context = bytes.flatMap { try? JSONDecoder().decode(MigrationContext.self, from: Data($0)) }
            return (name, context?.machine ?? "")
        }
    }

    /// The newest record of a migration, settled or not; nil when this host has none.
    package func newest(_ migration: String) throws(Failure) -> OwnershipRecord? {
        if let log = logs.withLock({ $0[migration] }) { return log.newest }
        guard OwnershipRecord.isIdentifier(migration) else { return nil }
        guard let bytes = try DurableFile.readIfPresent("\(closedFolder(migration))/owner") else { return nil }
        return try OwnershipJournal(bytes).records.last
    }

    /// With whom a move is or was; nil when this host knows nothing of it.
    package func context(_ migration: String) throws(Failure) -> MigrationContext? {
        if let log = log(migration) { return log.context }
        guard OwnershipRecord.isIdentifier(migration),
            let bytes = try DurableFile.readIfPresent("\(closedFolder(migration))/context.json")
        else { return nil }
        return try? JSONDecoder().decode(MigrationContext.self, from: Data(bytes))
    }

    package func log(_ migration: String) -> MigrationLog? { logs.withLock { $0[migration] } }

    /// The move is settled here and everything undone that had to be: its records stay to answer questions.
    package func close(_ log: MigrationLog) throws(Failure) {
        let place = openFolder(log.context.migration)
        let closed = closedFolder(log.context.migration)
        // SAFETY: zero-terminated copies that outlive the call.
        guard unsafe rename(place, closed) == 0 else { throw Failure(errno: errno, "rename \(place)", target: place) }
        try Folder.makeDurable("\(folder)/open")
        try Folder.makeDurable("\(folder)/closed")
        _ = logs.withLock { $0.removeValue(forKey: log.context.migration) }
    }

    /// The source's disks stay, whatever becomes of the move: known to later lives of ferryd when this returns.
    package func retainDisks(_ log: MigrationLog) throws(Failure) {
        try rewrite(log) { $0.disks = [] }
        log.retainDisks()
    }

    /// Source: the target has agreed to make the move with this witness. Known to later lives of ferryd when this returns.
    package func agree(_ log: MigrationLog, on witness: MigrationWitness) throws(Failure) {
        try rewrite(log) { $0.witness = witness }
        log.agree(on: witness)
    }

    private func rewrite(_ log: MigrationLog, _ change: (inout MigrationContext) -> Void) throws(Failure) {
        var context = log.context
        context.disks = log.removableDisks
        context.witness = log.witness
        change(&context)
        let path = "\(openFolder(context.migration))/context.json"
        let bytes: [UInt8]
        do { bytes = Array(try Self.encoder.encode(context)) } catch {
            throw Failure(MigrationFault.journalNotWritten, "Writing \(path) failed: \(error)", target: path)
        }
        try DurableFile.replace(path, with: bytes)
    }

    /// Forgets closed moves that the history no longer names.
    package func prune(keeping migrations: Set<String>) throws(Failure) {
        for name in try Folder.names(in: "\(folder)/closed") where !migrations.contains(name) {
            try Folder.removeTree("\(folder)/closed/\(name)")
        }
    }

    /// Owners the machine has had, as far as this host knows.
    package func epoch(of machine: String) -> UInt64 { epochs.withLock { $0.known[machine] ?? 0 } }

    /// The count holds from here on, also when the file could not be written: then the next call writes it.
    package func setEpoch(_ epoch: UInt64, of machine: String) throws(Failure) {
        try epochs.withLock { (epochs) throws(Failure) in
            if epochs.known[machine] ?? 0 < epoch {
                epochs.known[machine] = epoch
                epochs.isWritten = false
            }
            guard !epochs.isWritten else { return }
            let data: Data
            do {
                data = try Self.encoder.encode(epochs.known)
            } catch {
                throw Failure(
                    MigrationFault.journalNotWritten, "Writing \(folder)/epochs.json failed: \(error)", target: folder)
            }
            try DurableFile.replace("\(folder)/epochs.json", with: Array(data))
            epochs.isWritten = true
        }
    }

    /// One value has one spelling.
    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    private func openFolder(_ migration: String) -> String { "\(folder)/open/\(migration)" }
    private func closedFolder(_ migration: String) -> String { "\(folder)/closed/\(migration)" }
}

extension OwnershipRecord {
    /// Whether a text from a peer may become part of a path.
    static func isIdentifier(_ text: String) -> Bool { MigrationID(text)?.description == text }
}
