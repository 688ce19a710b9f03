import FerryCore

/// What will be copied: one entry a lane. The target compares it with what it has prepared before anything is sent.
package struct LanesMessage: WireMessage {
    static let tag = MessageTag.lanes

    package struct Lane: Sendable, Hashable {
        package var kind: LaneKind
        /// Guest-visible bytes.
        package var size: UInt64
        /// Extents are multiples of it, except at the end.
        package var unit: UInt32

        package init(kind: LaneKind, size: UInt64, unit: UInt32) {
            self.kind = kind
            self.size = size
            self.unit = unit
        }
    }

    package var lanes: [Lane]

    package init(lanes: [Lane]) { self.lanes = lanes }

    func encode(into writer: inout WireWriter) {
        writer.put(UInt32(lanes.count))
        for lane in lanes {
            writer.put(lane.kind)
            writer.put(UInt16(0))
            writer.put(lane.unit)
            writer.put(lane.size)
        }
    }

    init(from reader: inout WireReader) throws(Failure) {
        let count = try reader.takeCount(limit: WireProtocol.lanesLimit, of: 16)
        lanes = []
        for _ in 0..<count {
            let kind = try reader.takeLane()
            try reader.takeZeroes(2)
            let unit = try reader.take(UInt32.self)
            let lane = Lane(kind: kind, size: try reader.take(), unit: unit)
            guard unit.nonzeroBitCount == 1, lane.size > 0, lane.size <= 1 << 56 else {
                throw reader.violation("lane \(kind) has \(lane.size) bytes in units of \(unit)")
            }
            guard !lanes.contains(where: { $0.kind == kind }) else {
                throw reader.violation("lane \(kind) appears twice")
            }
            lanes.append(lane)
        }
        guard !lanes.isEmpty else { throw reader.violation("it names no lane") }
    }
}
