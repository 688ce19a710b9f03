import FerryCore
import FerryTestKit
import FerryTransfer
import Testing

/// Whatever a peer sends is a value or a failure.
@Suite struct MessageDecoderTests {
    /// Decodes; what decodes must say the same again when it is sent on.
    private func survives(_ bytes: [UInt8]) throws {
        guard let message = try? Message(decoding: bytes) else { return }
        let again = try Message(decoding: message.encoded())
        #expect(again == message)
    }

    @Test func `random bytes under every tag`() throws {
        var random = SeededGenerator(salt: "decoder")
        for tag in MessageTag.allCases {
            for _ in 0..<400 {
                let body = random.bytes(Int.random(in: 0..<200, using: &random))
                try survives(
                    [UInt8(tag.rawValue), 0, 0, 0] + GoldenTests.littleEndian(UInt32(body.count)) + body)
            }
        }
    }

    @Test func `mutations of good messages`() throws {
        var random = SeededGenerator(salt: "mutations")
        for message in MessageSamples.all {
            let good = message.encoded()
            for _ in 0..<400 {
                var bytes = good
                for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                    let index = Int.random(in: 0..<bytes.count, using: &random)
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                    case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                    case 2: bytes.remove(at: index)
                    default: bytes.insert([0, 255, 127, 128].randomElement(using: &random) ?? 0, at: index)
                    }
                }
                if bytes.count >= 8, random.happens(oneIn: 2) {
                    bytes.replaceSubrange(4..<8, with: GoldenTests.littleEndian(UInt32(bytes.count - 8)))
                }
                try survives(bytes)
            }
        }
    }

    @Test func `a count that the bytes cannot hold allocates nothing`() {
        let map: [UInt8] = [6, 0, 0, 0, 8, 0, 0, 0, 0, 0, 1, 0, 0xff, 0xff, 0xff, 0xff]
        #expect(throws: Failure.self) { try Message(decoding: map) }
    }

    @Test(arguments: [
        [
            ItemRun(extent: Extent(offset: 8192, length: 1), kind: .zero),
            ItemRun(extent: Extent(offset: 0, length: 1), kind: .zero),
        ],
        [
            ItemRun(extent: Extent(offset: 0, length: 8192), kind: .zero),
            ItemRun(extent: Extent(offset: 4096, length: 1), kind: .hole),
        ],
        [ItemRun(extent: Extent(offset: 0, length: 0), kind: .zero)],
        [ItemRun(extent: Extent(offset: UInt64.max - 4, length: 8), kind: .zero)],
        [ItemRun(extent: Extent(offset: 0, length: 4), kind: .data)],
        [],
    ])
    func `an item whose table is wrong is refused`(_ runs: [ItemRun]) {
        let item = ItemMessage(sequence: 1, round: 0, lane: .memory, runs: runs, data: [1, 2, 3])
        #expect(throws: Failure.self) { try Message(decoding: Message.item(item).encoded()) }
    }

    @Test func `a failure's depth, width and texts are bounded, and terminals are safe`() throws {
        var deep = MessageSamples.failure
        for _ in 0..<40 {
            deep = Failure(
                TransferFault.cancelled, String(repeating: "é", count: 5000), target: "a\u{1b}[31mb\u{7}", cause: deep)
        }
        for _ in 0..<20 { deep = deep.adding(cleanUp: MessageSamples.failure) }
        guard case .failure(let read) = try Message(decoding: Message.failure(FailureMessage(failure: deep)).encoded())
        else {
            Issue.record("not a failure")
            return
        }
        #expect(read.failure.code == "Transfer.cancelled")
        #expect(read.failure.target == "a [31mb ")
        #expect(read.failure.message.utf8.count <= WireProtocol.textLimit)
        #expect(read.failure.message.allSatisfy { $0 == "é" })
        #expect(read.failure.causes.count == 8)
        var depth = 0
        var inner = read.failure
        while let next = inner.causes.first {
            inner = next
            depth += 1
        }
        #expect(depth == 4)
    }

    @Test func `versions without overlap are refused, and the newest common one is chosen`() throws {
        var hello = HelloMessage(
            migration: MessageSamples.migration, oldestVersion: 2, newestVersion: 9, capabilities: .all, epoch: 1,
            policy: "", connections: 1)
        let failure = #expect(throws: Failure.self) { try AcceptMessage.answer(to: hello, offering: .all) }
        #expect(failure?.is(TransferFault.peerTooOld) == true)
        hello.oldestVersion = 1
        let accept = try AcceptMessage.answer(to: hello, offering: .memoryDigest)
        #expect(accept == AcceptMessage(version: WireProtocol.newestVersion, capabilities: .memoryDigest))
    }

    @Test func `an identifier is a UUID and nothing else`() throws {
        let id = try #require(MigrationID("01234567-89ab-4def-8123-456789abcdef"))
        #expect(id == MessageSamples.migration)
        #expect(id.description == "01234567-89ab-4def-8123-456789abcdef")
        #expect(MigrationID("0123456789AB4DEF8123456789ABCDEF") == id)
        #expect(MigrationID.make().description.count == 36)
        #expect(MigrationID(MigrationID.make().description) != nil)
        for bad in [
            "", "-", "01234567-89ab-4def-8123-456789abcde", "01234567-89ab-4def-8123-456789abcdefa",
            "0123456-789ab-4def-8123-456789abcdef", "g1234567-89ab-4def-8123-456789abcdef",
        ] {
            #expect(MigrationID(bad) == nil)
        }
    }
}
