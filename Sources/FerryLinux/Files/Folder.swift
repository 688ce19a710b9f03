import CLinux
package import FerryCore
import Glibc

/// Folders: make, list, remove, lock.
package enum Folder {
    /// Makes `path` and what is missing above it, all with `mode`. A folder that is there already gets `mode` when it is ours.
    package static func create(_ path: String, mode: UInt32 = 0o700) throws(Failure) {
        if let found = try FileIdentity.ifPresent(path) {
            guard found.isFolder else {
                throw Failure(
                    LinuxFault.notAFolder, "Cannot make the folder \(path): a file has this name.", target: path)
            }
            if found.permissions != mode, found.owner == geteuid() { try setMode(path, mode) }
            return
        }
        let name = try FileName(of: path)
        if try FileIdentity.ifPresent(name.folder) == nil { try create(name.folder, mode: mode) }
        // SAFETY: a zero-terminated copy that outlives the call.
        guard unsafe mkdir(path, mode) == 0 || errno == EEXIST else {
            throw Failure(errno: errno, "make the folder \(path)", target: path)
        }
        // The process's umask may have taken bits away.
        try setMode(path, mode)
        try makeDurable(name.folder)
    }

    package static func exists(_ path: String) -> Bool {
        (try? FileIdentity.ifPresent(path))?.isFolder ?? false
    }

    package static func setMode(_ path: String, _ mode: UInt32) throws(Failure) {
        // SAFETY: a zero-terminated copy that outlives the call.
        guard unsafe chmod(path, mode) == 0 else {
            throw Failure(errno: errno, "set the mode of \(path)", target: path)
        }
    }

    /// Hands a file or folder to another user; links are not followed.
    package static func setOwner(_ path: String, user: UInt32, group: UInt32) throws(Failure) {
        // SAFETY: a zero-terminated copy that outlives the call.
        guard unsafe lchown(path, user, group) == 0 else {
            throw Failure(errno: errno, "set the owner of \(path)", target: path)
        }
    }

    /// The names in it, sorted, without `.` and `..`.
    package static func names(in path: String) throws(Failure) -> [String] {
        // SAFETY: the stream is closed on every path out, and each entry is read before the next call replaces it.
        guard let stream = unsafe opendir(path) else { throw Failure(errno: errno, "list \(path)", target: path) }
        defer { unsafe _ = closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            // SAFETY: d_name is zero-terminated within the entry.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes `path` with everything below it; links are removed, not followed. It need not exist.
    package static func removeTree(_ path: String) throws(Failure) {
        guard let found = try FileIdentity.ifPresent(path, followingLinks: false) else { return }
        guard found.isFolder else { return try removeEntry(path, isFolder: false) }
        for name in try names(in: path) { try removeTree("\(path)/\(name)") }
        try removeEntry(path, isFolder: true)
    }

    private static func removeEntry(_ path: String, isFolder: Bool) throws(Failure) {
        // SAFETY: a zero-terminated copy that outlives the call.
        guard unsafe (isFolder ? rmdir(path) : unlink(path)) == 0 || errno == ENOENT else {
            throw Failure(errno: errno, "remove \(path)", target: path)
        }
    }

    /// Makes names that were added to or removed from the folder durable.
    package static func makeDurable(_ path: String) throws(Failure) {
        try Descriptor.open(path, O_RDONLY | O_DIRECTORY).makeDurable(path: path)
    }
}

/// Holds a folder for this process: a second one that wants it is refused. Ends with the object or the process.
package final class FolderLock: Sendable {
    private let descriptor: SharedDescriptor

    package init(_ folder: String) throws(Failure) {
        let path = "\(folder)/.lock"
        let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW)
        let result = file.withRaw { ferry_lock_whole_file($0) }
        guard result >= 0 else {
            if result == -EAGAIN || result == -EACCES {
                throw Failure(LinuxFault.busy, "Another process uses the folder \(folder).", target: folder)
            }
            throw Failure(errno: result, "lock \(path)", target: path)
        }
        descriptor = SharedDescriptor(file)
    }
}
