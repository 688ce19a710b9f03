import FerryCore
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

@Suite struct ChannelTests {
    private static let secret = TrafficSecret.make()
    private static let protections: [TrafficProtection] = [.encrypted(secret), .plain(secret), .plain()]

    @Test(arguments: protections)
    func `records arrive as they were sent, across many keys`(_ protection: TrafficProtection) throws {
        let relay = try Relay(protection, rekeyInterval: 3)
        for number in 0..<20 {
            try relay.send(UInt64(number))
            try relay.deliver(relay.capture())
            #expect(try relay.receive() == .heartbeat(HeartbeatMessage(count: UInt64(number))))
        }
    }

    @Test func `no key lasts long enough for its bounds, and the keys before are forgotten in step`() throws {
        // More than 2^24 records on one connection: each key has that many at most.
        #expect(RecordCipher.rekeyInterval == 1 << 24)
        // GCM with counted vectors: at most 2^32 records a key, and 2^36 - 32 bytes a record (SP 800-38D, 5.2.1.1 and 8.3).
        #expect(RecordCipher.rekeyInterval <= 1 << 32)
        #expect(WireProtocol.messageLimit < 1 << 36 - 32)
        // Blocks a key: an attacker's advantage grows with their square over 2^129.
        let blocks = Double(RecordCipher.rekeyInterval) * Double(WireProtocol.messageLimit / 16 + 1)
        #expect(blocks * blocks / 0x1p129 < 0x1p-32)
        for protection in Self.protections {
            let relay = try Relay(protection, rekeyInterval: 64)
            for number in 0..<64 * 40 + 3 {
                try relay.send(UInt64(number))
                try relay.deliver(relay.capture())
                #expect(try relay.receive() == .heartbeat(HeartbeatMessage(count: UInt64(number))))
            }
        }
    }

    @Test func `ends that change keys at different records do not understand each other`() throws {
        let (near, far) = try StreamSocket.pair()
        func cipher(_ interval: UInt64, isSealing: Bool) throws -> RecordCipher {
            try RecordCipher(
                chain: [UInt8](repeating: 9, count: 32), mode: .encrypted, isSealing: isSealing, rekeyInterval: interval
            )
        }
        let writer = RecordWriter(near, cipher: try cipher(4, isSealing: true))
        let reader = RecordReader(far, cipher: try cipher(5, isSealing: false))
        for number in 0..<5 {
            try writer.send(.heartbeat(HeartbeatMessage(count: UInt64(number))), until: Relay.deadline)
        }
        for _ in 0..<4 { _ = try reader.receiveMessage(until: Relay.deadline) }
        let failure = #expect(throws: Failure.self) { try reader.receiveMessage(until: Relay.deadline) }
        #expect(failure?.is(TransferFault.checksumMismatch) == true)
    }

    @Test func `encryption hides the text, and no record looks like another`() throws {
        let relay = try Relay(.encrypted(Self.secret))
        var seen: Set<[UInt8]> = []
        let text = Array("attack at dawn, attack at dawn".utf8)
        for _ in 0..<10 {
            try relay.source.writer.send(
                .bootFileBytes(BootFileBytesMessage(offset: 0, bytes: text)), until: Relay.deadline)
            let record = try relay.capture()
            #expect(!record.contains(text))
            #expect(seen.insert(record).inserted)
        }
        let plain = try Relay(.plain(Self.secret))
        try plain.source.writer.send(
            .bootFileBytes(BootFileBytesMessage(offset: 0, bytes: text)), until: Relay.deadline)
        #expect(try plain.capture().contains(text))
    }

    @Test(arguments: protections)
    func `a flipped bit anywhere in a record is found`(_ protection: TrafficProtection) throws {
        let sample = try Relay(protection)
        try sample.send(1)
        let length = try sample.capture().count
        for index in stride(from: 0, to: length, by: 3) {
            let relay = try Relay(protection)
            try relay.send(0)
            try relay.deliver(relay.capture())
            _ = try relay.receive()
            try relay.send(1)
            var record = try relay.capture()
            record[index] ^= 1 << UInt8(index % 8)
            try relay.deliver(record)
            // A changed length makes the reader wait for bytes that never come.
            try relay.deliver([UInt8](repeating: 0, count: 600))
            relay.hangUp()
            #expect(throws: Failure.self) { try relay.receive() }
        }
    }

