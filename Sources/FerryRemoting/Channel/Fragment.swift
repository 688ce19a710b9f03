/// Pieces of a message, as the channel's data carries them.
///
///     object id  8  big endian, from 1, one a message
///     fragment   8  big endian, from 0
///     flags      1  1: the first, 2: the last
///     length     4  big endian
///     bytes
///
/// Source: MS-PSRP section 2.2.4.
package enum Fragment {
    static let headerLength = 21
    /// PowerShell's own size, header included.
    static let size = 32_768

    /// The fragments of one message, each to travel in a data element of its own.
    package static func split(_ message: [UInt8], object: UInt64) -> [[UInt8]] {
        let room = size - headerLength
        var fragments: [[UInt8]] = []
        var start = 0
        repeat {
            let end = min(start + room, message.count)
            var fragment: [UInt8] = []
            fragment.reserveCapacity(end - start + headerLength)
            append(object, bytes: 8, to: &fragment)
            append(UInt64(fragments.count), bytes: 8, to: &fragment)
            fragment.append((start == 0 ? 1 : 0) | (end == message.count ? 2 : 0))
            append(UInt64(end - start), bytes: 4, to: &fragment)
            fragment += message[start..<end]
            fragments.append(fragment)
            start = end
        } while start < message.count
        return fragments
    }

    private static func append(_ value: UInt64, bytes: Int, to fragment: inout [UInt8]) {
        for position in (0..<bytes).reversed() {
            fragment.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(position))))
        }
    }
}
