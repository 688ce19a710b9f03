package import FerryCore
import Synchronization

/// A virtual disk at the source, read through whatever serves it while the guest writes.
package final class DiskLane: CopyLane {
    package let kind: LaneKind
    package let unit: UInt64
    package var size: UInt64 { source.capacity }

    private struct State: Sendable {
        var returned = ExtentSet()
        var surveys = 0
    }

    private let source: any BlockSource
    private let state = Mutex(State())

    /// What is asked of the source in one go when it is surveyed whole.
    private static let mapWindow: UInt64 = 1 << 30

    /// - Parameter unit: what is read at least; a smaller change costs the same.
    package init(index: Int, source: any BlockSource, unit: UInt64 = 64 << 10) {
        kind = .disk(index: index)
        self.source = source
        self.unit = unit
    }

    package func survey(_ scope: SurveyScope) throws(Failure) -> ExtentSet {
        // Tracking turns first: what is written while the map is read is in the next survey.
        var found = try source.rotateDirty()
        let (returned, isFirst) = state.withLock { state in
            defer { state.returned = ExtentSet() }
            if scope == .everything { state.surveys += 1 }
            return (state.returned, state.surveys <= 1)
        }
        found.formUnion(returned)
        if scope == .everything {
            // A new image at the target is all zero, so the first time data is enough. Once something was sent, a block that
            // became zero must be sent as such.
            found.formUnion(isFirst ? try dataExtents() : ExtentSet(CollectionOfOne(Extent(offset: 0, length: size))))
        }
        return found.aligned(to: unit, within: size)
    }

    private func dataExtents() throws(Failure) -> ExtentSet {
        var result = ExtentSet()
        var offset: UInt64 = 0
        while offset < size {
            let window = Extent(offset: offset, length: min(Self.mapWindow, size - offset))
            for run in try source.runs(in: window) where run.kind == .data { result.insert(run.extent) }
            offset = window.end
        }
        return result
    }

    package func load(_ extents: ArraySlice<Extent>, into runs: inout RunList) throws(Failure) {
        for extent in extents {
            var position = extent.offset
            for run in try source.runs(in: extent) where run.extent.overlaps(extent) {
                let low = max(run.extent.offset, position)
                let piece = Extent(offset: low, length: min(run.extent.end, extent.end) - low)
                guard low == position, piece.length > 0 else { break }
                try load(piece, run.kind, into: &runs)
                position = piece.end
            }
            // What the map leaves out is read: it only ever saves work.
            if position < extent.end {
                try load(Extent(offset: position, length: extent.end - position), .data, into: &runs)
            }
        }
    }

    private func load(_ piece: Extent, _ kind: BlockRunKind, into runs: inout RunList) throws(Failure) {
        switch kind {
        case .zero: runs.append(.zero, piece)
        case .hole: runs.append(.hole, piece)
        case .data:
            let source = self.source
            try runs.append(reading: piece) { (buffer) throws(Failure) in
                try source.read(at: piece.offset, into: &buffer)
            }
        }
    }

    package func restore(_ owed: ExtentSet) { state.withLock { $0.returned.formUnion(owed) } }

    package func interrupt() { source.interrupt() }

    package func close() throws(Failure) { try source.close() }
}
