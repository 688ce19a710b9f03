/// A line of a record file: fields with a space between them, the last one a checksum of what stands before it.
enum RecordLine {
    /// `body` as a line of its own, ready to be appended.
    static func seal(_ body: String) -> [UInt8] {
        let sum = String(checksum(Array(body.utf8)[...]), radix: 16)
        return Array("\(body) \(String(repeating: "0", count: 8 - sum.count))\(sum)\n".utf8)
    }

    /// The fields of a line without its end, the checksum not among them; nil when that is wrong.
    static func fields(_ line: ArraySlice<UInt8>) -> [String]? {
        guard let space = line.lastIndex(of: UInt8(ascii: " ")) else { return nil }
        let sum = String(decoding: line[(space + 1)...], as: UTF8.self)
        guard sum.utf8.count == 8, UInt32(sum, radix: 16) == checksum(line[..<space]) else { return nil }
        return line[..<space].split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// CRC-32 as in IEEE 802.3.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var sum = ~UInt32(0)
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
