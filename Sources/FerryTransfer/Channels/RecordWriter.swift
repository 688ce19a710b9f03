package import FerryCore
package import FerryLinux

/// Sends records. One thread at a time.
///
///     record = length 4 · zero 4 · payload · tag 16
package final class RecordWriter: @unchecked Sendable {
    // SAFETY: used by one thread at a time: a mover's own, or under the control channel's lock.
    private let socket: StreamSocket
    private var cipher: RecordCipher
    private var buffer: RecordBuffer
    private var end = 0
    /// Bytes sent, framing included.
    package private(set) var wireBytes: UInt64 = 0

    static let headerLength = 8

    package init(
        _ socket: StreamSocket, cipher: consuming RecordCipher, payloadLimit: Int = WireProtocol.messageLimit
    ) {
        self.socket = socket
        self.cipher = cipher
        buffer = RecordBuffer(capacity: Self.headerLength + payloadLimit + RecordCipher.tagLength)
    }

    /// Starts a record; what a record that was not sent had is dropped (then the connection is of no use any more).
    package func begin() throws(Failure) {
        try cipher.begin()
        end = Self.headerLength
    }

    /// Adds to the record. `bytes` is read once and may change meanwhile.
    package func append(_ bytes: RawSpan) throws(Failure) {
        precondition(
            bytes.byteCount <= buffer.capacity - RecordCipher.tagLength - end, "a record ends within its buffer")
        // SAFETY: checked above.
        try unsafe cipher.seal(bytes, at: buffer.base + end)
        end += bytes.byteCount
    }

    /// Ends the record and sends it.
    package func finish(until deadline: Deadline, stop: StopSignal? = nil) throws(Failure) {
        // SAFETY: `append` leaves room for the tag.
        try unsafe cipher.finishSealing(tag: buffer.base + end)
        let length = UInt32(end - Self.headerLength)
        // SAFETY: the first eight bytes of the buffer.
        unsafe buffer.base.storeBytes(of: length.littleEndian, as: UInt32.self)
        unsafe buffer.base.storeBytes(of: 0, toByteOffset: 4, as: UInt32.self)
        let size = end + RecordCipher.tagLength
        try buffer.withBytes(0..<size) { (bytes) throws(Failure) in
            try socket.writeFully(bytes, until: deadline, stop: stop)
        }
        wireBytes += UInt64(size)
    }

    package func send(_ message: Message, until deadline: Deadline, stop: StopSignal? = nil) throws(Failure) {
        try begin()
        // SAFETY: UInt8 has no padding.
        try append(unsafe message.encoded().span.bytes)
        try finish(until: deadline, stop: stop)
    }
}
