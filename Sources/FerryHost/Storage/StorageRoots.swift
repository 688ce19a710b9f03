package import FerryCore
import FerryLinux
import Glibc

/// The folders under which a peer, or an administrator, may have machines and disks put.
package struct StorageRoots: Sendable, Hashable {
    package var folders: [String]
    /// Whose folders they are, for messages that another host shows.
    package var hostName: String

    package init(_ folders: [String], of hostName: String) {
        self.folders = folders
        self.hostName = hostName
    }

    /// The real path that `path`, existing or not, stands for, once it is known to lie under a root with links resolved
    /// on
    /// both sides. A root may be missing as well: a host's own folders are made when they are first used.
    package func admit(_ path: String) throws(Failure) -> String {
        let real: String
        do throws(Failure) {
            real = try CanonicalPath.forCreation(path)
        } catch {
            throw unusable(path, cause: error)
        }
        for folder in folders {
            guard let root = try? CanonicalPath.forCreation(folder) else { continue }
            if real == root || root == "/" || real.utf8.starts(with: (root + "/").utf8) { return real }
        }
        let roots = folders.enumerated().filter { folders.firstIndex(of: $0.element) == $0.offset }.map(\.element)
        throw Failure(
            StorageFault.pathOutsideRoots,
            "The path '\(path)' does not lie under a storage root of '\(hostName)' (\(roots.joined(separator: ", "))).",
            target: path)
    }

    /// As `admit`, for a folder that may have yet to be made: nothing but folders may be on the way to it.
    package func admitFolder(_ path: String) throws(Failure) -> String {
        let real = try admit(path)
        var existing = real
        while try FileIdentity.ifPresent(existing) == nil, let slash = existing.lastIndex(of: "/"),
            slash > existing.startIndex
        {
            existing = String(existing[..<slash])
        }
        if let found = try FileIdentity.ifPresent(existing), !found.isFolder { throw unusable(path, cause: nil) }
        return real
    }

    private func unusable(_ path: String, cause: Failure?) -> Failure {
        Failure(
            StorageFault.pathUnusable,
            "The path '\(path)' cannot be used on '\(hostName)': The system cannot find the path specified. (0x80070003)",
            target: path, cause: cause)
    }

    /// Refuses when the file system that holds `folder`, existing or not, lacks room for `needed` and a reserve.
    package static func requireRoom(_ needed: ByteCount, in folder: String) throws(Failure) {
        let space = try FileSystemSpace.of(Folder.existing(in: folder))
        let reserve = ByteCount.mebibytes(64)
        guard space.available.bytes >= needed.bytes.addingReportingOverflow(reserve.bytes).partialValue else {
            throw Failure(
                StorageFault.notEnoughRoom,
                "There is not enough space on the disk. (0x80070070) \(needed + reserve) are needed in '\(folder)', \(space.available) are free.",
                target: folder)
        }
    }
}

extension Folder {
    /// The deepest folder on the way to `path` that exists.
    static func existing(in path: String) -> String {
        var existing = path
        while !exists(existing), existing.utf8.count > 1 {
            existing = existing.lastIndex(of: "/").map { String(existing[..<$0]) } ?? "/"
            if existing.isEmpty { existing = "/" }
        }
        return existing
    }

    /// Removes the folder unless something is in it. It need not exist.
    static func removeIfEmpty(_ path: String) {
        // SAFETY: a zero-terminated copy that outlives the call.
        _ = unsafe rmdir(path)
    }
}
