import FerryCore

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
