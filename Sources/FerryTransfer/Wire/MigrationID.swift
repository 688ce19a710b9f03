/// The UUID of one move, the same on both hosts, in records, preambles and reports.
package struct MigrationID: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A random (version 4) UUID.
    package static func make() -> MigrationID {
        var generator = SystemRandomNumberGenerator()
        return MigrationID(
            high: generator.next() & 0xffff_ffff_ffff_0fff | 0x4000,
            low: generator.next() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000)
    }

    /// nil unless `text` is a UUID: 32 hexadecimal digits, with or without hyphens where a UUID has them.
    package init?(_ text: String) {
        var digits: [UInt64] = []
        for (index, byte) in text.utf8.enumerated() {
            if byte == UInt8(ascii: "-") {
                guard [8, 13, 18, 23].contains(index) else { return nil }
                continue
            }
            guard byte < 0x80, let digit = Character(UnicodeScalar(byte)).hexDigitValue, digits.count < 32 else {
                return nil
            }
            digits.append(UInt64(digit))
        }
        guard digits.count == 32, [32, 36].contains(text.utf8.count) else { return nil }
        high = digits[..<16].reduce(0) { $0 << 4 | $1 }
        low = digits[16...].reduce(0) { $0 << 4 | $1 }
    }
}

extension MigrationID: CustomStringConvertible {
    /// Lower case, with hyphens.
    package var description: String {
        func hex(_ value: UInt64, _ shift: UInt64, _ count: Int) -> String {
            let part = value >> shift & (count == 12 ? 0xffff_ffff_ffff : (1 << (4 * UInt64(count))) - 1)
            let text = String(part, radix: 16)
            return String(repeating: "0", count: count - text.count) + text
        }
        return [hex(high, 32, 8), hex(high, 16, 4), hex(high, 0, 4), hex(low, 48, 4), hex(low, 0, 12)]
            .joined(separator: "-")
    }
}
