/// A run of bytes of a medium, `[offset, offset + length)`. Bytes; `length` > 0 wherever an extent is stored.
package struct Extent: Hashable, Sendable, Codable {
    package var offset: UInt64
    package var length: UInt64

    package init(offset: UInt64, length: UInt64) {
        self.offset = offset
        self.length = length
    }

    /// One past the last byte. An extent that came from a peer must be checked with `init(checkingOffset:length:within:)` first.
    package var end: UInt64 { offset + length }

    /// nil when the run is empty, wraps around, or ends past `size`.
    package init?(checkingOffset offset: UInt64, length: UInt64, within size: UInt64) {
        let (end, overflow) = offset.addingReportingOverflow(length)
        guard length > 0, !overflow, end <= size else { return nil }
        self.init(offset: offset, length: length)
    }

    package func overlaps(_ other: Extent) -> Bool { offset < other.end && other.offset < end }
}
