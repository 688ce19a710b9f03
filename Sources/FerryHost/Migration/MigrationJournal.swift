package import FerryCore
import FerryLinux
package import FerryTransfer
import FoundationEssentials
import Synchronization

/// Something a move made, and with it how it is unmade.
package enum MigrationUndo: Codable, Sendable, Hashable {
    case removeFile(path: String)
    /// Only while it is empty: a folder someone put a file into stays.
    case removeEmptyFolder(path: String)
    /// The folder is the move's alone, with everything in it; it goes at the end of a successful move as well.
    case removeTree(path: String)
    /// The daemon that has a planned machine's images open, known by the path of its socket.
    case endStorageDaemon(socket: String)
    /// Exports, bitmaps and block server of a machine's running hypervisor, and the socket its device state went to.
    case removeTracking(machine: String)
    /// A planned machine: its hypervisor dies before its document goes.
    case removePlannedMachine(machine: String)
}

/// What one move has made on this host and not yet unmade or kept: one append-only file a migration.
///
/// The line that names a thing is on stable storage before the thing exists, so a host that died in between finds at
/// most a
/// line too many. Undoing goes backwards, and each undo must succeed on something that is not there.
///
/// One JSON document a line; a torn last line was never acted upon and is ignored. Damage before it is not a torn write, and the
/// journal is refused.
package final class MigrationJournal: Sendable {
    private enum Line: Codable {
        case made(Int, MigrationUndo)
        case unmade(Int)
        /// Everything still listed belongs to the machine now.
        case kept

        /// Whether another number can follow.
        var isNumbered: Bool {
            switch self {
            case .made(let number, _), .unmade(let number): (0..<Int.max).contains(number)
            case .kept: true
            }
        }
    }

    private struct State: Sendable {
        var next = 0
        var open: [Int: MigrationUndo] = [:]
    }

    package let migration: String
    package let path: String
    private let file: AppendOnlyFile
    private let marks: PhaseMarks?
    private let state: Mutex<State>

    /// Opens the journal of `migration`, or begins one.
    package init(folder: String, migration: String, marks: PhaseMarks? = nil) throws(Failure) {
        try Folder.create(folder)
        self.migration = migration
        self.marks = marks
        path = "\(folder)/\(migration).journal"
        file = try AppendOnlyFile(path)
        let bytes = try file.contents(limit: 16 << 20)
        var state = State()
        var whole = 0
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
            guard let entry = try? JSONDecoder().decode(Line.self, from: Data(line)), entry.isNumbered else {
                // Undoing without the line that says what is kept would take the machine away.
                guard whole + line.count + 1 == bytes.count else {
                    throw Failure(
                        TransferFault.recordDamaged,
                        "The undo journal \(path) is damaged at byte \(whole), before its last line.", target: path)
                }
                break
            }
            whole += line.count + 1
            switch entry {
            case .made(let number, let undo):
                state.open[number] = undo
                state.next = max(state.next, number + 1)
            case .unmade(let number): state.open[number] = nil
            case .kept: state.open = [:]
            }
        }
        if whole < bytes.count { try file.truncate(to: UInt64(whole)) }
        self.state = Mutex(state)
    }

    /// Names of the migrations that have a journal in `folder`.
    package static func migrations(in folder: String) throws(Failure) -> [String] {
        guard Folder.exists(folder) else { return [] }
        return try Folder.names(in: folder).compactMap { name in
            name.hasSuffix(".journal") ? String(name.dropLast(8)) : nil
        }
    }

    /// Call before the thing is made. The number names it to `unmade`.
    @discardableResult
    package func willMake(_ undo: MigrationUndo) throws(Failure) -> Int {
        try state.withLock { (state) throws(Failure) in
            let number = state.next
            try append(.made(number, undo))
            state.next += 1
            state.open[number] = undo
            return number
        }
    }

    package func unmade(_ number: Int) throws(Failure) {
        try state.withLock { (state) throws(Failure) in
            guard state.open[number] != nil else { return }
            try append(.unmade(number))
            state.open[number] = nil
        }
    }

    /// The move succeeded: what it made stays.
    package func keepEverything() throws(Failure) {
        try state.withLock { (state) throws(Failure) in
            try append(.kept)
            state.open = [:]
        }
    }

    /// Unmakes the newest first. Goes on after a failure and throws the first one, with the others attached; what could
    /// not
    /// be unmade stays listed for the next try.
    package func undoEverything(_ perform: (MigrationUndo) throws(Failure) -> Void) throws(Failure) {
        let open = state.withLock { $0.open.sorted { $0.key > $1.key } }
        var first: Failure?
        for (number, undo) in open {
            do throws(Failure) {
                try perform(undo)
                try unmade(number)
            } catch {
                first = first?.adding(cleanUp: error) ?? error
            }
        }
        if let first { throw first }
    }

    package var isEmpty: Bool { state.withLock { $0.open.isEmpty } }
    package var open: [MigrationUndo] { state.withLock { $0.open.sorted { $0.key < $1.key }.map(\.value) } }

    /// Removes the file once nothing is listed.
    package func retire() throws(Failure) {
        guard isEmpty else { return }
        try DurableFile.remove(path)
    }

    private func append(_ line: Line) throws(Failure) {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let data = try encoder.encode(line)
            marks?.before(.undoLine)
            try file.append(Array(data) + [UInt8(ascii: "\n")])
            marks?.after(.undoLine)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(
                MigrationFault.journalNotWritten, "Writing a line to the migration journal \(path) failed: \(error)",
                target: path)
        }
    }
}