    @Test(arguments: protections)
    func `a record that is replayed, dropped or moved is refused`(_ protection: TrafficProtection) throws {
        for orders in [[0, 0], [0, 2], [1, 0], [1]] {
            let relay = try Relay(protection)
            var records: [[UInt8]] = []
            for number in 0..<3 {
                try relay.send(UInt64(number))
                records.append(try relay.capture())
            }
            for order in orders { try relay.deliver(records[order]) }
            let failure = #expect(throws: Failure.self) {
                for _ in orders { _ = try relay.receive() }
            }
            #expect(
                failure?.is(TransferFault.checksumMismatch) == true
                    || failure?.is(TransferFault.authenticationFailed) == true)
        }
    }

    @Test func `another key is found with the first record`() throws {
        let relay = try Relay(.encrypted(Self.secret), .encrypted(.make()))
        try relay.send(1)
        try relay.deliver(relay.capture())
        let failure = #expect(throws: Failure.self) { try relay.receive() }
        #expect(failure?.is(TransferFault.authenticationFailed) == true)
    }

    @Test(arguments: [10, 14, 16, 24, 40, 63])
    func `a preamble changed on its way is found with the first record`(_ index: Int) throws {
        let relay = try? Relay(.encrypted(Self.secret), tamper: { $0[index] ^= 1 })
        // Index 14 is the protection, which the target refuses at once; the rest enters the keys.
        guard let relay else { return #expect(index == 14) }
        try relay.send(1)
        try relay.deliver(relay.capture())
        #expect(throws: Failure.self) { try relay.receive() }
    }

    @Test func `a protection other than the agreed one is refused`() throws {
        #expect(throws: Failure.self) { try Relay(.plain(Self.secret), .encrypted(Self.secret)) }
        #expect(throws: Failure.self) { try Relay(.encrypted(Self.secret), .plain(Self.secret)) }
    }

    @Test func `a record that claims too much is refused before it is read`() throws {
        let relay = try Relay(.encrypted(Self.secret))
        try relay.deliver([0, 0, 0, 0x7f, 0, 0, 0, 0])
        let failure = #expect(throws: Failure.self) { try relay.receive() }
        #expect(failure?.is(TransferFault.protocolViolation) == true)
    }

    @Test func `garbage is no preamble`() throws {
        var random = SeededGenerator(salt: "preamble")
        for _ in 0..<50 {
            let (near, far) = try StreamSocket.pair()
            try far.writeFully(random.bytes(Preamble.length), until: Relay.deadline)
            let failure = #expect(throws: Failure.self) { try IncomingChannel.accept(near) }
            #expect(failure?.is(TransferFault.protocolViolation) == true)
        }
    }

    @Test func `who dawdles over the preamble is dropped`() throws {
        let (near, far) = try StreamSocket.pair()
        try far.writeFully(Array(Preamble.magic), until: Relay.deadline)
        let failure = #expect(throws: Failure.self) {
            try IncomingChannel.accept(near, within: .milliseconds(50))
        }
        #expect(failure?.is(LinuxFault.timedOut) == true)
    }

    @Test func `a secret does not show itself`() {
        #expect("\(Self.secret)" == "(secret)")
        #expect(!String(reflecting: TrafficProtection.encrypted(Self.secret)).contains("\(Self.secret.exposed()[0]), "))
    }
}

extension Relay {
    /// The target's end sees the end of the stream.
    func hangUp() { targetWire.finishWriting() }
}

extension [UInt8] {
    func contains(_ other: [UInt8]) -> Bool {
        guard other.count <= count else { return false }
        return indices.dropLast(other.count - 1).contains { self[$0..<$0 + other.count].elementsEqual(other) }
    }
}
