/// A number of bytes, never negative.
package struct ByteCount: Hashable, Comparable, Sendable, Codable {
    package var bytes: UInt64

    package init(_ bytes: UInt64) { self.bytes = bytes }
    package static let zero = ByteCount(0)
    package static func bytes(_ count: some BinaryInteger) -> ByteCount { ByteCount(UInt64(count)) }
    package static func kibibytes(_ count: some BinaryInteger) -> ByteCount { ByteCount(UInt64(count) << 10) }
    package static func mebibytes(_ count: some BinaryInteger) -> ByteCount { ByteCount(UInt64(count) << 20) }
    package static func gibibytes(_ count: some BinaryInteger) -> ByteCount { ByteCount(UInt64(count) << 30) }

    package var mebibytes: UInt64 { bytes >> 20 }

    package static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }
    package static func + (left: ByteCount, right: ByteCount) -> ByteCount { ByteCount(left.bytes + right.bytes) }
    package static func += (left: inout ByteCount, right: ByteCount) { left.bytes += right.bytes }

    package init(from decoder: any Decoder) throws { bytes = try decoder.singleValueContainer().decode(UInt64.self) }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(bytes)
    }
}

extension ByteCount: CustomStringConvertible {
    /// `512 MB`, `1.2 GB`: binary multiples under PowerShell's names for them.
    package var description: String {
        let units = ["bytes", "KB", "MB", "GB", "TB", "PB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        let tenths = (value * 10).rounded()
        return tenths.truncatingRemainder(dividingBy: 10) == 0 || unit == 0
            ? "\(UInt64(value.rounded())) \(units[unit])" : "\(tenths / 10) \(units[unit])"
    }
}
