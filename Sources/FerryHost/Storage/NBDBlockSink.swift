package import FerryCore
import FerryTransfer
import Synchronization

/// A disk image being written at the target, through the storage daemon that has it open.
///
/// The image was made empty for this move, so a run that was never written already reads as zeroes: such a run is not
/// zeroed again, which keeps the image's tables as small as the source's.
package final class NBDBlockSink: BlockSink {
    /// Bytes one bit of the record of written blocks stands for.
    private static let blockSize: UInt64 = 1 << 20

    package let capacity: UInt64
    private let pool: NBDPool
    private let written: Mutex<[UInt64]>

    package init(socket: String, export: String) throws(Failure) {
        pool = try NBDPool(socket: socket, export: export)
        capacity = pool.capacity
        let blocks = (capacity + Self.blockSize - 1) / Self.blockSize
        written = Mutex([UInt64](repeating: 0, count: Int((blocks + 63) / 64)))
    }

    package func write(_ bytes: RawSpan, at offset: UInt64) throws(Failure) {
        guard let extent = Extent(checkingOffset: offset, length: UInt64(bytes.byteCount), within: capacity) else {
            guard bytes.byteCount > 0 else { return }
            throw outside(offset, UInt64(bytes.byteCount))
        }
        markWritten(extent)
        let connection = try pool.take()
        do throws(Failure) {
            try connection.write(bytes, at: offset)
        } catch {
            connection.close()
            throw error
        }
        pool.giveBack(connection)
    }

    package func zero(_ extent: Extent, punching: Bool) throws(Failure) {
        guard extent.length > 0 else { return }
        guard Extent(checkingOffset: extent.offset, length: extent.length, within: capacity) != nil else {
            throw outside(extent.offset, extent.length)
        }
        for run in writtenRuns(of: extent) {
            try pool.withConnection { (connection) throws(Failure) in try connection.zero(run, punching: punching) }
        }
    }

    package func flush() throws(Failure) {
        try pool.withConnection { (connection) throws(Failure) in try connection.flush() }
    }

    package func close() throws(Failure) { pool.close() }

    // MARK: - What has been written

    private func markWritten(_ extent: Extent) {
        written.withLock { words in
            for block in Self.blocks(of: extent) { words[block / 64] |= 1 << UInt64(block % 64) }
        }
    }

    /// The parts of `extent` that lie in blocks which were written at least in part.
    private func writtenRuns(of extent: Extent) -> [Extent] {
        written.withLock { words in
            var runs = ExtentSet()
            for block in Self.blocks(of: extent) where words[block / 64] >> UInt64(block % 64) & 1 == 1 {
                let low = max(UInt64(block) * Self.blockSize, extent.offset)
                let high = min(UInt64(block + 1) * Self.blockSize, extent.end)
                runs.insert(Extent(offset: low, length: high - low))
            }
            return runs.extents
        }
    }

    private static func blocks(of extent: Extent) -> ClosedRange<Int> {
        Int(extent.offset / blockSize)...Int((extent.end - 1) / blockSize)
    }

    private func outside(_ offset: UInt64, _ length: UInt64) -> Failure {
        Failure(
            StorageFault.blockTransferFailed,
            "Writing \(length) bytes at \(offset) of a disk of \(ByteCount(capacity)) failed: they lie outside of it.")
    }
}
