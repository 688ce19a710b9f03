package import FerryCore

/// A virtual disk's image at the target: new, so it reads as zero before anything is stored.
package final class DiskSink: LaneSink {
    package let kind: LaneKind
    package let unit: UInt64
    package var size: UInt64 { target.capacity }

    private let target: any BlockSink

    package init(index: Int, target: any BlockSink, unit: UInt64 = 64 << 10) {
        kind = .disk(index: index)
        self.target = target
        self.unit = unit
    }

    /// An image grows as it is written; whether the volume has room was asked when the move was accepted.
    package func prepare(_ extents: ExtentSet) throws(Failure) -> UInt64 { 0 }

    package func store(_ bytes: RawSpan, at offset: UInt64) throws(Failure) { try target.write(bytes, at: offset) }

    package func clear(_ extent: Extent, isHole: Bool) throws(Failure) { try target.zero(extent, punching: isHole) }

    package func flush() throws(Failure) { try target.flush() }

    package func close() throws(Failure) { try target.close() }
}
