/// A set of bytes as sorted, disjoint, non-touching runs.
///
/// Every mutation keeps three facts: runs ascend, no two touch or overlap, none is empty. A search is O(log n), a change
/// O(n) in the worst case and O(1) for the usual append at the end.
package struct ExtentSet: Hashable, Sendable {
    package private(set) var extents: [Extent] = []
    /// The sum of all lengths.
    package private(set) var byteCount: UInt64 = 0

    package init() {}

    package init(_ extents: some Sequence<Extent>) {
        for extent in extents { insert(extent) }
    }

    package var isEmpty: Bool { extents.isEmpty }
    package var first: Extent? { extents.first }
    package var last: Extent? { extents.last }

    /// Index of the first run that ends at or after `offset`.
    private func firstIndex(endingAtOrAfter offset: UInt64) -> Int {
        var low = 0
        var high = extents.count
        while low < high {
            let middle = (low + high) / 2
            if extents[middle].end < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    package mutating func insert(_ extent: Extent) {
        guard extent.length > 0 else { return }
        if let last = extents.last, last.end < extent.offset {
            extents.append(extent)
            byteCount += extent.length
            return
        }
        let start = firstIndex(endingAtOrAfter: extent.offset)
        var stop = start
        var merged = extent
        var replaced: UInt64 = 0
        while stop < extents.count, extents[stop].offset <= extent.end {
            let low = min(merged.offset, extents[stop].offset)
            let high = max(merged.end, extents[stop].end)
            merged = Extent(offset: low, length: high - low)
            replaced += extents[stop].length
            stop += 1
        }
        extents.replaceSubrange(start..<stop, with: CollectionOfOne(merged))
        byteCount += merged.length - replaced
    }

    package mutating func remove(_ extent: Extent) {
        guard extent.length > 0, !extents.isEmpty else { return }
        let start = firstIndex(endingAtOrAfter: extent.offset)
        var stop = start
        var remaining: [Extent] = []
        var removed: UInt64 = 0
        while stop < extents.count, extents[stop].offset < extent.end {
            let old = extents[stop]
            let low = max(old.offset, extent.offset)
            let high = min(old.end, extent.end)
            if low < high { removed += high - low }
            if old.offset < extent.offset {
                remaining.append(Extent(offset: old.offset, length: min(old.end, extent.offset) - old.offset))
            }
            if old.end > extent.end {
                remaining.append(Extent(offset: extent.end, length: old.end - extent.end))
            }
            stop += 1
        }
        extents.replaceSubrange(start..<stop, with: remaining)
        byteCount -= removed
    }

    /// Linear in both sets, so two big interleaved sets join in one pass.
    package mutating func formUnion(_ other: borrowing ExtentSet) {
        guard !other.isEmpty else { return }
        guard !isEmpty else {
            self = copy other
            return
        }
        if let last = extents.last, let first = other.first, last.end <= first.offset {
            for extent in other.extents { insert(extent) }
            return
        }
        var result = ExtentSet()
        result.extents.reserveCapacity(extents.count + other.extents.count)
        var mine = 0
        var theirs = 0
        while mine < extents.count || theirs < other.extents.count {
            let takesMine =
                theirs == other.extents.count
                || (mine < extents.count && extents[mine].offset <= other.extents[theirs].offset)
            result.insert(takesMine ? extents[mine] : other.extents[theirs])
            if takesMine { mine += 1 } else { theirs += 1 }
        }
        self = result
    }

    /// Linear in both sets.
    package mutating func subtract(_ other: borrowing ExtentSet) {
        guard !isEmpty, !other.isEmpty else { return }
        var result = ExtentSet()
        var theirs = 0
        for extent in extents {
            while theirs < other.extents.count, other.extents[theirs].end <= extent.offset { theirs += 1 }
            var offset = extent.offset
            var index = theirs
            while index < other.extents.count, other.extents[index].offset < extent.end {
                let hole = other.extents[index]
                if hole.offset > offset { result.insert(Extent(offset: offset, length: hole.offset - offset)) }
                offset = max(offset, hole.end)
                index += 1
            }
            if offset < extent.end { result.insert(Extent(offset: offset, length: extent.end - offset)) }
        }
        self = result
    }

    /// Whether every byte of `extent` is in the set.
    package func contains(_ extent: Extent) -> Bool {
        let index = firstIndex(endingAtOrAfter: extent.end)
        return index < extents.count && extents[index].offset <= extent.offset && extents[index].end >= extent.end
    }

    package func intersects(_ extent: Extent) -> Bool {
        var index = firstIndex(endingAtOrAfter: extent.offset)
        if index < extents.count, extents[index].end == extent.offset { index += 1 }
        return index < extents.count && extents[index].overlaps(extent)
    }

    /// The set with every run widened outwards to multiples of `unit`, cut at `size`.
    package func aligned(to unit: UInt64, within size: UInt64) -> ExtentSet {
        var result = ExtentSet()
        for extent in extents {
            let low = extent.offset / unit * unit
            let high = min((extent.end + unit - 1) / unit * unit, size)
            if low < high { result.insert(Extent(offset: low, length: high - low)) }
        }
        return result
    }
}
