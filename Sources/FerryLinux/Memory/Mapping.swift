import CLinux
package import FerryCore
import Glibc

/// A shared mapping of a whole `RAMFile`.
///
/// The guest may write the same bytes at any moment; what is read is a snapshot of no particular instant, which is why a
/// page is sent again when the tracker reports it. Threads that store take disjoint extents.
@safe
package final class Mapping: @unchecked Sendable {
    // SAFETY: address and length never change between init and deinit; the bytes behind them are shared on purpose.
    private let base: UnsafeMutableRawPointer
    private let length: Int
    private let path: String
    package let isWritable: Bool

    package init(_ file: RAMFile, writable: Bool) throws(Failure) {
        guard let length = Int(exactly: file.size), length > 0 else {
            throw Failure(LinuxFault.malformed, "\(file.path) is empty.", target: file.path)
        }
        var address: UnsafeMutableRawPointer?
        let result = file.withRaw { number in unsafe ferry_map_shared(number, length, writable ? 1 : 0, &address) }
        guard result == 0, let address = unsafe address else {
            throw Failure(errno: result, "map \(file.path)", target: file.path)
        }
        unsafe base = address
        self.length = length
        path = file.path
        isWritable = writable
    }

    deinit {
        // SAFETY: nobody holds the object any more, so nobody holds a span into it.
        _ = unsafe ferry_unmap(base, length)
    }

    package var size: UInt64 { UInt64(length) }

    /// Lends the bytes of `extent`. Reading a hole allocates it: ask `RAMFile.dataExtents` first.
    package func withBytes<Result, E: Error>(
        of extent: Extent, _ body: (RawSpan) throws(E) -> Result
    ) throws(E) -> Result {
        check(extent)
        // SAFETY: `check` holds the extent inside the mapping, and the span cannot leave `body`.
        let bytes = unsafe UnsafeRawBufferPointer(start: base + Int(extent.offset), count: Int(extent.length))
        return try body(unsafe bytes.bytes)
    }

    /// Lends the bytes of `extent` for storing. What is not allocated must not be stored to: a full tmpfs is SIGBUS.
    package func withMutableBytes<Result, E: Error>(
        of extent: Extent, _ body: (inout MutableRawSpan) throws(E) -> Result
    ) throws(E) -> Result {
        check(extent)
        precondition(isWritable, "A read-only mapping was asked for writable bytes.")
        // SAFETY: as above; callers on other threads take disjoint extents.
        let bytes = unsafe UnsafeMutableRawBufferPointer(start: base + Int(extent.offset), count: Int(extent.length))
        var span = unsafe bytes.mutableBytes
        return try body(&span)
    }

    /// Brings the page tables up for `extent`, so that later access does not fault. `writing` also allocates holes.
    /// The extent is widened to whole pages.
    package func populate(_ extent: Extent, writing: Bool) throws(Failure) {
        check(extent)
        let start = extent.offset & ~4095
        let end = min((extent.end + 4095) & ~4095, UInt64((length + 4095) & ~4095))
        // A piece at a time: one call holds the lock of our whole address space.
        var position = start
        while position < end {
            let piece = min(end - position, 64 << 20)
            // SAFETY: inside the mapping, whose last page is mapped whole.
            let result = unsafe ferry_populate(base + Int(position), Int(piece), writing ? 1 : 0)
            if result == -EINTR { continue }
            guard result == 0 else {
                throw Failure(errno: result, "populate \(ByteCount(piece)) of \(path)", target: path)
            }
            position += piece
        }
    }

    private func check(_ extent: Extent) {
        precondition(
            extent.length <= UInt64(length) && extent.offset <= UInt64(length) - extent.length,
            "An extent that was not checked reached the mapping.")
    }
}
