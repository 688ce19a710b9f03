package import FerryCore
import Glibc

/// Paths as the file system sees them, with links resolved: what a check against a root must look at.
package enum CanonicalPath {
    /// The real path of something that exists.
    package static func of(_ path: String) throws(Failure) -> String {
        try check(path)
        // SAFETY: realpath allocates the result, which is freed after it was copied.
        guard let resolved = unsafe realpath(path, nil) else {
            throw Failure(errno: errno, "find \(path)", target: path)
        }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// The real path that `path` would have once made: links of the part that exists are resolved, and the rest must be
    /// plain names.
    package static func forCreation(_ path: String) throws(Failure) -> String {
        try check(path)
        if try FileIdentity.ifPresent(path, followingLinks: false) != nil { return try of(path) }
        let name = try FileName(of: path)
        let folder = try forCreation(name.folder)
        return folder == "/" ? "/\(name.last)" : "\(folder)/\(name.last)"
    }

    /// Whether `path`, existing or not, lies in `root` or below it after links are resolved on both sides.
    package static func lies(_ path: String, under root: String) throws(Failure) -> Bool {
        let real = try forCreation(path)
        let realRoot = try of(root)
        if real == realRoot || realRoot == "/" { return true }
        return real.utf8.starts(with: (realRoot + "/").utf8)
    }

    private static func check(_ path: String) throws(Failure) {
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.count < 4096,
            !path.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f })
        else {
            throw Failure(
                LinuxFault.invalidPath,
                "A path must be absolute, shorter than 4096 bytes and without control characters.", target: path)
        }
    }
}
