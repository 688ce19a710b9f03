package import FerryCore

/// The fixed part of an item and the table behind it, built and read in place.
package struct ItemHead: Sendable, Hashable {
    /// Sequence (8), round (4), lane (2), zero (2), number of runs (4), zero (4).
    package static let length = 24
    /// Offset (8), length (4), kind (4).
    package static let runLength = 16

    package var sequence: UInt64
    package var round: UInt32
    package var lane: LaneKind
    package var runCount: Int

    package init(sequence: UInt64, round: UInt32, lane: LaneKind, runCount: Int) {
        self.sequence = sequence
        self.round = round
        self.lane = lane
        self.runCount = runCount
    }

    func encode(into writer: inout WireWriter) {
        writer.put(sequence)
        writer.put(round)
        writer.put(lane)
        writer.put(UInt16(0))
        writer.put(UInt32(runCount))
        writer.put(UInt32(0))
    }

    /// Reads the body of an item. `runs` is emptied and filled; the result says where in `body` the data begins.
    ///
    /// Checked here: runs ascend without overlap, none is empty, their number and bytes are in bounds and the data is exactly
    /// what the table announces. Not checked here: that they lie within the lane, which only its sink knows.
    package static func decode(_ body: RawSpan, runs: inout [ItemRun]) throws(Failure) -> (
        head: ItemHead, dataOffset: Int
    ) {
        guard body.byteCount >= length else { throw violation("it has \(body.byteCount) bytes") }
        let count = Int(body.littleEndian32(at: 16))
        guard body.littleEndian16(at: 14) == 0, body.littleEndian32(at: 20) == 0 else {
            throw violation("reserved bytes are not zero")
        }
        guard count > 0, count <= WireProtocol.itemRunsLimit, length + count * runLength <= body.byteCount else {
            throw violation("\(count) runs in \(body.byteCount) bytes")
        }
        let head = ItemHead(
            sequence: body.littleEndian64(at: 0), round: body.littleEndian32(at: 8),
            lane: LaneKind(wireNumber: body.littleEndian16(at: 12)), runCount: count)
        runs.removeAll(keepingCapacity: true)
        var end: UInt64 = 0
        var data = 0
        var offset = length
        for _ in 0..<count {
            let start = body.littleEndian64(at: offset)
            let size = UInt64(body.littleEndian32(at: offset + 8))
            guard let kind = RunKind(rawValue: body.littleEndian32(at: offset + 12)) else {
                throw violation("a run is of no known kind")
            }
            guard let extent = Extent(checkingOffset: start, length: size, within: 1 << 56), start >= end else {
                throw violation("the run at \(start) is empty or out of order")
            }
            if kind == .data { data += Int(size) }
            end = extent.end
            runs.append(ItemRun(extent: extent, kind: kind))
            offset += runLength
        }
        guard data <= WireProtocol.itemDataLimit, data == body.byteCount - offset else {
            throw violation("\(data) bytes are announced and \(body.byteCount - offset) came")
        }
        return (head, offset)
    }

    private static func violation(_ what: String) -> Failure {
        Failure(TransferFault.protocolViolation, "The other host sent a message 'item' that is wrong: \(what).")
    }
}

extension RawSpan {
    func littleEndian16(at offset: Int) -> UInt16 {
        UInt16(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    func littleEndian32(at offset: Int) -> UInt32 {
        UInt32(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    func littleEndian64(at offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
