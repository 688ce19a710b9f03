package import FerryCore
import Foundation
import Glibc

extension HostIdentity {
    /// The file's name in the state folder.
    package static let fileName = "identity.pem"

    /// The host's identity: read from `folder`, or made and stored there when this is the host's first start.
    ///
    /// - Throws: `HTTPFault.identityUnreadable` when a file is there but is not one this function wrote, is not a regular
    ///   file of ours or is readable by others; `.identityNotStored` when a new one cannot be written durably.
    package static func open(folder: String, hostName: String) throws(Failure) -> HostIdentity {
        let path = "\(folder)/\(fileName)"
        if let document = try read(path) {
            do { return try HostIdentity(document: document) } catch let mismatch as Mismatch {
                throw Failure(
                    HTTPFault.identityUnreadable,
                    "This host's key cannot be used: the file '\(path)' \(mismatch).",
                    target: path)
            } catch {
                throw Failure(
                    HTTPFault.identityUnreadable,
                    "This host's key cannot be used: the file '\(path)' does not hold a P-256 key and its certificate (\(error)).",
                    target: path)
            }
        }
        let identity = try make(hostName: hostName)
        try write(identity.document, folder: folder)
        return identity
    }

    /// nil when there is no such file. At most 64 KiB are read, far more than a key takes.
    private static func read(_ path: String) throws(Failure) -> String? {
        func refused(_ reason: String) -> Failure {
            Failure(
                HTTPFault.identityUnreadable, "This host's key cannot be read from '\(path)': \(reason).",
                target: path)
        }
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw refused(describe(errno))
        }
        defer { close(descriptor) }
        // The folder is root's alone, so the name still means the file that was opened.
        let attributes: [FileAttributeKey: Any]
        do { attributes = try FileManager.default.attributesOfItem(atPath: path) } catch { throw refused("\(error)") }
        guard attributes[.type] as? FileAttributeType == .typeRegular,
            (attributes[.ownerAccountID] as? NSNumber)?.uint32Value == geteuid()
        else { throw refused("it is not a regular file of the user that ferryd runs as") }
        guard let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue, mode & 0o077 == 0 else {
            throw Failure(
                HTTPFault.identityUnreadable,
                "This host's key cannot be trusted: others may read '\(path)'.", target: path,
                advice: "If nobody has read it, run 'chmod 600 \(path)'; else delete it and make trust anew.")
        }

        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        var filled = 0
        while filled < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                // SAFETY: reads into the part of the buffer that is not filled yet.
                unsafe Glibc.read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw refused(describe(errno)) }
            if count == 0 { break }
            filled += count
        }
        return String(decoding: bytes[..<filled], as: UTF8.self)
    }

    /// Writes beside, syncs, renames, syncs the folder: after a crash there is the whole file or none.
    private static func write(_ document: String, folder: String) throws(Failure) {
        let path = "\(folder)/\(fileName)"
        let temporary = "\(path).new"
        func refused(_ call: String) -> Failure {
            Failure(
                HTTPFault.identityNotStored,
                "This host's new key cannot be stored in '\(path)': \(call) failed, \(describe(errno)).", target: path)
        }
        unsafe unlink(temporary)
        let descriptor = unsafe Glibc.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw refused("creating it") }
        var isClosed = false
        defer { if !isClosed { close(descriptor) } }

        let bytes = Array(document.utf8)
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                // SAFETY: writes from the part of the buffer that is not written yet.
                unsafe Glibc.write(descriptor, buffer.baseAddress! + written, buffer.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw refused("writing") }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw refused("fsync") }
        isClosed = true
        guard close(descriptor) == 0 else { throw refused("closing") }
        guard unsafe rename(temporary, path) == 0 else { throw refused("renaming") }

        let folderDescriptor = unsafe Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folderDescriptor >= 0 else { throw refused("opening the folder") }
        defer { close(folderDescriptor) }
        guard fsync(folderDescriptor) == 0 else { throw refused("fsync of the folder") }
    }

    private static func describe(_ code: Int32) -> String {
        // SAFETY: strerror's text is copied at once; glibc's is per thread or static.
        unsafe String(cString: strerror(code))
    }
}
