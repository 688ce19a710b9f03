package import FerryCore
package import FerryEngine
import Foundation

/// One message between two sessions.
///
///     destination 4  little endian: 1 the client, 2 the server
///     tag         4  little endian
///     pool       16  the session's identifier, .NET's byte order
///     pipeline   16  zeros: the session itself
///     body           CLIXML, UTF-8 with a byte order mark
///
/// Source: MS-PSRP section 2.2.1.
package struct RemotingMessage: Sendable {
    package enum Destination: UInt32, Sendable { case client = 1, server = 2 }

    static let headerLength = 40

    package var destination: Destination
    package var tag: MessageTag
    package var pool: GUID
    package var pipeline: GUID
    /// Without the mark.
    package var body: [UInt8]

    package init(_ destination: Destination, _ tag: MessageTag, pool: GUID, pipeline: GUID = .empty, body: String) {
        self.destination = destination
        self.tag = tag
        self.pool = pool
        self.pipeline = pipeline
        self.body = Array(body.utf8)
    }

    /// - Throws: `malformedMessage`.
    package init(bytes: [UInt8]) throws(Failure) {
        guard bytes.count >= Self.headerLength else {
            throw Failure(
                RemotingFault.malformedMessage,
                "At least \(Self.headerLength) bytes of data are required to decode an object; \(bytes.count) came.")
        }
        func number(_ start: Int) -> UInt32 { (0..<4).reversed().reduce(0) { $0 << 8 | UInt32(bytes[start + $1]) } }
        guard let destination = Destination(rawValue: number(0)), let tag = MessageTag(rawValue: number(4)) else {
            throw Failure(
                RemotingFault.malformedMessage,
                "Received remoting data with unsupported data type: \(String(number(4), radix: 16)).")
        }
        self.destination = destination
        self.tag = tag
        pool = Self.identifier(bytes[8..<24])
        pipeline = Self.identifier(bytes[24..<40])
        body = Array(bytes[(bytes[40...].starts(with: [0xEF, 0xBB, 0xBF]) ? 43 : 40)...])
    }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerLength + 3 + body.count)
        for number in [destination.rawValue, tag.rawValue] {
            for shift: UInt32 in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
        }
        bytes += Self.bytes(pool)
        bytes += Self.bytes(pipeline)
        bytes += [0xEF, 0xBB, 0xBF]
        bytes += body
        return bytes
    }

    /// .NET writes the first three fields of an identifier little endian.
    private static let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]

    private static func bytes(_ id: GUID) -> [UInt8] {
        let u = id.uuid.uuid
        let plain: [UInt8] = [
            u.0, u.1, u.2, u.3, u.4, u.5, u.6, u.7, u.8, u.9, u.10, u.11, u.12, u.13, u.14, u.15,
        ]
        return order.map { plain[$0] }
    }

    private static func identifier(_ slice: ArraySlice<UInt8>) -> GUID {
        let bytes = Array(slice)
        let p = order.map { bytes[$0] }
        let uuid: uuid_t = (
            p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10], p[11], p[12], p[13], p[14], p[15]
        )
        return GUID(UUID(uuid: uuid))
    }
}
