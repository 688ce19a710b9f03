package import FerryCore
import FerryLinux
import Glibc

/// A lock that one host holds on one byte far behind the end of an image, so that another can see that it has the very same
/// file before it. Nothing is written, and the kernel takes the lock back whatever becomes of the holder.
///
/// It also proves what the handing over of a shared disk relies on: that locks on this storage cross between the hosts.
package final class ImageMark: Sendable {
    /// `F_OFD_GETLK` and `F_OFD_SETLK`, which Glibc's module does not show.
    private static let query: Int32 = 36
    private static let set: Int32 = 37
    /// Behind the largest disk there can be (64 TiB) and far from QEMU's own locks (bytes 100 to 203).
    private static let offsets: ClosedRange<UInt64> = 1 << 47...1 << 61

    package let path: String
    /// Which byte: drawn anew each time, so that nobody else's lock is taken for it.
    package let offset: UInt64
    private let file: SharedDescriptor

    /// Marks the image until the object goes. Others may read, write and lock it as before.
    package init(_ path: String) throws(Failure) {
        self.path = path
        offset = UInt64.random(in: Self.offsets)
        file = SharedDescriptor(try Descriptor.open(path, O_RDONLY | O_NONBLOCK))
        var lock = Self.lock(F_RDLCK, offset)
        // SAFETY: a local structure of the type the command reads.
        let status = file.withRaw { number in unsafe fcntl(number, Self.set, &lock) }
        guard status == 0 else { throw Failure(errno: errno, "lock \(path)", target: path) }
    }

    /// Whether the open file carries a mark at `offset`: that byte is locked, and neither of its neighbours is.
    static func isSet(at offset: UInt64, on file: borrowing Descriptor, path: String) throws(Failure) -> Bool {
        guard offsets.contains(offset) else { return false }
        for (byte, wanted) in [(offset, true), (offset - 1, false), (offset + 1, false)] {
            var lock = lock(F_WRLCK, byte)
            // SAFETY: a local structure of the type the command fills; the description of ours holds no lock itself.
            let status = file.withRaw { number in unsafe fcntl(number, query, &lock) }
            guard status == 0 else { throw Failure(errno: errno, "look at the locks of \(path)", target: path) }
            if (lock.l_type != Int16(F_UNLCK)) != wanted { return false }
        }
        return true
    }

    private static func lock(_ type: Int32, _ offset: UInt64) -> flock {
        var lock = flock()
        lock.l_type = Int16(type)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = off_t(offset)
        lock.l_len = 1
        return lock
    }
}
