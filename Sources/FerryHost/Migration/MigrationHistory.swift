package import FerryContract
package import FerryCore
import FerryLinux
import FoundationEssentials
import Synchronization

/// The moves this host has taken part in, running ones included: what `Get-VMMigration` shows.
///
/// The newest 200 are kept in one JSON file, replaced whenever a move begins or its standing changes. Progress of a
/// running
/// move changes only memory.
package final class MigrationHistory: Sendable {
    package static let limit = 200

    private let path: String
    private let reports: Mutex<[MigrationReport]>

    /// Reads what earlier lives of ferryd kept. A file that cannot be understood is set aside, not lost: a history is
    /// no
    /// reason to refuse to start.
    package init(folder: String) throws(Failure) {
        try Folder.create(folder)
        path = "\(folder)/history.json"
        var kept: [MigrationReport] = []
        if let bytes = try DurableFile.readIfPresent(path) {
            if let decoded = try? JSONDecoder().decode([MigrationReport].self, from: Data(bytes)) {
                kept = decoded
            } else {
                try DurableFile.replace(path + ".damaged", with: bytes)
            }
        }
        reports = Mutex(kept)
    }

    /// Newest first.
    package var all: [MigrationReport] { reports.withLock { $0 } }

    package func report(_ id: String) -> MigrationReport? { reports.withLock { $0.first { $0.id == id } } }

    /// Adds a move that begins. Its failure to be written is a reason not to begin.
    package func add(_ report: MigrationReport) throws(Failure) {
        try reports.withLock { (reports) throws(Failure) in
            reports.removeAll { $0.id == report.id }
            reports.insert(report, at: 0)
            // Running moves are never forgotten, however many newer ones have ended.
            while reports.count > Self.limit, let index = reports.lastIndex(where: { $0.status != .running }) {
                reports.remove(at: index)
            }
            try save(reports)
        }
    }

    /// Changes a report in memory only.
    package func refresh(_ id: String, _ change: (inout MigrationReport) -> Void) {
        reports.withLock { reports in
            if let index = reports.firstIndex(where: { $0.id == id }) { change(&reports[index]) }
        }
    }

    /// Changes a report and writes the file. The change counts even when the file could not be written.
    package func update(_ id: String, _ change: (inout MigrationReport) -> Void) throws(Failure) {
        try reports.withLock { (reports) throws(Failure) in
            guard let index = reports.firstIndex(where: { $0.id == id }) else { return }
            change(&reports[index])
            try save(reports)
        }
    }

    private func save(_ reports: [MigrationReport]) throws(Failure) {
        let data: Data
        do {
            data = try JSONEncoder().encode(reports)
        } catch {
            throw Failure(
                MigrationFault.journalNotWritten, "Writing the migration history failed: \(error)", target: path)
        }
        try DurableFile.replace(path, with: Array(data))
    }
}
