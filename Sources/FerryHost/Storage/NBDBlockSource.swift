package import FerryCore
package import FerryTransfer
import Synchronization

/// A disk of a running machine, read through its hypervisor's NBD server while the guest writes to it.
///
/// ```
///   period 0 ──add B0──────────────▶│ add B1, disable B0, export B0, read it
///   period 1            add B1 ─────┼──────────────▶│ add B2, disable B1, …
/// ```
///
/// The new bitmap is added before the old one ends, so a write in between lands in both and none is missed. Exports of
/// old
/// periods stay until `close`: removing one drains the guest's I/O. A period whose bitmap could not be read stays
/// unread and
/// is part of the next answer.
package final class NBDBlockSource: BlockSource {
    private struct Periods: Sendable {
        /// Bitmaps made so far; the newest one is recording.
        var count = 0
        var disabled: Set<Int> = []
        var exported: Set<Int> = []
        /// Ended periods that no answer has contained yet.
        var unread: [Int] = []
        var isClosed = false
    }

    package let capacity: UInt64
    /// Bytes one bit of a bitmap stands for: QEMU's default, and the image's cluster.
    package static let granularity: UInt32 = 65_536

    private let node: String
    /// Starts every name made for this disk; ends in a dot so that disk1 is no prefix of disk10.
    private let prefix: String
    private let socket: String
    private let monitor: any BlockMonitor
    private let pool: NBDPool
    private let interruption: CancellationToken
    /// When each read that is under way began.
    private let waits = Mutex((next: 0, begun: [Int: ContinuousClock.Instant]()))
    private let marks: PhaseMarks?
    private let periods = Mutex(Periods())

    /// The hypervisor's block server must already listen on `socket`.
    ///
    /// - Parameters:
    ///   - node: the disk's raw top node.
    ///   - label: names what is made in the hypervisor for this move: letters, digits, '-'.
    ///   - interruption: what `interrupt` asks for; shared with `monitor`, whose calls are to end as well.
    package init(
        node: String, label: String, socket: String, monitor: any BlockMonitor, marks: PhaseMarks? = nil,
        interruption: CancellationToken = CancellationToken()
    ) throws(Failure) {
        self.marks = marks
        self.node = node
        prefix = "\(blockNamePrefix)\(label)-\(node)."
        self.socket = socket
        self.monitor = monitor
        self.interruption = interruption
        let export = prefix + "base"
        try monitor.addExport(export, node: node, bitmap: nil)
        do throws(Failure) {
            pool = try NBDPool(socket: socket, export: export, context: "base:allocation", interruption: interruption)
        } catch {
            try? monitor.removeExport(export)
            throw error
        }
        capacity = pool.capacity
    }

    package func rotateDirty() throws(Failure) -> ExtentSet {
        try periods.withLock { (periods: inout Periods) throws(Failure) in
            guard !periods.isClosed else {
                throw Failure(StorageFault.blockTransferFailed, "Tracking of disk \(node) has ended.", target: node)
            }
            marks?.before(.bitmapRotation)
            try monitor.addBitmap(bitmap(periods.count), node: node, granularity: Self.granularity)
            if periods.count > 0 { periods.unread.append(periods.count - 1) }
            periods.count += 1
            // Both record now.
            marks?.after(.bitmapRotation)

            var dirty = ExtentSet()
            for period in periods.unread {
                if !periods.disabled.contains(period) {
                    try monitor.disableBitmap(bitmap(period), node: node)
                    periods.disabled.insert(period)
                }
                if !periods.exported.contains(period) {
                    try monitor.addExport(export(period), node: node, bitmap: bitmap(period))
                    periods.exported.insert(period)
                }
                try read(period, into: &dirty)
            }
            periods.unread = []
            return dirty
        }
    }

    private func read(_ period: Int, into dirty: inout ExtentSet) throws(Failure) {
        let connection = try NBDConnection(
            socket: socket, export: export(period), context: "qemu:dirty-bitmap:\(bitmap(period))",
            interruption: interruption)
        defer { connection.close() }
        guard capacity > 0 else { return }
        for run in try connection.status(of: Extent(offset: 0, length: capacity)) where run.flags & 1 == 1 {
            dirty.insert(run.extent)
        }
    }

    package func runs(in extent: Extent) throws(Failure) -> [BlockRun] {
        let status = try timed { () throws(Failure) in
            try pool.withConnection { (connection) throws(Failure) in try connection.status(of: extent) }
        }
        var runs: [BlockRun] = []
        runs.reserveCapacity(status.count)
        for run in status {
            // NBD's two bits: 1 = nothing allocated here, 2 = reads as zeroes. Unallocated alone promises nothing about
            // bytes.
            let kind: BlockRunKind = run.flags & 2 == 0 ? .data : run.flags & 1 == 1 ? .hole : .zero
            if let last = runs.last, last.kind == kind {
                runs[runs.count - 1].extent.length += run.extent.length
            } else {
                runs.append(BlockRun(extent: run.extent, kind: kind))
            }
        }
        return runs
    }

    package func read(at offset: UInt64, into buffer: inout MutableRawSpan) throws(Failure) {
        let connection = try pool.take()
        do throws(Failure) {
            let wait = beginWait()
            defer { endWait(wait) }
            try connection.read(at: offset, into: &buffer)
        } catch {
            connection.close()
            throw error
        }
        pool.giveBack(connection)
    }

    package func interrupt() { interruption.cancel() }

    /// How long the slowest read under way has waited for the disk; zero when none does.
    package var longestWait: Duration {
        waits.withLock { $0.begun.values.min() }.map { .now - $0 } ?? .zero
    }

    private func beginWait() -> Int {
        waits.withLock { waits in
            waits.next += 1
            waits.begun[waits.next] = .now
            return waits.next
        }
    }

    private func endWait(_ wait: Int) { waits.withLock { _ = $0.begun.removeValue(forKey: wait) } }

    private func timed<Result>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        let wait = beginWait()
        defer { endWait(wait) }
        return try body()
    }

    package func close() throws(Failure) {
        pool.close()
        try periods.withLock { (periods: inout Periods) throws(Failure) in
            guard !periods.isClosed else { return }
            periods.isClosed = true
        }
        try monitor.removeTracking(nodes: [node], prefix: prefix)
    }

    private func bitmap(_ period: Int) -> String { "\(prefix)\(period)" }
    private func export(_ period: Int) -> String { "\(prefix)\(period)" }
}
