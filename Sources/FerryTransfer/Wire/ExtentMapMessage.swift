package import FerryCore

/// Extents of a lane that hold data at the source. Goes before the first round, so that the target makes room for just these.
package struct ExtentMapMessage: WireMessage {
    static let tag = MessageTag.extentMap

    package var lane: LaneKind
    /// Whether this ends the maps of all lanes: the target answers `prepared`.
    package var isLast: Bool
    /// Ascending, disjoint, over all messages of the lane.
    package var extents: [Extent]

    package init(lane: LaneKind, isLast: Bool, extents: [Extent]) {
        self.lane = lane
        self.isLast = isLast
        self.extents = extents
    }

    func encode(into writer: inout WireWriter) {
        writer.reserve(8 + 16 * extents.count)
        writer.put(lane)
        writer.put(isLast)
        writer.put(UInt8(0))
        writer.put(UInt32(extents.count))
        for extent in extents {
            writer.put(extent.offset)
            writer.put(extent.length)
        }
    }

    init(from reader: inout WireReader) throws(Failure) {
        lane = try reader.takeLane()
        isLast = try reader.takeFlag()
        try reader.takeZeroes(1)
        let count = try reader.takeCount(limit: WireProtocol.mapExtentsLimit, of: 16)
        extents = []
        extents.reserveCapacity(count)
        var end: UInt64 = 0
        for _ in 0..<count {
            let offset = try reader.take(UInt64.self)
            let length = try reader.take(UInt64.self)
            guard let extent = Extent(checkingOffset: offset, length: length, within: 1 << 56), offset >= end else {
                throw reader.violation("the extent at \(offset) is out of order or empty")
            }
            end = extent.end
            extents.append(extent)
        }
    }
}
