package import FerryCore

/// What a connection begins with, in the clear: enough to find the move it belongs to. Nothing in it is trusted; it enters the
/// keys, so a change of any bit makes the first record fail.
///
///     source ▶  "FERRYMIG"  version 2  number 4  mode 1  zero 1  migration 16  salt 32
///     target ▶  "FERRYMIG"  version 2  zero 6  salt 32
package struct Preamble: Sendable, Hashable {
    package static let magic = Array("FERRYMIG".utf8)
    package static let length = 64
    package static let answerLength = 48
    static let saltLength = 32

    package var version: UInt16
    /// 0 control, others data.
    package var number: UInt32
    package var mode: TrafficProtection.Mode
    package var migration: MigrationID
    var salt: [UInt8]

    init(migration: MigrationID, number: UInt32, mode: TrafficProtection.Mode) {
        version = WireProtocol.newestVersion
        self.migration = migration
        self.number = number
        self.mode = mode
        salt = Self.makeSalt()
    }

    package var bytes: [UInt8] {
        var writer = WireWriter()
        writer.put(raw: Self.magic)
        writer.put(version)
        writer.put(number)
        writer.put(mode.rawValue)
        writer.put(UInt8(0))
        writer.put(migration)
        writer.put(raw: salt)
        return writer.bytes
    }

    package init(_ bytes: [UInt8]) throws(Failure) {
        var reader = WireReader(bytes[...], of: "preamble")
        guard try reader.takeBytes(8) == Self.magic else { throw reader.violation("it is not a migration") }
        version = try reader.take()
        guard version > 0 else { throw reader.violation("its version is 0") }
        number = try reader.take()
        guard let mode = TrafficProtection.Mode(rawValue: try reader.take()) else {
            throw reader.violation("the protection is unknown")
        }
        self.mode = mode
        try reader.takeZeroes(1)
        migration = try reader.takeMigration()
        salt = try reader.takeBytes(Self.saltLength)
        try reader.finish()
    }

    static func makeAnswer() -> [UInt8] {
        var writer = WireWriter()
        writer.put(raw: magic)
        writer.put(WireProtocol.newestVersion)
        writer.put(raw: [0, 0, 0, 0, 0, 0])
        writer.put(raw: makeSalt())
        return writer.bytes
    }

    package static func checkAnswer(_ bytes: [UInt8]) throws(Failure) {
        var reader = WireReader(bytes[...], of: "answer to the preamble")
        guard try reader.takeBytes(8) == magic, try reader.take(UInt16.self) > 0 else {
            throw reader.violation("it is not a migration")
        }
        try reader.takeZeroes(6)
    }

    private static func makeSalt() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<saltLength).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}
