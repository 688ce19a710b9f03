import FerryTransfer

extension Preamble {
    /// As a source begins a connection, with a salt of sevens.
    static func plain(_ migration: MigrationID, number: UInt32 = 0) -> [UInt8] {
        var bytes = magic
        bytes += [UInt8(truncatingIfNeeded: WireProtocol.newestVersion), 0]
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        bytes += [TrafficProtection.Mode.encrypted.rawValue, 0]
        for half in [migration.high, migration.low] {
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: half >> (8 * $0)) }
        }
        return bytes + [UInt8](repeating: 7, count: 32)
    }
}
