package import FerryCore

/// A kind of run that a disk reports of itself.
package enum BlockRunKind: Sendable, Hashable { case data, zero, hole }

package struct BlockRun: Sendable, Hashable {
    package var extent: Extent
    package var kind: BlockRunKind
    package init(extent: Extent, kind: BlockRunKind) {
        self.extent = extent
        self.kind = kind
    }
}

/// A disk that can be read while the guest writes to it. FerryHost conforms with libnbd over QEMU's NBD server.
/// Used by one lane; `read` and `runs` may be called from several mover threads at once.
package protocol BlockSource: AnyObject, Sendable {
    /// Guest-visible bytes.
    var capacity: UInt64 { get }

    /// Ends the current dirty period and starts the next, without a gap in which a write could be missed (add the new
    /// bitmap, then disable the old). Returns everything written in the period that ended; the first call starts tracking and
    /// returns nothing.
    func rotateDirty() throws(Failure) -> ExtentSet

    /// What of `extent` is data, zero or hole, in ascending order and without gaps.
    func runs(in extent: Extent) throws(Failure) -> [BlockRun]

    /// Fills `buffer` with the bytes at `offset`.
    func read(at offset: UInt64, into buffer: inout MutableRawSpan) throws(Failure)

    /// The move is given up: calls that wait for the disk, and those that come, end soon with a failure, but for `close`. From any
    /// thread; never waits.
    func interrupt()

    /// Ends tracking and removes whatever it made in the hypervisor. Idempotent.
    func close() throws(Failure)
}

extension BlockSource {
    /// Of a disk that does not keep anybody waiting.
    package func interrupt() {}
}

/// A disk image being written at the target. FerryHost conforms with libnbd over a storage daemon.
package protocol BlockSink: AnyObject, Sendable {
    var capacity: UInt64 { get }
    func write(_ bytes: RawSpan, at offset: UInt64) throws(Failure)
    /// Makes `extent` read as zeroes; a hole may give its storage back.
    func zero(_ extent: Extent, punching: Bool) throws(Failure)
    /// Returns once everything written is on stable storage.
    func flush() throws(Failure)
    func close() throws(Failure)
}
