import CLinux
import FerryCore
import Glibc

/// A userfaultfd, ours or a copy of another process's. It acts on the memory of the process that made it.
struct UserFault: ~Copyable {
    let descriptor: Descriptor

    /// Everything a move can ever ask of the descriptor: features can be asked for once in its life, and post-copy
    /// may follow tracking.
    static let features =
        FERRY_UFFD_WP_ASYNC | FERRY_UFFD_WP_UNPOPULATED | FERRY_UFFD_WP_HUGETLBFS_SHMEM | FERRY_UFFD_PAGEFAULT_FLAG_WP
        | FERRY_UFFD_MISSING_SHMEM | FERRY_UFFD_MINOR_SHMEM

    /// A new one on our own memory.
    static func open() throws(Failure) -> UserFault {
        let result = ferry_uffd_open()
        guard result >= 0 else { throw Failure(errno: result, "open a userfaultfd") }
        return UserFault(descriptor: Descriptor(adopting: result))
    }

    /// Agrees on the features. Returns false when the kernel answers EINVAL: either that was done before (in another life of
    /// ours), or this kernel lacks one of them. Registering tells the two apart.
    func agree() throws(Failure) -> Bool {
        let result = descriptor.withRaw { ferry_uffd_api($0, Self.features) }
        if result == -EINVAL { return false }
        guard result == 0 else { throw Failure(errno: result, "agree with the kernel on userfaultfd's features") }
        return true
    }

    /// Write-protects asynchronously from now on what is scanned with `WrittenPageScan`.
    func register(start: UInt64, length: UInt64) -> Int32 {
        descriptor.withRaw { ferry_uffd_register($0, start, length, FERRY_UFFD_MODE_WP) }
    }

    func unregister(start: UInt64, length: UInt64) -> Int32 {
        descriptor.withRaw { ferry_uffd_unregister($0, start, length) }
    }
}
