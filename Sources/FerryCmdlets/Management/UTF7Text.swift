/// UTF-7 (RFC 2152): ASCII as it is but for `+`, everything else as base 64 of UTF-16 between `+` and `-`.
enum UTF7Text {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    /// What stands for itself, as .NET writes it.
    private static let direct = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'(),-./:? \t\r\n".utf16)

    static func bytes(of text: String) -> [UInt8] {
        var result: [UInt8] = []
        var pending: [UInt16] = []
        func flush() {
            guard !pending.isEmpty else { return }
            result.append(UInt8(ascii: "+"))
            var (bits, count) = (UInt32(0), 0)
            for unit in pending {
                bits = bits << 16 | UInt32(unit)
                count += 16
                while count >= 6 {
                    count -= 6
                    result.append(digits[Int(bits >> UInt32(count) & 63)])
                }
                bits &= (1 << UInt32(count)) - 1
            }
            if count > 0 { result.append(digits[Int(bits << UInt32(6 - count) & 63)]) }
            result.append(UInt8(ascii: "-"))
            pending = []
        }
        for unit in text.utf16 {
            if direct.contains(unit) {
                flush()
                result.append(UInt8(truncatingIfNeeded: unit))
            } else if unit == 0x2B, pending.isEmpty {
                result += [UInt8(ascii: "+"), UInt8(ascii: "-")]
            } else {
                pending.append(unit)
            }
        }
        flush()
        return result
    }

    static func text(of bytes: [UInt8]) -> String {
        var units: [UInt16] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "+") else {
                units.append(UInt16(bytes[index]))
                index += 1
                continue
            }
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "-") {
                units.append(0x2B)
                index += 1
                continue
            }
            var (bits, count) = (UInt32(0), 0)
            while index < bytes.count, let digit = digits.firstIndex(of: bytes[index]) {
                bits = bits << 6 | UInt32(digit)
                count += 6
                if count >= 16 {
                    count -= 16
                    units.append(UInt16(truncatingIfNeeded: bits >> UInt32(count)))
                    bits &= (1 << UInt32(count)) - 1
                }
                index += 1
            }
            if index < bytes.count, bytes[index] == UInt8(ascii: "-") { index += 1 }
        }
        return String(decoding: units, as: UTF16.self)
    }
}
