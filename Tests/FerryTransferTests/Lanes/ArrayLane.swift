import FerryCore
import FerryTransfer
import Synchronization

/// A medium that is an array and a set of what was written: a lane without an operating system below it.
final class ArrayMedium: Sendable {
    struct State: Sendable {
        var bytes: [UInt8]
        var dirty = ExtentSet()
    }

    let state: Mutex<State>
    let size: Int

    init(_ bytes: [UInt8]) {
        state = Mutex(State(bytes: bytes))
        size = bytes.count
    }

    var bytes: [UInt8] { state.withLock { $0.bytes } }

    func write(_ new: [UInt8], at offset: Int) {
        state.withLock { state in
            state.bytes.replaceSubrange(offset..<offset + new.count, with: new)
            state.dirty.insert(Extent(offset: UInt64(offset), length: UInt64(new.count)))
        }
    }

    func read(_ extent: Extent) -> ArraySlice<UInt8> {
        state.withLock { $0.bytes[Int(extent.offset)..<Int(extent.end)] }
    }

    func harvest() -> ExtentSet {
        state.withLock { state in
            defer { state.dirty = ExtentSet() }
            return state.dirty
        }
    }
}

/// A lane over an `ArrayMedium`.
final class ArrayLane: CopyLane {
    let kind: LaneKind
    let unit: UInt64
    let medium: ArrayMedium
    private let returned = Mutex(ExtentSet())

    init(_ kind: LaneKind = .memory, _ medium: ArrayMedium, unit: UInt64 = 4096) {
        self.kind = kind
        self.medium = medium
        self.unit = unit
    }

    var size: UInt64 { UInt64(medium.size) }

    func survey(_ scope: SurveyScope) throws(Failure) -> ExtentSet {
        var found = medium.harvest()
        returned.withLock { returned in
            found.formUnion(returned)
            returned = ExtentSet()
        }
        if scope == .everything { found.insert(Extent(offset: 0, length: size)) }
        return found.aligned(to: unit, within: size)
    }

    func load(_ extents: ArraySlice<Extent>, into runs: inout RunList) throws(Failure) {
        for extent in extents {
            let bytes = Array(medium.read(extent))
            try runs.append(reading: extent) { (buffer) throws(Failure) in
                for index in bytes.indices { buffer.storeBytes(of: bytes[index], toByteOffset: index, as: UInt8.self) }
            }
        }
    }

    func restore(_ owed: ExtentSet) { returned.withLock { $0.formUnion(owed) } }
    func close() throws(Failure) {}
}

/// A disk image in memory, at either end of a move.
final class ArrayDisk: BlockSource, BlockSink {
    let medium: ArrayMedium
    /// Extents of whole zero blocks are reported as holes.
    private static let block = 65536

    init(_ medium: ArrayMedium) { self.medium = medium }

    var capacity: UInt64 { UInt64(medium.size) }

    func rotateDirty() throws(Failure) -> ExtentSet { medium.harvest() }

    func runs(in extent: Extent) throws(Failure) -> [BlockRun] {
        var result: [BlockRun] = []
        var offset = extent.offset
        while offset < extent.end {
            let end = min(extent.end, (offset / UInt64(Self.block) + 1) * UInt64(Self.block))
            let piece = Extent(offset: offset, length: end - offset)
            let isZero = medium.read(piece).allSatisfy { $0 == 0 }
            result.append(BlockRun(extent: piece, kind: isZero ? .hole : .data))
            offset = end
        }
        return result
    }

    func read(at offset: UInt64, into buffer: inout MutableRawSpan) throws(Failure) {
        let bytes = Array(medium.read(Extent(offset: offset, length: UInt64(buffer.byteCount))))
        for index in bytes.indices { buffer.storeBytes(of: bytes[index], toByteOffset: index, as: UInt8.self) }
    }

    func write(_ bytes: RawSpan, at offset: UInt64) throws(Failure) {
        let new = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
        medium.write(new, at: Int(offset))
    }

    func zero(_ extent: Extent, punching: Bool) throws(Failure) {
        medium.write([UInt8](repeating: 0, count: Int(extent.length)), at: Int(extent.offset))
    }

    func flush() throws(Failure) {}
    func close() throws(Failure) {}
}
