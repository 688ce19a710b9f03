import Glibc

/// Page-aligned memory for one record at a time. Touched whole when it is made, so that no copy waits for a page.
@safe
package struct RecordBuffer: ~Copyable, @unchecked Sendable {
    // SAFETY: one owner; freed in deinit.
    let base: UnsafeMutableRawPointer
    let capacity: Int

    package init(capacity: Int) {
        unsafe base = .allocate(byteCount: capacity, alignment: 4096)
        unsafe memset(base, 0, capacity)
        self.capacity = capacity
    }

    deinit { unsafe base.deallocate() }

    /// Lends `range` for reading.
    func withBytes<Result, E: Error>(_ range: Range<Int>, _ body: (RawSpan) throws(E) -> Result) throws(E) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= capacity, "a record ends within its buffer")
        // SAFETY: checked above; the span cannot leave `body`.
        let bytes = unsafe UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
        return try body(unsafe bytes.bytes)
    }

    /// Lends `range` for writing.
    mutating func withMutableBytes<Result, E: Error>(
        _ range: Range<Int>, _ body: (inout MutableRawSpan) throws(E) -> Result
    ) throws(E) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= capacity, "a record ends within its buffer")
        // SAFETY: as above.
        let bytes = unsafe UnsafeMutableRawBufferPointer(start: base + range.lowerBound, count: range.count)
        var span = unsafe bytes.mutableBytes
        return try body(&span)
    }
}
