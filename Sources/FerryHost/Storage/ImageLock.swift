package import FerryCore
import FerryLinux
import Glibc

/// QEMU's advisory locks on an image file, read without taking any.
package enum ImageLock {
    /// `F_OFD_GETLK`, which Glibc's module does not show.
    private static let query: Int32 = 36
    /// Where QEMU keeps its locks: byte 100 + n says "permission n is held", byte 200 + n "permission n is denied to
    /// others".
    /// Of the permissions, 1 is writing and 3 resizing; 0 is reading.
    private static let held: ClosedRange<Int64> = 101...103
    private static let denied: ClosedRange<Int64> = 200...203

    /// Fails when another process holds what a hypervisor that runs the guest would need: anyone who writes, resizes,
    /// or
    /// forbids reading, writing or resizing. A planned machine's own inactive hypervisor holds none of these.
    package static func requireObtainable(_ path: String) throws(Failure) {
        let file = try Descriptor.open(path, O_RDONLY)
        for range in [held, denied] {
            var lock = flock()
            lock.l_type = Int16(F_WRLCK)
            lock.l_whence = Int16(SEEK_SET)
            lock.l_start = off_t(range.lowerBound)
            lock.l_len = off_t(range.count)
            // SAFETY: a local structure of the type the command fills; the description of ours holds no lock itself.
            let status = file.withRaw { number in unsafe fcntl(number, query, &lock) }
            guard status == 0 else { throw Failure(errno: errno, "look at the locks of \(path)", target: path) }
            guard lock.l_type == Int16(F_UNLCK) else {
                throw Failure(
                    StorageFault.imageInUse, "The virtual disk '\(path)' is in use by another process.", target: path)
            }
        }
    }
}
