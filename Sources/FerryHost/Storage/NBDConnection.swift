import CNBD
package import FerryCore
import FerryTransfer
import Glibc

/// One connection to one NBD export over a Unix socket. Every call blocks, but never past its deadline.
///
/// Lent by `NBDPool` to one thread at a time; after a failure it is dead and only `close` may follow. libnbd's blocking
/// calls
/// have no deadline, so the calls here are its asynchronous ones, driven by `nbd_poll` until they are complete.
///
/// SAFETY: the handle is made in `init`, used by one thread at a time (the pool's rule) and freed once, in `close` or
/// `deinit`. Buffers lent to libnbd outlive the command: a command that does not complete in time has its connection
/// closed
/// before the buffer goes away, and a closed handle touches no buffer.
@safe
package final class NBDConnection: @unchecked Sendable {
    /// One run of a metadata context: bytes and the context's flags.
    package struct Status: Sendable, Hashable {
        package var extent: Extent
        package var flags: UInt32
    }

    /// Size of the export in bytes.
    package let capacity: UInt64
    package let export: String
    private let context: String?
    private let deadline: Duration
    private let interruption: CancellationToken?
    private var handle: OpaquePointer?

    /// NBD servers take at least 32 MiB in one request; smaller pieces share a socket better.
    private static let pieceLimit = 8 << 20
    /// Block status answers are 32-bit lengths.
    private static let statusLimit: UInt64 = 1 << 30

    /// Connects and shakes hands.
    ///
    /// - Parameters:
    ///   - context: metadata context to negotiate, "base:allocation" or "qemu:dirty-bitmap:NAME"; a server that does
    /// not
    ///     offer it is a failure.
    ///   - deadline: for the handshake and for each later call.
    ///   - interruption: once it is asked for, calls end as if their deadline had passed.
    package init(
        socket: String, export: String, context: String? = nil, deadline: Duration = .seconds(60),
        interruption: CancellationToken? = nil
    ) throws(Failure) {
        self.interruption = interruption
        self.export = export
        self.context = context
        self.deadline = deadline
        guard let handle = unsafe nbd_create() else {
            throw Failure(
                StorageFault.blockConnectionFailed, "Opening block export \(export) failed: \(Self.lastError())",
                target: export)
        }
        unsafe self.handle = handle
        do throws(Failure) {
            var status = unsafe nbd_set_export_name(handle, export)
            if status == 0 { status = unsafe nbd_set_pread_initialize(handle, false) }
            if status == 0, let context { status = unsafe nbd_add_meta_context(handle, context) }
            if status == 0 { status = unsafe nbd_aio_connect_unix(handle, socket) }
            guard status == 0 else { throw Self.refused(export, socket) }
            let start = ContinuousClock.now
            while unsafe nbd_aio_is_ready(handle) == 0 {
                let left = Self.milliseconds(left: deadline, since: start, interruption)
                guard left > 0, unsafe nbd_aio_is_dead(handle) == 0, unsafe nbd_poll(handle, left) >= 0 else {
                    throw Self.refused(export, socket)
                }
            }
            if let context, unsafe nbd_can_meta_context(handle, context) != 1 {
                throw Failure(
                    StorageFault.blockConnectionFailed,
                    "Block export \(export) on \(socket) does not offer \(context).", target: export)
            }
            let size = unsafe nbd_get_size(handle)
            guard size >= 0 else { throw Self.refused(export, socket) }
            capacity = UInt64(size)
        } catch {
            unsafe nbd_close(handle)
            unsafe self.handle = nil
            throw error
        }
    }

    deinit { close() }

    /// Says goodbye without waiting for an answer, and frees the handle. Idempotent.
    package func close() {
        guard let handle = unsafe handle else { return }
        if unsafe nbd_aio_is_ready(handle) == 1 { _ = unsafe nbd_aio_disconnect(handle, 0) }
        unsafe nbd_close(handle)
        unsafe self.handle = nil
    }

    /// Fills `buffer` from `offset`.
    package func read(at offset: UInt64, into buffer: inout MutableRawSpan) throws(Failure) {
        try unsafe buffer.withUnsafeMutableBytes { (bytes: UnsafeMutableRawBufferPointer) throws(Failure) in
            guard let base = bytes.baseAddress else { return }
            var done = 0
            while done < bytes.count {
                let count = min(Self.pieceLimit, bytes.count - done)
                let position = offset + UInt64(done)
                // SAFETY: base + done + count lies inside the caller's buffer; see the type's note on lifetime.
                try unsafe perform(.read, Extent(offset: position, length: UInt64(count))) { handle in
                    unsafe nbd_aio_pread(handle, base + done, count, position, nbd_completion_callback(), 0)
                }
                done += count
            }
        }
    }

    package func write(_ bytes: RawSpan, at offset: UInt64) throws(Failure) {
        try unsafe bytes.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws(Failure) in
            guard let base = bytes.baseAddress else { return }
            var done = 0
            while done < bytes.count {
                let count = min(Self.pieceLimit, bytes.count - done)
                let position = offset + UInt64(done)
                // SAFETY: base + done + count lies inside the caller's buffer; see the type's note on lifetime.
                try unsafe perform(.write, Extent(offset: position, length: UInt64(count))) { handle in
                    unsafe nbd_aio_pwrite(handle, base + done, count, position, nbd_completion_callback(), 0)
                }
                done += count
            }
        }
    }

    /// Makes `extent` read as zeroes; without `punching` its storage stays allocated.
    package func zero(_ extent: Extent, punching: Bool) throws(Failure) {
        let flags: UInt32 = punching ? 0 : UInt32(LIBNBD_CMD_FLAG_NO_HOLE)
        var position = extent.offset
        while position < extent.end {
            let count = min(Self.statusLimit, extent.end - position)
            let start = position
            try unsafe perform(.zero, Extent(offset: start, length: count)) { handle in
                unsafe nbd_aio_zero(handle, count, start, nbd_completion_callback(), flags)
            }
            position += count
        }
    }

    package func flush() throws(Failure) {
        try unsafe perform(.flush, Extent(offset: 0, length: capacity)) { handle in
            unsafe nbd_aio_flush(handle, nbd_completion_callback(), 0)
        }
    }

    /// The runs of the negotiated context inside `extent`: ascending, without gaps, cut at its ends.
    package func status(of extent: Extent) throws(Failure) -> [Status] {
        var result: [Status] = []
        var position = extent.offset
        while position < extent.end {
            let count = min(Self.statusLimit, extent.end - position)
            let start = position
            let collector = StatusCollector()
            let retained = unsafe Unmanaged.passRetained(collector)
            defer { unsafe retained.release() }
            try unsafe perform(.status, Extent(offset: start, length: count)) { handle in
                let callback = unsafe nbd_extent_callback(
                    callback: { user, _, _, entries, entryCount, _ in
                        // SAFETY: `user` is the collector retained for the length of the call; `entries` has
                        // `entryCount` words, which libnbd promises.
                        guard let user = unsafe user, let entries = unsafe entries else { return -1 }
                        let collector = unsafe Unmanaged<StatusCollector>.fromOpaque(user).takeUnretainedValue()
                        unsafe collector.words.append(
                            contentsOf: UnsafeBufferPointer(start: entries, count: Int(entryCount)))
                        return 0
                    }, user_data: retained.toOpaque(), free: nil)
                return unsafe nbd_aio_block_status(handle, count, start, callback, nbd_completion_callback(), 0)
            }
            let words = collector.words
            var index = 0
            while index + 1 < words.count, position < start + count {
                let length = min(UInt64(words[index]), start + count - position)
                guard length > 0 else { break }
                result.append(Status(extent: Extent(offset: position, length: length), flags: words[index + 1]))
                position += length
                index += 2
            }
            guard position > start else {
                throw Failure(
                    StorageFault.blockTransferFailed,
                    "Reading the map of block export \(export) at \(start) gave no answer.",
                    target: export)
            }
        }
        return result
    }

    // MARK: - Driving one command

    private final class StatusCollector {
        var words: [UInt32] = []
    }

    private enum Act: String {
        case read = "Reading", write = "Writing", zero = "Zeroing", flush = "Flushing", status = "Mapping"
    }

    private func perform(_ act: Act, _ extent: Extent, _ start: (OpaquePointer) -> Int64) throws(Failure) {
        guard let handle = unsafe handle else {
            throw Failure(
                StorageFault.blockTransferFailed, "\(act.rawValue) block export \(export): the connection is closed.",
                target: export)
        }
        let began = ContinuousClock.now
        let cookie = unsafe start(handle)
        guard cookie > 0 else { throw failed(act, extent) }
        while true {
            switch unsafe nbd_aio_command_completed(handle, UInt64(cookie)) {
            case 1: return
            case 0:
                let left = Self.milliseconds(left: deadline, since: began, interruption)
                guard left > 0 else {
                    close()
                    if interruption?.isCancelled == true {
                        throw Failure(
                            TransferFault.cancelled,
                            "\(act.rawValue) \(ByteCount(extent.length)) at \(extent.offset) of block export \(export) ended: the move was cancelled.",
                            target: export)
                    }
                    throw Failure(
                        StorageFault.blockDeadlineExceeded,
                        "\(act.rawValue) \(ByteCount(extent.length)) at \(extent.offset) of block export \(export) took longer than \(deadline).",
                        target: export)
                }
                if unsafe nbd_poll(handle, left) < 0 { throw failed(act, extent) }
            default: throw failed(act, extent)
            }
        }
    }

    private func failed(_ act: Act, _ extent: Extent) -> Failure {
        let reason = Self.lastError()
        close()
        return Failure(
            StorageFault.blockTransferFailed,
            "\(act.rawValue) \(ByteCount(extent.length)) at \(extent.offset) of block export \(export) failed: \(reason)",
            target: export)
    }

    private static func refused(_ export: String, _ socket: String) -> Failure {
        Failure(
            StorageFault.blockConnectionFailed, "Opening block export \(export) on \(socket) failed: \(lastError())",
            target: export)
    }

    private static func lastError() -> String {
        guard let text = unsafe nbd_get_error() else { return "no reason was given" }
        return unsafe String(cString: text)
    }

    /// What the next wait may take; 0 when waiting is over.
    private static func milliseconds(
        left deadline: Duration, since start: ContinuousClock.Instant, _ interruption: CancellationToken?
    ) -> Int32 {
        if interruption?.isCancelled == true { return 0 }
        let left = (deadline - (ContinuousClock.now - start)).milliseconds
        return left <= 0 ? 0 : Int32(min(left.rounded(.up), interruption == nil ? 60_000 : 100))
    }
}
