import FerryCore
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// A million frames, with those of the other `…FuzzTests`, at everything that reads what a peer sent or a disk gave back.
@Suite("Fuzz of the transfer's decoders", .seeded, .serialized)
struct TransferFuzzTests {
    @Test func `any bytes are a message or a failure, and what was read is what would be sent`() {
        var source = FrameSource(MessageSamples.all.map { $0.encoded() }, salt: "fuzz messages")
        var fuzz = DecoderFuzz("Message", share: 560)
        fuzz.run(&source) { frame, source in
            var bytes = frame
            // Half of them with the length that came, or no body would ever be looked at.
            if bytes.count >= 8, source.below(2) == 0 {
                bytes.replaceSubrange(4..<8, with: GoldenTests.littleEndian(UInt32(bytes.count - 8)))
            }
            let message = try Message(decoding: bytes)
            #expect(try Message(decoding: message.encoded()) == message)
            return true
        }
        #expect(fuzz.accepted > fuzz.frames / 100)
    }

    private static func cipher(isSealing: Bool) throws(Failure) -> RecordCipher {
        try RecordCipher(
            chain: [UInt8](repeating: 3, count: 32), mode: .encrypted, isSealing: isSealing, rekeyInterval: 3)
    }

    /// Sealed records of `payloads`, as they travel.
    private static func records(_ payloads: [[UInt8]]) throws -> [UInt8] {
        let (near, far) = try StreamSocket.pair()
        let writer = RecordWriter(near, cipher: try cipher(isSealing: true), payloadLimit: 4096)
        for payload in payloads {
            try writer.begin()
            try writer.append(unsafe payload.span.bytes)
            try writer.finish(until: Relay.deadline)
        }
        return try far.readFully(Int(writer.wireBytes), until: Relay.deadline)
    }

    @Test func `any stream is records or a failure, and no record that was touched is taken`() throws {
        let payloads = (1...4).map { [UInt8](repeating: UInt8($0), count: 40 * $0) }
        let good = try Self.records(payloads)
        var source = FrameSource([good], salt: "fuzz records")
        var fuzz = DecoderFuzz("RecordReader", share: 60)
        fuzz.run(&source) { frame, _ in
            let (near, far) = try StreamSocket.pair()
            try far.writeFully(frame, until: Relay.deadline)
            far.finishWriting()
            let reader = RecordReader(near, cipher: try Self.cipher(isSealing: false), payloadLimit: 4096)
            for payload in payloads {
                let read = try reader.receive(until: Relay.deadline) { bytes in
                    unsafe bytes.withUnsafeBytes { unsafe Array($0) }
                }
                #expect(read == payload)
            }
            return true
        }
    }

    @Test func `a peer that holds the key and seals any bytes is a message or a failure`() throws {
        var source = FrameSource(MessageSamples.all.map { $0.encoded() }, salt: "fuzz sealed")
        var fuzz = DecoderFuzz("RecordReader and Message", share: 60)
        fuzz.run(&source) { frame, _ in
            let payload = frame.isEmpty ? [0] : frame
            let (near, far) = try StreamSocket.pair()
            try far.writeFully(try Self.records([payload]), until: Relay.deadline)
            let reader = RecordReader(near, cipher: try Self.cipher(isSealing: false), payloadLimit: 4096)
            _ = try reader.receiveMessage(until: Relay.deadline)
            return true
        }
        #expect(fuzz.accepted > 0 || fuzz.frames < 10_000)
    }

    @Test func `any bytes are a preamble or a failure`() {
        let good = Array("FERRYMIG".utf8) + [1, 0, 3, 0, 0, 0, 1, 0] + (0..<48).map { UInt8($0) }
        var source = FrameSource([good], salt: "fuzz preambles")
        var fuzz = DecoderFuzz("Preamble", share: 60)
        fuzz.run(&source) { frame, _ in
            try? Preamble.checkAnswer(frame)
            let preamble = try Preamble(frame)
            #expect(preamble.bytes == frame)
            return true
        }
        #expect(fuzz.accepted > 0 || fuzz.frames < 10_000)
    }

    /// CRC-32 of the journal's lines, worked out here without the product's code.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> String {
        var sum = ~UInt32(0)
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 {
                let isOdd = sum & 1 == 1
                sum >>= 1
                if isOdd { sum ^= 0xEDB8_8320 }
            }
        }
        let text = String(~sum, radix: 16)
        return String(repeating: "0", count: 8 - text.count) + text
    }

    @Test func `any bytes are an ownership journal or a failure, right checksums included`() throws {
        let samples = try OwnershipSide.allCases.map { side in
            try OwnershipRole.allCases.flatMap { role in
                try OwnershipJournal.line(
                    OwnershipRecord(
                        role, side: side, machine: "6f1c0c1e-9d0a-4a7e-b3b5-0d6c1f2e3a4b",
                        migration: "90ab12cd-0000-4000-8000-1234567890ab", epoch: 3, time: 1_700_000_000_123))
            }
        }
        var source = FrameSource(samples, salt: "fuzz journals")
        var fuzz = DecoderFuzz("OwnershipJournal", share: 80)
        fuzz.run(&source) { frame, source in
            var bytes = frame
            if source.below(2) == 0 {
                bytes = frame.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).flatMap { line in
                    let body = line.dropLast(9)
                    return body + Array(" \(Self.checksum(body))\n".utf8)
                }
            }
            let journal = try OwnershipJournal(bytes)
            #expect(journal.validByteCount <= bytes.count)
            #expect(try OwnershipJournal(journal.records.flatMap(OwnershipJournal.line)).records == journal.records)
            return !journal.records.isEmpty
        }
        #expect(fuzz.accepted > 0 || fuzz.frames < 10_000)
    }
}
