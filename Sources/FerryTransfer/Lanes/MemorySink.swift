package import FerryCore
package import FerryLinux
import Synchronization

/// A guest's memory at the target. The guest there has not run.
///
/// Nothing is stored through the mapping that was not allocated first: on a full tmpfs a store is SIGBUS, an allocation only
/// an error.
package final class MemorySink: LaneSink, MemoryDigesting {
    package let kind = LaneKind.memory
    package let unit: UInt64 = 4096
    package var size: UInt64 { file.size }

    private struct State: Sendable {
        var allocated = ExtentSet()
        /// Holds something else than zeroes, perhaps.
        var stored = ExtentSet()
    }

    private let file: RAMFile
    private let mapping: Mapping
    private let state = Mutex(State())

    package init(file: RAMFile, mapping: Mapping) {
        precondition(mapping.isWritable, "a sink stores")
        self.file = file
        self.mapping = mapping
    }

    package func prepare(_ extents: ExtentSet) throws(Failure) -> UInt64 {
        // What the hypervisor put there when it started is not the guest's.
        for extent in try file.dataExtents().extents { try file.punch(extent) }
        let rounded = extents.aligned(to: unit, within: size)
        // A file that was allocated whole beforehand has the room; asking again would clear every page now, on one thread.
        if try file.allocatedBytes() < size {
            try makeRoom { () throws(Failure) in try file.allocate(rounded) }
        }
        state.withLock { $0.allocated.formUnion(rounded) }
        return rounded.byteCount
    }

    package func store(_ bytes: RawSpan, at offset: UInt64) throws(Failure) {
        let extent = Extent(offset: offset, length: UInt64(bytes.byteCount))
        let (isAllocated, isStored) = state.withLock { state in
            let known = (state.allocated.contains(extent), state.stored.contains(extent))
            if !known.1 { state.stored.insert(extent) }
            return known
        }
        if !isAllocated { try allocate(extent) }
        // One call for the run instead of one fault for each page.
        if !isStored, extent.length > unit { try mapping.populate(extent, writing: true) }
        mapping.withMutableBytes(of: extent) { target in Self.copy(bytes, to: &target) }
    }

    package func clear(_ extent: Extent, isHole: Bool) throws(Failure) {
        let (isAllocated, isStored) = state.withLock { state in
            let known = (state.allocated.contains(extent), state.stored.intersects(extent))
            if isHole {
                state.allocated.remove(extent)
                state.stored.remove(extent)
            }
            return known
        }
        if isHole {
            try file.punch(extent)
        } else if isStored {
            if !isAllocated { try allocate(extent) }
            mapping.withMutableBytes(of: extent) { target in Self.zero(&target) }
        }
    }

    private func allocate(_ extent: Extent) throws(Failure) {
        try makeRoom { () throws(Failure) in try file.allocate(extent) }
        state.withLock { $0.allocated.insert(extent) }
    }

    private func makeRoom(_ body: () throws(Failure) -> Void) throws(Failure) {
        do throws(Failure) {
            try body()
        } catch  where error.is(LinuxFault.noSpace) || error.is(LinuxFault.noMemory) {
            throw Failure(
                TransferFault.targetRanOutOfSpace,
                "This host has no room for the memory of the machine in \(file.path).",
                target: file.path, cause: error, advice: "Free memory on the destination host, then repeat Move-VM.")
        }
    }

    private static func copy(_ source: RawSpan, to target: inout MutableRawSpan) {
        // SAFETY: `target` was lent for exactly as many bytes.
        unsafe source.withUnsafeBytes { from in
            unsafe target.withUnsafeMutableBytes { unsafe $0.copyMemory(from: from) }
        }
    }

    private static func zero(_ target: inout MutableRawSpan) {
        // SAFETY: within the span.
        unsafe target.withUnsafeMutableBytes { bytes in
            _ = unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
        }
    }

    package func flush() throws(Failure) {}

    package func close() throws(Failure) {}

    /// As `MemoryLane.digest`.
    package func digest() throws(Failure) -> [UInt8] { try MemoryDigest.of(file, mapping) }
}
