import CLinux
package import FerryCore
import Glibc

/// The private tmpfs that holds the memory of this host's guests. It outlives us: guests keep running in it.
package struct TmpfsMount: Sendable {
    package let path: String

    /// Mounts a tmpfs of `size` on `path` (made with mode 0700), or takes the one that is there and gives it `size`.
    ///
    /// Needs the privilege to mount. A smaller size than what is in use is refused and changes nothing.
    package static func ensure(at path: String, size: ByteCount) throws(Failure) -> TmpfsMount {
        try Folder.create(path, mode: 0o700)
        let real = try CanonicalPath.of(path)
        let mount = TmpfsMount(path: real)
        let isMounted = try isMountPoint(real)
        if isMounted {
            let space = try mount.space()
            guard space.isTmpfs else {
                throw Failure(
                    LinuxFault.alreadyExists, "Another file system than a tmpfs is mounted on \(real).", target: real)
            }
            if space.capacity == size.roundedUpToPages { return mount }
        }
        // SAFETY: zero-terminated copies that outlive the call.
        let result = unsafe ferry_mount_tmpfs(real, "size=\(size.bytes),mode=0700,nr_inodes=65536", isMounted ? 1 : 0)
        guard result == 0 else {
            let act = isMounted ? "resize the tmpfs on" : "mount a tmpfs on"
            if isMounted, result == -EINVAL {
                throw Failure(
                    LinuxFault.busy, "Cannot \(act) \(real) to \(size): more is in use.", target: real,
                    advice: "Stop machines, or set a size of at least what is in use.")
            }
            throw Failure(errno: result, "\(act) \(real)", target: real)
        }
        return mount
    }

    /// The tmpfs on `path`, nil when none is mounted there.
    package static func find(at path: String) throws(Failure) -> TmpfsMount? {
        guard try FileIdentity.ifPresent(path) != nil else { return nil }
        let mount = TmpfsMount(path: try CanonicalPath.of(path))
        guard try isMountPoint(mount.path) else { return nil }
        return try mount.space().isTmpfs ? mount : nil
    }

    package func space() throws(Failure) -> FileSystemSpace { try FileSystemSpace.of(path) }

    /// Unmounts. `busy` while a file in it is open or mapped.
    package func unmount() throws(Failure) {
        // SAFETY: a zero-terminated copy that outlives the call.
        let result = unsafe ferry_unmount(path)
        guard result == 0 else { throw Failure(errno: result, "unmount \(path)", target: path) }
    }

    private static func isMountPoint(_ path: String) throws(Failure) -> Bool {
        if path == "/" { return true }
        return try FileIdentity.of(path).device != FileIdentity.of("\(path)/..").device
    }
}

extension ByteCount {
    fileprivate var roundedUpToPages: ByteCount { ByteCount((bytes + 4095) & ~4095) }
}
