package import FerryCore
package import FerryLinux

/// One connection of a move after its keys are set: a reader and a writer, each for one thread.
package struct Channel: Sendable {
    package let socket: StreamSocket
    /// 0 control, others data.
    package let number: UInt32
    package let migration: MigrationID
    package let reader: RecordReader
    package let writer: RecordWriter

    /// What the handshake may take, a peer that sends one byte a second included.
    package static let handshakeTimeout = Duration.seconds(10)

    private init(
        _ socket: StreamSocket, _ preamble: Preamble, answer: [UInt8], protection: TrafficProtection, isSource: Bool,
        rekeyInterval: UInt64
    ) throws(Failure) {
        self.socket = socket
        number = preamble.number
        migration = preamble.migration
        let mode = preamble.mode
        let toTarget = try Self.chain(protection.secret, preamble, answer: answer, isToTarget: true)
        let toSource = try Self.chain(protection.secret, preamble, answer: answer, isToTarget: false)
        writer = RecordWriter(
            socket,
            cipher: try RecordCipher(
                chain: isSource ? toTarget : toSource, mode: mode, isSealing: true, rekeyInterval: rekeyInterval))
        reader = RecordReader(
            socket,
            cipher: try RecordCipher(
                chain: isSource ? toSource : toTarget, mode: mode, isSealing: false, rekeyInterval: rekeyInterval))
    }

    /// What the keys of one direction are derived from: 32 bytes that depend on the secret and on every byte both ends began
    /// with.
    package static func chain(
        _ secret: TrafficSecret?, _ preamble: Preamble, answer: [UInt8], isToTarget: Bool
    ) throws(Failure) -> [UInt8] {
        var info = WireWriter()
        info.put(raw: Array("ferry migration channel".utf8))
        info.put(preamble.migration)
        info.put(preamble.number)
        info.put(UInt8(isToTarget ? 1 : 2))
        return try KeyDerivation.derive(
            secret?.bytes ?? [UInt8](repeating: 0, count: TrafficSecret.length), salt: preamble.bytes + answer,
            info: info.bytes, count: 32)
    }

    /// The source's end of a new connection. The first record, hello or opening, is the caller's to send.
    package static func open(
        _ socket: StreamSocket, migration: MigrationID, number: UInt32, protection: TrafficProtection,
        until deadline: Deadline, stop: StopSignal? = nil, rekeyInterval: UInt64 = RecordCipher.rekeyInterval
    ) throws(Failure) -> Channel {
        let preamble = Preamble(migration: migration, number: number, mode: protection.mode)
        try socket.writeFully(preamble.bytes, until: deadline, stop: stop)
        let answer = try socket.readFully(Preamble.answerLength, until: deadline, stop: stop)
        try Preamble.checkAnswer(answer)
        return try Channel(
            socket, preamble, answer: answer, protection: protection, isSource: true, rekeyInterval: rekeyInterval)
    }

    /// The target's end. Refuses a protection other than the one that was agreed on at sign-in.
    package static func establish(
        _ incoming: IncomingChannel, protection: TrafficProtection, until deadline: Deadline, stop: StopSignal? = nil,
        rekeyInterval: UInt64 = RecordCipher.rekeyInterval
    ) throws(Failure) -> Channel {
        guard incoming.preamble.mode == protection.mode else {
            throw Failure(
                TransferFault.authenticationFailed,
                "\(incoming.socket.peerName) opened a connection \(protection.isEncrypted ? "without" : "with") encryption, which "
                    + "is not what the hosts agreed on.", target: incoming.socket.peerName)
        }
        let answer = Preamble.makeAnswer()
        try incoming.socket.writeFully(answer, until: deadline, stop: stop)
        return try Channel(
            incoming.socket, incoming.preamble, answer: answer, protection: protection, isSource: false,
            rekeyInterval: rekeyInterval)
    }
}

/// A connection whose preamble was read and whose move is not yet found: what the daemon hands to a target session.
package struct IncomingChannel: Sendable {
    package let socket: StreamSocket
    package let preamble: Preamble

    package var migration: MigrationID { preamble.migration }
    package var number: UInt32 { preamble.number }

    /// Reads the preamble. Takes at most `limit` and 64 bytes, whatever the other end does. Nothing in the
    /// result is trusted; a move that is unknown here is answered by closing the socket.
    package static func accept(
        _ socket: StreamSocket, within limit: Duration = Channel.handshakeTimeout, stop: StopSignal? = nil
    ) throws(Failure) -> IncomingChannel {
        let bytes = try socket.readFully(Preamble.length, until: .after(limit), stop: stop)
        return IncomingChannel(socket: socket, preamble: try Preamble(bytes))
    }
}
