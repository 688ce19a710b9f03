import FerryCore
import FerryEngine
import FerryRemoting
import FerryTestKit
import Glibc
import Testing

/// Lines, fragments and messages, good and bad.
@Suite(.seeded) struct ChannelTests {
    private let id = GUID("00112233-4455-6677-8899-aabbccddeeff") ?? .empty

    @Test func `lines are as PowerShell writes them`() throws {
        let id = id
        let expected: [(TransportElement, String)] = [
            (
                TransportElement(.data, id, payload: [1, 2, 3]),
                "<Data Stream='Default' PSGuid='00112233-4455-6677-8899-aabbccddeeff'>AQID</Data>\n"
            ),
            (TransportElement(.command, id), "<Command PSGuid='00112233-4455-6677-8899-aabbccddeeff' />\n"),
            (TransportElement(.closeAck, .empty), "<CloseAck PSGuid='00000000-0000-0000-0000-000000000000' />\n"),
        ]
        for (element, line) in expected {
            #expect(element.line == line)
            #expect(try TransportElement(line: Array(line.utf8)) == element)
        }
    }

    @Test(arguments: [
        "<Hello PSGuid='00000000-0000-0000-0000-000000000000' />", "<Data PSGuid='x'>AQID</Data>", "<Command />",
        "<Data Stream='Other' PSGuid='00000000-0000-0000-0000-000000000000'>AQID</Data>",
        "<Data Stream='Default' PSGuid='00000000-0000-0000-0000-000000000000'>!</Data>", "Permission denied", "",
    ])
    func `a line that is none is a failure`(_ line: String) {
        #expect(throws: Failure.self) { try TransportElement(line: Array(line.utf8)) }
    }

    @Test func `a message's header has the protocol's byte order`() throws {
        let message = RemotingMessage(.server, .createPipeline, pool: id, pipeline: .empty, body: "<S>x</S>")
        let bytes = message.bytes
        #expect(bytes.prefix(8) == [2, 0, 0, 0, 0x06, 0x10, 0x02, 0])
        #expect(
            bytes[8..<24] == [
                0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF,
            ])
        #expect(bytes[40..<43] == [0xEF, 0xBB, 0xBF])
        let again = try RemotingMessage(bytes: bytes)
        #expect(again.pool == id && again.tag == .createPipeline && again.body == message.body)
    }

    @Test(arguments: [0, 1, 100, 32_746, 32_747, 32_748, 200_000])
    func `a message of any size comes out as it went in, however it is cut`(_ size: Int) throws {
        let message = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let bytes = Fragment.split(message, object: 7).flatMap { $0 }
        for step in [1_000, 21, 65_536] {
            var defragmenter = Defragmenter()
            var found: [[UInt8]] = []
            var start = 0
            while start < bytes.count {
                found += try defragmenter.add(Array(bytes[start..<min(start + step, bytes.count)]))
                start += step
            }
            #expect(found == [message])
        }
    }

    @Test func `a large message costs by its bytes, not by their square`() throws {
        let size = 24 << 20
        let bytes = [UInt8](repeating: 0x41, count: size)
        let small = (0..<size / 32_000).map { Fragment.split(Array(bytes[..<32_000]), object: UInt64($0 + 1)) }
        // Of the same bytes, in messages of one fragment each and in one of all.
        let many = try Self.time(ofReading: small.flatMap { $0 }, id)
        let one = try Self.time(ofReading: Fragment.split(bytes, object: 1), id)
        #expect(one < many * 20, "\(one) ns and \(many) ns of this thread's processor")
    }

    /// Of this thread's processor, in nanoseconds, whatever else the host does.
    private static func time(ofReading fragments: [[UInt8]], _ id: GUID) throws -> Int {
        var parts = Defragmenters()
        parts.open(id)
        let start = processorTime()
        for fragment in fragments { _ = try parts.add(fragment, of: id) }
        return processorTime() - start
    }

    private static func processorTime() -> Int {
        var time = timespec()
        // SAFETY: the call fills the structure.
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    @Test func `data of a pipeline that is not open is no message, however it is cut`() throws {
        var parts = Defragmenters()
        let message = Fragment.split([1, 2, 3], object: 1)[0]
        #expect(try parts.add(message, of: id) == [])
        parts.open(id)
        #expect(try parts.add(message, of: id) == [[1, 2, 3]])
        #expect(try parts.add(message, of: .empty) == [[1, 2, 3]])
        parts.close(id)
        #expect(try parts.add(message, of: id) == [] && parts.count == 0)
    }

    @Test func `fragments out of order, of no object or too long are failures`() {
        func fragment(_ object: UInt8, _ number: UInt8, _ flags: UInt8, length: UInt8 = 1, high: UInt8 = 0) -> [UInt8] {
            [0, 0, 0, 0, 0, 0, 0, object, 0, 0, 0, 0, 0, 0, 0, number, flags, high, 0, 0, length, 0x41]
        }
        for bad in [
            fragment(0, 0, 3), fragment(1, 1, 3), fragment(1, 0, 2), fragment(1, 0, 1) + fragment(2, 1, 2),
            fragment(1, 0, 1) + fragment(1, 2, 2), fragment(1, 0, 1) + fragment(1, 0, 1), fragment(1, 0, 3, high: 0x7F),
        ] {
            #expect(throws: Failure.self) {
                var defragmenter = Defragmenter()
                _ = try defragmenter.add(bad)
            }
        }
    }

    @Test func `any line is an element, its fragments messages, or a failure`() {
        let message = RemotingMessage(.client, .pipelineOutput, pool: id, pipeline: id, body: "<S>some text</S>")
        let lines = Fragment.split(message.bytes, object: 1).map { TransportElement(.data, id, payload: $0).line }
        var source = FrameSource(
            (lines + [TransportElement(.command, id).line]).map { Array($0.utf8.dropLast()) },
            salt: "fuzz channel lines")
        var fuzz = DecoderFuzz("TransportElement", share: 20)
        fuzz.run(&source) { frame, _ in
            _ = try TransportElement(line: frame)
            return true
        }
        #expect(fuzz.accepted > 0)
    }

    @Test func `any bytes are fragments of messages, or a failure, or wait for more`() {
        let messages = [0, 60, 40_000].map { size in
            RemotingMessage(.client, .pipelineOutput, pool: id, body: String(repeating: "x", count: size))
        }
        let streams = messages.map { message in
            Fragment.split(message.bytes, object: 1).reduce(into: [UInt8]()) { $0 += $1 }
        }
        var source = FrameSource(streams, salt: "fuzz fragments")
        var fuzz = DecoderFuzz("Defragmenter and RemotingMessage", share: 20)
        fuzz.run(&source) { frame, source in
            var defragmenter = Defragmenter()
            let cut = source.below(frame.count + 1)
            var found = try defragmenter.add(Array(frame[..<cut]))
            found += try defragmenter.add(Array(frame[cut...]))
            for bytes in found { _ = try RemotingMessage(bytes: bytes) }
            return !found.isEmpty
        }
        #expect(fuzz.accepted > 0)
    }
}
