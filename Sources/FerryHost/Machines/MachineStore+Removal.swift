package import FerryCore
import FerryLinux
import Glibc

extension MachineStore {
    /// Removes what ferryd itself wrote into the folder, then the folder if nothing else is in it, disks that an administrator put
    /// there stay, and then the entry. Idempotent.
    ///
    /// - Returns: the folder, where files of others keep it.
    @discardableResult
    package func remove(_ id: String, folder place: String) throws(Failure) -> KeptFolder? {
        let entry = "\(folder)/\(id)"
        let link = try link(of: id)
        // A link whose folder is gone is loaded as a machine in the entry itself.
        var isOurs = place == entry
        if let link, !isOurs { isOurs = try target(of: link) == place }
        let kept = link == nil || place != entry ? try removeFolder(place) : nil
        // Last: without it nobody would find a folder that was left half removed.
        if let link, isOurs {
            try DurableFile.remove(link)
            if link != entry { Folder.removeIfEmpty(entry) }
        }
        return kept
    }

    /// - Returns: the folder, where files of others keep it.
    @discardableResult
    package func removeFolder(_ place: String) throws(Failure) -> KeptFolder? {
        let document = "\(place)/\(MachineDocument.fileName)"
        // The document first, and by a name that says why: a crash in between leaves a folder that is no machine's, and whose
        // removal is gone on with. Renaming needs no room on a full disk.
        // SAFETY: zero-terminated copies that outlive the call.
        if unsafe rename(document, "\(place)/\(Self.unfinishedFile)") == 0 {
            try Folder.makeDurable(place)
        } else if errno != ENOENT, errno != ENOTDIR {
            throw Failure(errno: errno, "remove the file \(document)", target: document)
        }
        for name in Self.ownFiles { try DurableFile.remove("\(place)/\(name)") }
        // What a crash left of a file that was being replaced.
        if Folder.exists(place) { try DurableFile.removeUnfinished(in: place, of: Self.ownFiles) }
        // SAFETY: a zero-terminated copy that outlives the call.
        if unsafe rmdir(place) == 0 || errno == ENOENT { return nil }
        guard errno == ENOTEMPTY || errno == EEXIST else {
            throw Failure(errno: errno, "remove the folder \(place)", target: place)
        }
        return try KeptFolder.ifPresent(place)
    }

    /// Where the entry leads elsewhere: the link that does. It may lead nowhere.
    func link(of id: String) throws(Failure) -> String? {
        let entry = "\(folder)/\(id)"
        for path in [entry, "\(entry)/\(Self.linkFile)"]
        where try FileIdentity.ifPresent(path, followingLinks: false)?.isLink == true {
            return path
        }
        return nil
    }

    /// The real folder that a link leads to; as it is written there when that is gone.
    private func target(of link: String) throws(Failure) -> String {
        if try FileIdentity.ifPresent(link) != nil { return try CanonicalPath.of(link) }
        var text = [CChar](repeating: 0, count: Int(PATH_MAX))
        // SAFETY: at most the buffer's own size is written; the text ends where readlink says.
        let count = unsafe readlink(link, &text, text.count)
        guard count >= 0 else { throw Failure(errno: errno, "read the link \(link)", target: link) }
        return String(decoding: text.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Whether the folder holds a machine: its document, or the note of a process that may run.
    func isMachine(_ place: String) throws(Failure) -> Bool {
        for name in [MachineDocument.fileName, RuntimeRecord.fileName]
        where try FileIdentity.ifPresent("\(place)/\(name)", followingLinks: false) != nil {
            return true
        }
        return try FileIdentity.ifPresent("\(place)/\(Self.linkFile)", followingLinks: false)?.isLink == true
    }

    /// The folder of an entry that is no machine's. One whose making or removal was broken off is removed, as far as nothing of
    /// others is in it.
    ///
    /// - Returns: nil for a machine, also for one whose folder cannot be found now: a file system may not be mounted.
    func remains(of id: String) throws(Failure) -> String? {
        let entry = "\(folder)/\(id)"
        let link = try link(of: id)
        let place = try CanonicalPath.of(link ?? entry)
        guard Folder.exists(place) else { return link == nil ? entry : nil }
        guard try !isMachine(place) else {
            // It was published, or its removal had not yet begun.
            if try FileIdentity.ifPresent("\(place)/\(MachineDocument.fileName)", followingLinks: false) != nil {
                _ = try? DurableFile.remove("\(place)/\(Self.unfinishedFile)")
            }
            return nil
        }
        if try FileIdentity.ifPresent("\(place)/\(Self.unfinishedFile)", followingLinks: false) != nil {
            try remove(id, folder: place)
            return place
        }
        return link == nil ? entry : nil
    }
}
