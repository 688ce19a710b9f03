import FerryCore

/// A round begins: items of it may arrive from here on, of older ones no more.
package struct RoundBeginMessage: WireMessage {
    static let tag = MessageTag.roundBegin

    package var round: UInt32
    /// Whether the guest is paused.
    package var isFrozen: Bool
    /// Bytes to come, as far as known: for the target's progress.
    package var byteCount: UInt64

    package init(round: UInt32, isFrozen: Bool, byteCount: UInt64) {
        self.round = round
        self.isFrozen = isFrozen
        self.byteCount = byteCount
    }

    func encode(into writer: inout WireWriter) {
        writer.put(round)
        writer.put(isFrozen)
        writer.put(byteCount)
    }

    init(from reader: inout WireReader) throws(Failure) {
        round = try reader.take()
        isFrozen = try reader.takeFlag()
        byteCount = try reader.take()
    }
}

/// Every item of a round is acknowledged; here is how far each living connection got. The target compares and seals.
package struct RoundEndMessage: WireMessage {
    static let tag = MessageTag.roundEnd

    package struct Reach: Sendable, Hashable {
        package var connection: UInt32
        /// Sequence of its last item, in this round or an earlier one.
        package var sequence: UInt64

        package init(connection: UInt32, sequence: UInt64) {
            self.connection = connection
            self.sequence = sequence
        }
    }

    package var round: UInt32
    package var reached: [Reach]

    package init(round: UInt32, reached: [Reach]) {
        self.round = round
        self.reached = reached
    }

    func encode(into writer: inout WireWriter) {
        writer.put(round)
        writer.put(UInt32(reached.count))
        for reach in reached {
            writer.put(reach.connection)
            writer.put(reach.sequence)
        }
    }

    init(from reader: inout WireReader) throws(Failure) {
        round = try reader.take()
        let count = try reader.takeCount(limit: WireProtocol.connectionsLimit, of: 12)
        reached = []
        for _ in 0..<count {
            let connection = try reader.take(UInt32.self)
            reached.append(Reach(connection: connection, sequence: try reader.take()))
        }
    }
}

/// The target agrees that it has applied the whole round, and takes nothing of it any more.
package struct RoundSealedMessage: WireMessage {
    static let tag = MessageTag.roundSealed

    package var round: UInt32

    package init(round: UInt32) { self.round = round }

    func encode(into writer: inout WireWriter) { writer.put(round) }

    init(from reader: inout WireReader) throws(Failure) { round = try reader.take() }
}
