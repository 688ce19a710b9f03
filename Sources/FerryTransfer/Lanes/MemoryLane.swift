package import FerryCore
package import FerryLinux
import Synchronization

/// A guest's memory at the source: a named file on a tmpfs, read through a mapping, watched by a tracker.
///
/// A hole is never read through the mapping, because that would allocate it. The first survey reports what the file holds
/// (SEEK_DATA: the page cache's truth, also for pages the hypervisor has not mapped); later ones what the tracker saw.
package final class MemoryLane: CopyLane, MemoryDigesting {
    package let kind = LaneKind.memory
    package let unit: UInt64 = 4096
    package var size: UInt64 { file.size }

    private let file: RAMFile
    private let mapping: Mapping
    private let tracker: any PageTracker
    private let canBePunched: Bool
    private let returned = Mutex(ExtentSet())
    private let surveys = Atomic<Int>(0)
    /// Holes are among what is owed.
    private let wasSurveyedWhole = Atomic<Bool>(false)

    /// - Parameters:
    ///   - mapping: read-only is enough.
    ///   - canBePunched: whether a device of the machine gives memory back (a balloon). Then what was written may be a hole by
    ///     the time it is read, and each extent is looked at first.
    package init(file: RAMFile, mapping: Mapping, tracker: any PageTracker, canBePunched: Bool = false) {
        self.file = file
        self.mapping = mapping
        self.tracker = tracker
        self.canBePunched = canBePunched
    }

    package func survey(_ scope: SurveyScope) throws(Failure) -> ExtentSet {
        var found = returned.withLock { returned in
            defer { returned = ExtentSet() }
            return returned
        }
        switch scope {
        case .everything:
            try tracker.arm()
            // What the first harvest reports says nothing; it starts the watch. The file is looked at after it: a page
            // written before is in the file, one written later is in the next harvest.
            var unknown = ExtentSet()
            try tracker.harvest(file.wholeExtent, into: &unknown)
            if surveys.add(1, ordering: .relaxed).newValue == 1 {
                found.formUnion(try file.dataExtents())
            } else {
                // A page that was sent and has become a hole since would stay at the target: then only all is enough.
                wasSurveyedWhole.store(true, ordering: .relaxed)
                found.formUnion(ExtentSet(CollectionOfOne(file.wholeExtent)))
            }
        case .changes:
            do throws(Failure) {
                try tracker.harvest(file.wholeExtent, into: &found)
            } catch {
                returned.withLock { $0.formUnion(found) }
                throw error
            }
        }
        return found
    }

    package func load(_ extents: ArraySlice<Extent>, into runs: inout RunList) throws(Failure) {
        for extent in extents {
            if canBePunched || wasSurveyedWhole.load(ordering: .relaxed) {
                try loadAroundHoles(extent, into: &runs)
            } else {
                lend(extent, to: &runs)
            }
        }
    }

    private func lend(_ extent: Extent, to runs: inout RunList) {
        // The mapping lives as long as the lane, the lane as long as the movers: the loan is good until the item is sent.
        mapping.withBytes(of: extent) { runs.append(lent: $0, at: extent.offset) }
    }

    private func loadAroundHoles(_ extent: Extent, into runs: inout RunList) throws(Failure) {
        var position = extent.offset
        for data in try file.dataExtents(in: extent).extents {
            if position < data.offset {
                runs.append(.hole, Extent(offset: position, length: data.offset - position))
            }
            lend(data, to: &runs)
            position = data.end
        }
        if position < extent.end { runs.append(.hole, Extent(offset: position, length: extent.end - position)) }
    }

    package func restore(_ owed: ExtentSet) { returned.withLock { $0.formUnion(owed) } }

    package func close() throws(Failure) { try tracker.disarm() }

    /// SHA-256 over each page that is not all zero: offset and bytes. Only meaningful while nothing writes.
    package func digest() throws(Failure) -> [UInt8] { try MemoryDigest.of(file, mapping) }
}
