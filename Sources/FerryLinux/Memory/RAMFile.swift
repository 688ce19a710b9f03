import CLinux
package import FerryCore
import Glibc

/// A guest's memory: a sparse, named file on a tmpfs.
///
/// A hole is memory the guest has never touched. Reading a hole through a `Mapping` allocates it; `read` here does not.
package final class RAMFile: Sendable {
    package let path: String
    /// Bytes; fixed for the life of the object.
    package let size: UInt64
    package let identity: FileIdentity
    private let descriptor: SharedDescriptor

    private init(path: String, descriptor: consuming Descriptor) throws(Failure) {
        let identity = try descriptor.identity(path: path)
        guard identity.isRegularFile else {
            throw Failure(LinuxFault.invalidPath, "\(path) is not a regular file.", target: path)
        }
        self.path = path
        self.identity = identity
        size = identity.size
        self.descriptor = SharedDescriptor(descriptor)
    }

    /// Makes the file, all hole. A file of this name must not exist.
    package static func create(_ path: String, size: UInt64, mode: UInt32 = 0o600) throws(Failure) -> RAMFile {
        let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
        try file.withRaw { (number) throws(Failure) in
            guard let length = off_t(exactly: size), ftruncate(number, length) == 0 else {
                let failure = Failure(errno: errno, "make \(path) \(ByteCount(size)) large", target: path)
                // SAFETY: a zero-terminated copy that outlives the call.
                _ = unsafe unlink(path)
                throw failure
            }
        }
        return try RAMFile(path: path, descriptor: file)
    }

    package static func open(_ path: String) throws(Failure) -> RAMFile {
        try RAMFile(path: path, descriptor: Descriptor.open(path, O_RDWR | O_NOFOLLOW))
    }

    package var wholeExtent: Extent { Extent(offset: 0, length: size) }

    /// Bytes that take memory now.
    package func allocatedBytes() throws(Failure) -> UInt64 { try descriptor.identity(path: path).allocated }

    /// What of `extent` holds data; the rest is hole and reads as zeroes. Ends of runs are page boundaries or `extent`'s own.
    package func dataExtents(in extent: Extent) throws(Failure) -> ExtentSet {
        let last = min(extent.end, size)
        return try descriptor.withRaw { (number) throws(Failure) in
            var result = ExtentSet()
            var position = extent.offset
            while position < last {
                let start = ferry_seek_data(number, Int64(position))
                if start == -Int64(ENXIO) { break }
                guard start >= 0 else {
                    throw Failure(errno: Int32(clamping: start), "find the data in \(path)", target: path)
                }
                guard UInt64(start) < last else { break }
                let end = ferry_seek_hole(number, start)
                guard end > start else {
                    throw Failure(errno: Int32(clamping: end), "find the holes in \(path)", target: path)
                }
                position = min(UInt64(end), last)
                result.insert(Extent(offset: UInt64(start), length: position - UInt64(start)))
            }
            return result
        }
    }

    package func dataExtents() throws(Failure) -> ExtentSet { try dataExtents(in: wholeExtent) }

    /// Gives memory to `extents`, so that a later store through a mapping cannot fail. The bytes still count as holes for
    /// `dataExtents` until they are written.
    package func allocate(_ extents: borrowing ExtentSet) throws(Failure) {
        for extent in extents.extents { try allocate(extent) }
    }

    package func allocate(_ extent: Extent) throws(Failure) {
        guard extent.end <= size else {
            throw Failure(LinuxFault.malformed, "\(path) ends before byte \(extent.end).", target: path)
        }
        try descriptor.withRaw { (number) throws(Failure) in
            while true {
                let result = ferry_allocate(number, Int64(extent.offset), Int64(extent.length))
                if result == -EINTR { continue }
                guard result == 0 else {
                    throw Failure(
                        errno: result, "allocate \(ByteCount(extent.length)) of memory in \(path)", target: path)
                }
                return
            }
        }
    }

    /// Gives the memory of `extent` back; it is a hole afterwards.
    package func punch(_ extent: Extent) throws(Failure) {
        try descriptor.withRaw { (number) throws(Failure) in
            let result = ferry_punch(number, Int64(extent.offset), Int64(extent.length))
            guard result == 0 else { throw Failure(errno: result, "punch a hole in \(path)", target: path) }
        }
    }

    /// Fills `buffer` from `offset` without allocating holes.
    package func read(at offset: UInt64, into buffer: inout MutableRawSpan) throws(Failure) {
        guard buffer.byteCount <= size, offset <= size - UInt64(buffer.byteCount) else {
            throw Failure(
                LinuxFault.malformed, "\(path) ends before byte \(offset) + \(buffer.byteCount).", target: path)
        }
        let failed: Int32 = descriptor.withRaw { number in
            // SAFETY: the span's storage is valid within the closure and `done` never passes its end.
            unsafe buffer.withUnsafeMutableBytes { bytes in
                var done = 0
                while done < bytes.count {
                    let count = unsafe pread(
                        number, bytes.baseAddress! + done, bytes.count - done, off_t(offset) + off_t(done))
                    if count < 0, errno == EINTR { continue }
                    if count <= 0 { return count == 0 ? EIO : errno }
                    done += count
                }
                return 0
            }
        }
        guard failed == 0 else { throw Failure(errno: failed, "read \(path)", target: path) }
    }

    /// Removes the name. The memory goes when the last mapping of it does.
    package func remove() throws(Failure) {
        // SAFETY: a zero-terminated copy that outlives the call.
        guard unsafe unlink(path) == 0 || errno == ENOENT else {
            throw Failure(errno: errno, "remove \(path)", target: path)
        }
    }

    func withRaw<Result, E: Error>(_ body: (Int32) throws(E) -> Result) throws(E) -> Result {
        try descriptor.withRaw(body)
    }
}
