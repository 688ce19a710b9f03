import FerryCore
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// What version 1 puts on a connection before and around its messages: preambles, keys, records.
@Suite struct ChannelGoldenTests {
    private static let folder = GoldenFile.folder(of: "\(#filePath)")

    private static let answer: [UInt8] =
        Array("FERRYMIG".utf8) + [1, 0] + [UInt8](repeating: 0, count: 6) + (100..<132)

    @Test(
        arguments: [
            ("preamble-control", 0, .encrypted), ("preamble-data", 0x0102_0304, .authenticated),
        ] as [(String, UInt32, TrafficProtection.Mode)])
    func `a preamble is what version 1 wrote, both ways`(
        name: String, number: UInt32, mode: TrafficProtection.Mode
    ) throws {
        let bytes = Preamble.sample(number: number, mode: mode, migration: MessageSamples.migration)
        let golden = try GoldenFile.hex("\(Self.folder)/\(name).hex", now: bytes)
        #expect(golden == bytes)
        let preamble = try Preamble(golden)
        #expect(preamble.bytes == golden)
        #expect(preamble.version == 1 && preamble.number == number && preamble.mode == mode)
        #expect(preamble.migration == MessageSamples.migration)
        for count in 0..<golden.count { #expect(throws: Failure.self) { try Preamble(Array(golden[..<count])) } }
        #expect(throws: Failure.self) { try Preamble(golden + [0]) }
    }

    @Test func `an answer to a preamble is what version 1 wrote, and a target writes one like it`() throws {
        let golden = try GoldenFile.hex("\(Self.folder)/preamble-answer.hex", now: Self.answer)
        #expect(golden.count == Preamble.answerLength)
        try Preamble.checkAnswer(golden)
        for count in 0..<16 { #expect(throws: Failure.self) { try Preamble.checkAnswer(Array(golden[..<count])) } }

        let (near, far) = try StreamSocket.pair()
        try far.writeFully(
            Preamble.sample(number: 1, mode: .encrypted, migration: MessageSamples.migration), until: Relay.deadline)
        _ = try Channel.establish(
            IncomingChannel.accept(near), protection: .encrypted(.make()), until: Relay.deadline)
        let written = try far.readFully(Preamble.answerLength, until: Relay.deadline)
        #expect(written[..<16] == golden[..<16])
    }

    @Test func `the keys of a connection come from secret, preambles, number and direction`() throws {
        let secret = try #require(TrafficSecret((0..<32).map { UInt8(200 - $0) }))
        let preamble = try Preamble(Preamble.sample(number: 7, mode: .encrypted, migration: MessageSamples.migration))
        func chains(_ secret: TrafficSecret?, _ answer: [UInt8]) throws -> [UInt8] {
            try Channel.chain(secret, preamble, answer: answer, isToTarget: true)
                + Channel.chain(secret, preamble, answer: answer, isToTarget: false)
        }
        let now = try chains(secret, Self.answer)
        #expect(now == (try GoldenFile.hex("\(Self.folder)/chains.hex", now: now)))
        let other = try chains(secret, Self.answer.dropLast() + [0])
        let open = try chains(nil, Self.answer)
        #expect(Set([now, other, open].flatMap { [$0.prefix(32), $0.suffix(32)] }).count == 6)
    }

    private static let messages: [Message] = [
        .heartbeat(HeartbeatMessage(count: 1)), .grant(GrantMessage(epoch: 7)), .cancel(CancelMessage()),
        .heartbeat(HeartbeatMessage(count: 2)), .gone(GoneMessage(epoch: 7)),
    ]

    /// Two records a key, so that the kept bytes have a second and a third key in them.
    private static func cipher(_ mode: TrafficProtection.Mode, isSealing: Bool) throws -> RecordCipher {
        try RecordCipher(chain: (0..<32).map { UInt8($0) }, mode: mode, isSealing: isSealing, rekeyInterval: 2)
    }

    @Test(arguments: [TrafficProtection.Mode.encrypted, .authenticated])
    func `records are what version 1 wrote, across keys, both ways and cut anywhere`(
        _ mode: TrafficProtection.Mode
    ) throws {
        let (near, far) = try StreamSocket.pair()
        let writer = RecordWriter(near, cipher: try Self.cipher(mode, isSealing: true))
        for message in Self.messages { try writer.send(message, until: Relay.deadline) }
        let written = try far.readFully(Int(writer.wireBytes), until: Relay.deadline)
        let golden = try GoldenFile.hex("\(Self.folder)/records-\(mode).hex", now: written)
        #expect(written == golden)
        for count in 0...golden.count {
            let (near, far) = try StreamSocket.pair()
            try far.writeFully(Array(golden[..<count]), until: Relay.deadline)
            far.finishWriting()
            let reader = RecordReader(near, cipher: try Self.cipher(mode, isSealing: false))
            var read: [Message] = []
            let failure = #expect(throws: Failure.self) {
                while true { read.append(try reader.receiveMessage(until: Relay.deadline)) }
            }
            #expect(failure?.is(LinuxFault.connectionLost) == true)
            #expect(read == Array(Self.messages.prefix(read.count)))
            if count == golden.count { #expect(read == Self.messages) }
        }
    }
}

extension Preamble {
    /// A preamble put together here, byte by byte, as the description in `Preamble` says.
    static func sample(number: UInt32, mode: TrafficProtection.Mode, migration: MigrationID) -> [UInt8] {
        func little(_ value: some FixedWidthInteger, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let salt = (0..<32).map { UInt8($0) ^ 0x5a }
        return Array("FERRYMIG".utf8) + little(UInt16(1), 2) + little(number, 4) + [mode.rawValue, 0]
            + little(migration.high, 8) + little(migration.low, 8) + salt
    }
}
