package import FerryCore
package import FerryLinux

/// Receives records. One thread at a time.
package final class RecordReader: @unchecked Sendable {
    // SAFETY: used by one thread at a time, the one that receives on this connection.
    private let socket: StreamSocket
    private var cipher: RecordCipher
    private var buffer: RecordBuffer
    private let payloadLimit: Int
    private var isFirst = true
    package private(set) var wireBytes: UInt64 = 0

    /// From a record's header to its end: a peer that stops in the middle is lost. The first record is to be whole by the
    /// deadline: who sends it has not yet shown that it has the key.
    private static let bodyTimeout = Duration.seconds(30)

    package init(
        _ socket: StreamSocket, cipher: consuming RecordCipher, payloadLimit: Int = WireProtocol.messageLimit
    ) {
        self.socket = socket
        self.cipher = cipher
        self.payloadLimit = payloadLimit
        buffer = RecordBuffer(capacity: RecordWriter.headerLength + payloadLimit + RecordCipher.tagLength)
    }

    /// Waits for a record to begin until `deadline`, takes it whole, checks it and lends its payload.
    package func receive<Result>(
        until deadline: Deadline, stop: StopSignal? = nil, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let headerLength = RecordWriter.headerLength
        let socket = self.socket
        try buffer.withMutableBytes(0..<headerLength) { (bytes) throws(Failure) in
            try socket.readFully(into: &bytes, until: deadline, stop: stop)
        }
        let (length, zero) = buffer.withBytes(0..<headerLength) {
            (Int($0.littleEndian32(at: 0)), $0.littleEndian32(at: 4))
        }
        guard length > 0, length <= payloadLimit, zero == 0 else {
            throw Failure(
                TransferFault.protocolViolation,
                "\(socket.peerName) sent a record of \(length) bytes; at most \(payloadLimit) are allowed.",
                target: socket.peerName)
        }
        let end = headerLength + length
        let bodyDeadline = isFirst ? deadline.sooner(.after(Self.bodyTimeout)) : .after(Self.bodyTimeout)
        try buffer.withMutableBytes(headerLength..<end + RecordCipher.tagLength) { (bytes) throws(Failure) in
            try socket.readFully(into: &bytes, until: bodyDeadline, stop: stop)
        }
        // SAFETY: payload and tag were just read into the buffer, behind the header.
        guard try unsafe cipher.open(buffer.base + headerLength, count: length) else { throw forged() }
        isFirst = false
        wireBytes += UInt64(end + RecordCipher.tagLength)
        return try buffer.withBytes(headerLength..<end, body)
    }

    /// The next record as a message.
    package func receiveMessage(until deadline: Deadline, stop: StopSignal? = nil) throws(Failure) -> Message {
        let bytes = try receive(until: deadline, stop: stop) { payload in payload.copied }
        return try Message(decoding: bytes)
    }

    private func forged() -> Failure {
        isFirst
            ? Failure(
                TransferFault.authenticationFailed,
                "The first record from \(socket.peerName) is not protected with the key of this migration.",
                target: socket.peerName)
            : Failure(
                TransferFault.checksumMismatch, "A record from \(socket.peerName) was damaged or altered on its way.",
                target: socket.peerName)
    }
}

extension RawSpan {
    /// A copy of the bytes.
    var copied: [UInt8] {
        // SAFETY: the span is valid for the call.
        unsafe withUnsafeBytes { unsafe Array($0) }
    }
}
