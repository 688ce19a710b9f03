import FerryCore

/// Builds the bytes of one message.
package struct WireWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

    package mutating func put<Value: FixedWidthInteger>(_ value: Value) {
        var rest = value
        for _ in 0..<(Value.bitWidth / 8) {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    package mutating func put(_ value: Bool) { put(UInt8(value ? 1 : 0)) }

    package mutating func put(_ migration: MigrationID) {
        put(migration.high)
        put(migration.low)
    }

    /// At most `WireProtocol.textLimit` bytes of UTF-8; a longer text loses its end, at a character.
    package mutating func put(_ text: String) {
        var end = text.startIndex
        var length = 0
        if text.utf8.count <= WireProtocol.textLimit {
            end = text.endIndex
            length = text.utf8.count
        } else {
            for index in text.indices {
                let next = length + text[index].utf8.count
                if next > WireProtocol.textLimit { break }
                length = next
                end = text.index(after: index)
            }
        }
        put(UInt16(length))
        bytes.append(contentsOf: text[..<end].utf8)
    }

    package mutating func put(raw content: some Collection<UInt8>) { bytes.append(contentsOf: content) }

    /// Nanoseconds; a negative or absurd duration becomes the nearest value that fits.
    package mutating func put(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = UInt64(clamping: seconds).multipliedReportingOverflow(by: 1_000_000_000)
        put(overflow ? UInt64.max : whole &+ UInt64(clamping: attoseconds / 1_000_000_000))
    }

    package mutating func put(_ lane: LaneKind) { put(lane.wireNumber) }

    /// Replaces four bytes that were put before.
    mutating func replace(at offset: Int, with value: UInt32) {
        for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(index))) }
    }
}

extension LaneKind {
    /// 0 is memory, 1 + index a disk.
    var wireNumber: UInt16 {
        switch self {
        case .memory: 0
        case .disk(let index): UInt16(clamping: index + 1)
        }
    }

    init(wireNumber: UInt16) { self = wireNumber == 0 ? .memory : .disk(index: Int(wireNumber) - 1) }
}
