import FerryCore
import FerryLinux
import Glibc

/// The target's look at a disk that stays where it is when its machine moves. Nothing is made, written or locked.
struct SharedImage {
    /// As the source has it, and as this host will: storage that is shared is at the same path on both.
    let path: String
    /// Where the source has marked the file.
    let mark: UInt64
    let machine: String
    let source: String
    let host: String

    /// - Parameters:
    ///   - roots: of this host; the file must lie under one with links resolved, whoever names it.
    ///   - guest: whom QEMU runs as here.
    /// - Throws: E-30 when this host does not see the file that the source has, or its guests' user may not use it.
    func requireUsable(under roots: StorageRoots, by guest: QEMUCommandLine.User?) throws(Failure) {
        let real: String
        do throws(Failure) {
            real = try CanonicalPath.of(path)
        } catch  where error.is(LinuxFault.notFound) || error.is(LinuxFault.notAFolder) {
            throw missing
        }
        _ = try roots.admit(real)
        do throws(Failure) {
            // For writing: it shows a read-only file system, and a network file system calls in what another client caches.
            let file = try Descriptor.open(real, O_RDWR | O_NOFOLLOW | O_NONBLOCK)
            guard try file.identity(path: real).isRegularFile,
                try ImageMark.isSet(at: mark, on: file, path: real)
            else {
                throw unusable(
                    "The file of that name is not the one that '\(source)' has, or its file system does not carry locks between the hosts."
                )
            }
        } catch  where error.is(LinuxFault.accessDenied) {
            throw unusable("General access denied error (0x80070005): \(error.message)")
        }
        if let reason = try GuestAccount.refusal(for: guest, on: real) {
            throw unusable("General access denied error (0x80070005): \(reason)")
        }
    }

    private var missing: Failure {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        return unusable(
            folder.isEmpty || Folder.exists(folder)
                ? "The system cannot find the file specified. (0x80070002)"
                : "The system cannot find the path specified. (0x80070003)")
    }

    /// E-30.
    private func unusable(_ reason: String) -> Failure {
        Failure(
            MigrationFault.storageNotShared,
            "Virtual machine '\(machine)' cannot be moved without its storage: attachment '\(path)' on '\(host)': \(reason)",
            target: path)
    }
}
