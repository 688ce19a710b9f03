package import FerryCore
import FerryLinux
import Glibc

/// The machines' folders and documents on disk.
///
/// ```
///   <stateFolder>/machines/<id>             the machine's folder, or a link to it where it is elsewhere
///   <stateFolder>/machines/<id>/elsewhere   that link, where files of others keep a folder of this name
///   <folder>/machine.json                   the document: without one a folder is no machine
///   <folder>/unfinished                     the machine is being made or removed
/// ```
///
/// A document is replaced by rename, after it reached the disk.
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

    /// Every machine there is; what a crash left of one that was being made or removed is taken away. One damaged document does
    /// not hide another machine.
    ///
    /// - Parameter kept: gets each folder that is no machine's.
    package func loadAll(kept: (KeptFolder) -> Void = { _ in }) throws(Failure) -> [Loaded] {
        var result: [Loaded] = []
        for id in try Folder.names(in: folder) where MachineDocument.isIdentifier(id) {
            // What a crash left of a file that was being replaced. Where it cannot be removed it stays, and harms nobody.
            _ = try? DurableFile.removeUnfinished(in: "\(folder)/\(id)", of: Self.ownFiles)
            do throws(Failure) {
                if let place = try remains(of: id) {
                    if Folder.exists(place), let folder = try KeptFolder.ifPresent(place) { kept(folder) }
                    continue
                }
            } catch {
                // Whatever cannot be looked at may be a machine.
            }
            result.append(load(id))
        }
        return result
    }

    package func load(_ id: String) -> Loaded {
        let entry = "\(folder)/\(id)"
        var place = entry
        do throws(Failure) {
            place = try CanonicalPath.of(try link(of: id) ?? entry)
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

    /// Makes the machine's folder in `parent`, without a document yet: the machine does not exist before `publish`. A folder that
    /// is there and no machine's is used; what others have put into it stays.
    ///
    /// - Returns: the folder. Undo with `removeFolder`.
    package func makeFolder(for id: String, in parent: String) throws(Failure) -> String {
        try Folder.create(parent, mode: 0o711, onlyWhenMissing: true)
        let place = try CanonicalPath.of(parent) + "/\(id)"
        if let found = try FileIdentity.ifPresent(place, followingLinks: false) {
            guard found.isFolder, found.owner == geteuid(), try !isMachine(place) else {
                throw Failure(
                    HostFault.machineExists,
                    "The folder \(place) exists: a virtual machine with the same identifier may be there.",
                    target: id)
            }
            _ = try removeFolder(place)
        }
        try Folder.create(place, mode: 0o711)
        do throws(Failure) {
            try DurableFile.replace("\(place)/\(Self.unfinishedFile)", with: [])
        } catch {
            Folder.removeIfEmpty(place)
            throw error
        }
        return place
    }

    /// Writes the document and makes the entry: from here on the machine exists, also after a crash.
    package func publish(_ document: MachineDocument, in place: String) throws(Failure) {
        let entry = "\(folder)/\(document.id)"
        var link: String?
        if place != (try CanonicalPath.of(folder)) + "/\(document.id)" {
            link = entry
            if let found = try FileIdentity.ifPresent(entry, followingLinks: false), found.isFolder,
                found.owner == geteuid(), try !isMachine(entry)
            {
                link = "\(entry)/\(Self.linkFile)"
            }
        }
        // A link to a folder without a document that is being made is nobody's; a document without its link would be lost.
        if let link {
            // SAFETY: zero-terminated copies that outlive the call.
            guard unsafe symlink(place, link) == 0 else {
                throw Failure(
                    HostFault.machineExists,
                    "The operation failed because a virtual machine with the same identifier already exists.",
                    target: document.id, cause: Failure(errno: errno, "make the link \(link)", target: link))
            }
            try Folder.makeDurable(link == entry ? folder : entry)
        }
        try save(document, in: place)
        try DurableFile.remove("\(place)/\(Self.unfinishedFile)")
    }

    package func save(_ document: MachineDocument, in place: String) throws(Failure) {
        try JSONDocument.write(document, to: "\(place)/\(MachineDocument.fileName)")
    }

    static let unfinishedFile = "unfinished"
    static let linkFile = "elsewhere"
    static let ownFiles = [
        MachineDocument.fileName, RuntimeRecord.fileName, MachineDocument.Kernel.kernelFileName,
        MachineDocument.Kernel.initrdFileName, "nvram.fd", "console.log", "qemu.log", "qemu.log.1",
        // By it the move that planned the machine knows what is left as its own.
        PlannedRecord.fileName,
        // Last: by it the next life goes on where this one was broken off.
        unfinishedFile,
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
