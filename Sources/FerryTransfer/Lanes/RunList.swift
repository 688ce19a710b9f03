package import FerryCore
import FerryLinux

/// What one item holds: runs in ascending order, and where the bytes of those with data are.
///
/// Bytes in a mapping are lent, not copied; bytes that had to be read are in the list's own staging memory.
@safe
package struct RunList: ~Copyable {
    // SAFETY: a piece points into `staging`, or into a mapping that the lane keeps alive as long as the movers run.
    private var pieces: [UnsafeRawBufferPointer] = unsafe []
    package private(set) var runs: [ItemRun] = []
    package private(set) var dataByteCount = 0
    private var staging: RecordBuffer
    private var staged = 0

    /// Zeroes are looked for in pieces of this size: a page.
    package static let zeroUnit = 4096

    package init() {
        staging = RecordBuffer(capacity: WireProtocol.itemDataLimit)
    }

    package mutating func removeAll() {
        runs.removeAll(keepingCapacity: true)
        unsafe pieces.removeAll(keepingCapacity: true)
        dataByteCount = 0
        staged = 0
    }

    package mutating func append(_ kind: RunKind, _ extent: Extent) {
        precondition(kind != .data, "data has bytes")
        add(kind, extent)
    }

    /// Adds bytes that stay where they are until `removeAll`. Pages of zeroes become zero runs.
    ///
    /// `bytes` must outlive its use by the list; that is the lane's promise.
    package mutating func append(lent bytes: RawSpan, at offset: UInt64) {
        // SAFETY: the caller's promise above.
        unsafe bytes.withUnsafeBytes { unsafe add($0, at: offset) }
    }

    /// Adds `extent` after `fill` has read it into the list's own memory.
    package mutating func append(
        reading extent: Extent, _ fill: (inout MutableRawSpan) throws(Failure) -> Void
    ) throws(Failure) {
        let start = staged
        let end = start + Int(extent.length)
        precondition(end <= staging.capacity, "an item is no bigger than its staging memory")
        try staging.withMutableBytes(start..<end, fill)
        staged = end
        // SAFETY: the staging memory lives as long as the list and is reused only after `removeAll`.
        unsafe add(UnsafeRawBufferPointer(start: staging.base + start, count: end - start), at: extent.offset)
    }

    private mutating func add(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) {
        var position = 0
        while position < bytes.count {
            let isZero = unsafe Self.isZero(bytes, at: position)
            var end = min(position + Self.zeroUnit, bytes.count)
            while end < bytes.count, unsafe Self.isZero(bytes, at: end) == isZero {
                end = min(end + Self.zeroUnit, bytes.count)
            }
            let extent = Extent(offset: offset + UInt64(position), length: UInt64(end - position))
            if isZero {
                add(.zero, extent)
            } else {
                add(.data, extent)
                unsafe pieces.append(UnsafeRawBufferPointer(rebasing: bytes[position..<end]))
                dataByteCount += end - position
            }
            position = end
        }
    }

    private static func isZero(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Bool {
        // SAFETY: cut at the buffer's end.
        let piece = unsafe UnsafeRawBufferPointer(rebasing: bytes[position..<min(position + zeroUnit, bytes.count)])
        return unsafe piece.bytes.isAllZero
    }

    private mutating func add(_ kind: RunKind, _ extent: Extent) {
        if let last = runs.last, last.kind == kind, last.extent.end == extent.offset {
            runs[runs.count - 1].extent.length += extent.length
        } else {
            runs.append(ItemRun(extent: extent, kind: kind))
        }
    }

    /// Hands the data to `body`, piece by piece in the order of the runs.
    package borrowing func forEachPiece(_ body: (RawSpan) throws(Failure) -> Void) throws(Failure) {
        for index in unsafe pieces.indices {
            // SAFETY: see `pieces`.
            let piece = unsafe pieces[index]
            try body(unsafe piece.bytes)
        }
    }
}
