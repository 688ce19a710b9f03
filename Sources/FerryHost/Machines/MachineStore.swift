package import FerryCore
import FerryLinux
import Glibc

/// The machines' folders and documents on disk.
///
/// `<stateFolder>/machines/<id>` is the machine's folder, or a link to it where the administrator put it elsewhere; the entry is
/// what makes a machine exist. A document is replaced by rename, after it reached the disk.
package struct MachineStore: Sendable {
    /// What an entry holds.
    package enum Loaded: Sendable {
        case machine(MachineDocument, folder: String)
        /// The entry is a machine's, but its document cannot be used.
        case damaged(id: String, folder: String, Failure)
    }

    package let folder: String

    /// - Parameter folder: made when missing; guests' users may pass through it, not list it.
    package init(folder: String) throws(Failure) {
        try Folder.create(folder, mode: 0o711)
        self.folder = folder
    }

    /// Everything there is. One damaged document does not hide another machine.
    package func loadAll() throws(Failure) -> [Loaded] {
        var result: [Loaded] = []
        for id in try Folder.names(in: folder) where MachineDocument.isIdentifier(id) {
            // What a crash left of a file that was being replaced. Where it cannot be removed it stays, and harms nobody.
            _ = try? DurableFile.removeUnfinished(in: "\(folder)/\(id)", of: Self.ownFiles)
            result.append(load(id))
        }
        return result
    }

    package func load(_ id: String) -> Loaded {
        let entry = "\(folder)/\(id)"
        var place = entry
        do throws(Failure) {
            place = try CanonicalPath.of(entry)
            let document = try JSONDocument.read(MachineDocument.self, at: "\(place)/\(MachineDocument.fileName)")
            guard document.format <= MachineDocument.currentFormat else {
                throw Failure(
                    HostFault.documentDamaged,
                    "\(place)/\(MachineDocument.fileName) was written by a newer ferryd (format \(document.format)).",
                    target: id)
            }
            guard document.id == id else {
                throw Failure(
                    HostFault.documentDamaged, "\(place)/\(MachineDocument.fileName) is of machine \(document.id).",
                    target: id)
            }
            try document.validate()
            return .machine(document, folder: place)
        } catch {
            return .damaged(id: id, folder: place, error)
        }
    }

    /// The name in a document that cannot be used otherwise, so that an administrator knows which machine it is.
    package func salvagedName(in place: String) -> String? {
        guard let bytes = try? DurableFile.readIfPresent("\(place)/\(MachineDocument.fileName)"),
            let name = try? JSONParser.parse(bytes)["name"]?.text,
            (try? MachineDocument.validate(name: name)) != nil
        else { return nil }
        return name
    }

    /// Makes the machine's folder in `parent`, without a document yet: the machine does not exist before `publish`.
    ///
    /// - Returns: the folder. Undo with `removeFolder`.
    package func makeFolder(for id: String, in parent: String) throws(Failure) -> String {
        try Folder.create(parent, mode: 0o711, onlyWhenMissing: true)
        let place = try CanonicalPath.of(parent) + "/\(id)"
        guard try FileIdentity.ifPresent(place, followingLinks: false) == nil else {
            throw Failure(
                HostFault.machineExists,
                "The folder \(place) exists: a virtual machine with the same identifier may be there.",
                target: id)
        }
        try Folder.create(place, mode: 0o711)
        return place
    }

    /// Writes the document and makes the entry: from here on the machine exists, also after a crash.
    package func publish(_ document: MachineDocument, in place: String) throws(Failure) {
        try save(document, in: place)
        let entry = "\(folder)/\(document.id)"
        guard place != (try CanonicalPath.of(folder)) + "/\(document.id)" else { return }
        // SAFETY: zero-terminated copies that outlive the call.
        guard unsafe symlink(place, entry) == 0 else {
            throw Failure(
                HostFault.machineExists,
                "The operation failed because a virtual machine with the same identifier already exists.",
                target: document.id, cause: Failure(errno: errno, "make the link \(entry)", target: entry))
        }
        try Folder.makeDurable(folder)
    }

    package func save(_ document: MachineDocument, in place: String) throws(Failure) {
        try JSONDocument.write(document, to: "\(place)/\(MachineDocument.fileName)")
    }

    /// Removes what ferryd itself wrote into the folder, then the folder if nothing else is in it, disks that an administrator put
    /// there stay, and then the entry. Idempotent.
    package func remove(_ id: String, folder place: String) throws(Failure) {
        let entry = "\(folder)/\(id)"
        let isLink = try FileIdentity.ifPresent(entry, followingLinks: false).map { !$0.isFolder } ?? false
        // A link whose folder is gone is loaded as a machine in the entry itself.
        if !isLink || place != entry { try removeFolder(place) }
        // Last: without it nobody would find a folder that was left half removed.
        if isLink { try DurableFile.remove(entry) }
    }

    package func removeFolder(_ place: String) throws(Failure) {
        // The document first: a crash in between leaves a folder that is no machine's.
        for name in Self.ownFiles { try DurableFile.remove("\(place)/\(name)") }
        // What a crash left of a file that was being replaced.
        if Folder.exists(place) { try DurableFile.removeUnfinished(in: place, of: Self.ownFiles) }
        // SAFETY: a zero-terminated copy that outlives the call.
        guard unsafe rmdir(place) == 0 || errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST else {
            throw Failure(errno: errno, "remove the folder \(place)", target: place)
        }
    }

    private static let ownFiles = [
        MachineDocument.fileName, RuntimeRecord.fileName, MachineDocument.Kernel.kernelFileName,
        MachineDocument.Kernel.initrdFileName, "nvram.fd", "console.log", "qemu.log", "qemu.log.1",
        // By it the move that planned the machine knows what is left as its own.
        PlannedRecord.fileName,
    ]
}

/// Marks a machine that another host is moving here: it is nobody's to start until the move's journal says so.
package struct PlannedRecord: Sendable, Codable, Hashable {
    package var migration: String
    package static let fileName = "planned.json"
    package init(migration: String) { self.migration = migration }
}

extension Folder {
    /// As `create`, leaving the mode of a folder that is there alone: it may be the administrator's.
    static func create(_ path: String, mode: UInt32, onlyWhenMissing: Bool) throws(Failure) {
        if onlyWhenMissing, Folder.exists(path) { return }
        try create(path, mode: mode)
    }
}
