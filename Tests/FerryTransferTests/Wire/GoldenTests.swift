import FerryCore
import FerryTestKit
import FerryTransfer
import Testing

/// The messages of version 1, byte for byte (`GoldenFile` says how they are kept).
@Suite struct GoldenTests {
    private static let folder = GoldenFile.folder(of: "\(#filePath)")

    @Test func `every message has a sample`() {
        #expect(Set(MessageSamples.all.map(\.tag)) == Set(MessageTag.allCases))
        #expect(!MessageTag.allCases.contains { $0.rawValue == 0 })
    }

    @Test(arguments: MessageSamples.all)
    func `the bytes are the golden ones, both ways`(_ message: Message) throws {
        let golden = try GoldenFile.hex("\(Self.folder)/\(message.tag).hex", now: message.encoded())
        #expect(message.encoded() == golden)
        #expect(try Message(decoding: golden) == message)
    }

    @Test(arguments: MessageSamples.all)
    func `every truncation fails, also one that admits its length`(_ message: Message) throws {
        let whole = message.encoded()
        for count in 0..<whole.count {
            #expect(throws: Failure.self) { try Message(decoding: Array(whole[..<count])) }
            guard count >= 8 else { continue }
            var honest = Array(whole[..<count])
            honest.replaceSubrange(4..<8, with: Self.littleEndian(UInt32(count - 8)))
            let failure = #expect(throws: Failure.self) { try Message(decoding: honest) }
            #expect(failure?.is(TransferFault.protocolViolation) == true)
        }
    }

    @Test(arguments: MessageSamples.all)
    func `bytes behind the end fail`(_ message: Message) throws {
        var longer = message.encoded() + [0]
        #expect(throws: Failure.self) { try Message(decoding: longer) }
        longer.replaceSubrange(4..<8, with: Self.littleEndian(UInt32(longer.count - 8)))
        #expect(throws: Failure.self) { try Message(decoding: longer) }
    }

    static func littleEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
