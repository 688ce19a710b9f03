import FerryCore
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// The bytes of version 1, kept: what one release wrote, every later one reads. Update them knowingly, with a new version:
/// `FERRY_UPDATE_GOLDEN=1`.
@Suite struct GoldenTests {
    private static let folder = "\(#filePath)".replacingLast(2, with: "Golden/v1")

    @Test func `every message has a sample`() {
        #expect(Set(MessageSamples.all.map(\.tag)) == Set(MessageTag.allCases))
        #expect(!MessageTag.allCases.contains { $0.rawValue == 0 })
    }

    @Test(arguments: MessageSamples.all)
    func `the bytes are the golden ones, both ways`(_ message: Message) throws {
        let path = "\(Self.folder)/\(message.tag).hex"
        if Program.environmentValue("FERRY_UPDATE_GOLDEN") == "1" {
            try DurableFile.replace(path, with: Array(Self.hex(message.encoded()).utf8))
        }
        let golden = try Self.bytes(String(decoding: DurableFile.read(path), as: UTF8.self))
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

    private static func hex(_ bytes: [UInt8]) -> String {
        var text = ""
        for (index, byte) in bytes.enumerated() {
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
            text += index % 32 == 31 ? "\n" : " "
        }
        return text + "\n"
    }

    private static func bytes(_ text: String) throws -> [UInt8] {
        try text.split { $0 == " " || $0 == "\n" }.map { try #require(UInt8($0, radix: 16)) }
    }
}

extension String {
    /// The path without its last `count` components, then `name`.
    func replacingLast(_ count: Int, with name: String) -> String {
        split(separator: "/").dropLast(count).reduce("") { "\($0)/\($1)" } + "/" + name
    }
}
