/// The numbers both ends of a move agree on.
///
/// Integers are little-endian. A message is a header of eight bytes (tag, zero, body length) and a body; one record of a
/// channel carries one message. Nothing of a body is believed before its length was checked against what arrived.
package enum WireProtocol {
    package static let oldestVersion: UInt16 = 1
    package static let newestVersion: UInt16 = 1

    /// Tag (2), zero (2), body length (4).
    static let headerLength = 8
    /// Most bytes of memory or disk in one item.
    package static let itemDataLimit = 1 << 20
    /// Most runs in one item.
    package static let itemRunsLimit = 2048
    /// Most bytes of one message, header included: an item with all its runs, or less.
    package static let messageLimit = itemDataLimit + itemRunsLimit * ItemHead.runLength + 64
    /// Bytes of boot files or device state in one message.
    package static let chunkLimit = 512 << 10
    /// Extents in one message of the extent map.
    package static let mapExtentsLimit = 16 << 10
    package static let lanesLimit = 64
    package static let connectionsLimit = 64
    package static let textLimit = 4096
    static let failureDepthLimit = 4
    static let failureCausesLimit = 8
}
