package import FerryCore
import FerryLinux
import FerryTransfer
import Synchronization

/// A disk image being written at the target, through the storage daemon that has it open.
///
/// The image was made empty for this move, so a run that was never written already reads as zeroes: such a run is not
/// zeroed again, which keeps the image's tables as small as the source's.
///
/// What is written is flushed in the background while the guest still runs at the source: the last flush, which the paused
/// guest waits for, then finds little left.
package final class NBDBlockSink: BlockSink {
    private struct Flushing: Sendable {
        /// Bytes written since the newest background flush began.
        var unflushed: UInt64 = 0
        var failure: Failure?
        var isClosed = false
    }

    /// A background flush begins when so much was written, or this long after the one before.
    private static let flushBytes: UInt64 = 64 << 20
    private static let flushInterval = Duration.milliseconds(250)

    /// Bytes one bit of the record of written blocks stands for.
    private static let blockSize: UInt64 = 1 << 20

    package let capacity: UInt64
    private let pool: NBDPool
    private let written: Mutex<[UInt64]>
    private let flushing = Monitor(Flushing())
    private let flusher: WorkerThread

    package init(socket: String, export: String) throws(Failure) {
        pool = try NBDPool(socket: socket, export: export)
        capacity = pool.capacity
        let blocks = (capacity + Self.blockSize - 1) / Self.blockSize
        written = Mutex([UInt64](repeating: 0, count: Int((blocks + 63) / 64)))
        let (pool, flushing) = (pool, flushing)
        flusher = try WorkerThread("disk-flush") { Self.flushInBackground(pool, flushing) }
    }

    deinit { flushing.update { $0.isClosed = true } }

    private static func flushInBackground(_ pool: NBDPool, _ flushing: Monitor<Flushing>) {
        while true {
            let pause = Deadline.after(flushInterval)
            let isClosed =
                flushing.wait(until: pause) { $0.isClosed ? true : $0.unflushed >= flushBytes ? false : nil }
                ?? flushing.wait { $0.isClosed ? true : $0.unflushed > 0 ? false : nil }
            guard isClosed == false else { return }
            flushing.update { $0.unflushed = 0 }
            do throws(Failure) {
                try pool.withConnection { (connection) throws(Failure) in try connection.flush() }
            } catch {
                flushing.update { $0.failure = $0.failure ?? error }
                return
            }
        }
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
        flushing.update { $0.unflushed += extent.length }
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
        if let failure = flushing.read({ $0.failure }) { throw failure }
        try pool.withConnection { (connection) throws(Failure) in try connection.flush() }
    }

    package func close() throws(Failure) {
        flushing.update { $0.isClosed = true }
        flusher.join()
        pool.close()
    }

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
