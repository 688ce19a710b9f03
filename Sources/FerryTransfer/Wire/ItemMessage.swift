package import FerryCore

/// What a run of an item is at the source.
package enum RunKind: UInt32, Sendable, CaseIterable {
    case data = 1
    /// Reads as zero; stays allocated where it is.
    case zero = 2
    /// Not allocated at the source: storage may be given back.
    case hole = 3
}

/// A part of an item.
package struct ItemRun: Sendable, Hashable {
    package var extent: Extent
    package var kind: RunKind

    package init(extent: Extent, kind: RunKind) {
        self.extent = extent
        self.kind = kind
    }
}

/// One portion of a round: runs in ascending order, then the bytes of those that are data, in the same order.
///
/// This value is for tests and tools; movers build and read the same bytes in place (`ItemHead`).
package struct ItemMessage: WireMessage {
    static let tag = MessageTag.item

    package var sequence: UInt64
    package var round: UInt32
    package var lane: LaneKind
    package var runs: [ItemRun]
    package var data: [UInt8]

    package init(sequence: UInt64, round: UInt32, lane: LaneKind, runs: [ItemRun], data: [UInt8]) {
        self.sequence = sequence
        self.round = round
        self.lane = lane
        self.runs = runs
        self.data = data
    }

    func encode(into writer: inout WireWriter) {
        ItemHead(sequence: sequence, round: round, lane: lane, runCount: runs.count).encode(into: &writer)
        for run in runs {
            writer.put(run.extent.offset)
            writer.put(UInt32(truncatingIfNeeded: run.extent.length))
            writer.put(run.kind.rawValue)
        }
        writer.put(raw: data)
    }

    init(from reader: inout WireReader) throws(Failure) {
        let count = reader.remaining
        let body = try reader.takeBytes(count)
        var runs: [ItemRun] = []
        // SAFETY: UInt8 has no padding.
        let (head, dataOffset) = try ItemHead.decode(unsafe body.span.bytes, runs: &runs)
        sequence = head.sequence
        round = head.round
        lane = head.lane
        self.runs = runs
        data = Array(body[dataOffset...])
    }
}
