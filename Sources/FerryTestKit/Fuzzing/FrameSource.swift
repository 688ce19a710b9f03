/// Frames that a hostile peer, a bad disk or a hand in an editor might make: random bytes, and samples changed in one to four
/// places. The same seed makes the same frames.
package struct FrameSource {
    private var random: SeededGenerator
    private let samples: [[UInt8]]
    private let lengthLimit: Int

    /// Values at which lengths, counts and offsets go wrong.
    private static let edges: [[UInt8]] = [
        [0], [0x7f], [0x80], [0xff], [0xff, 0xff], [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0x80], [0xff, 0xff, 0xff, 0x7f],
        [UInt8](repeating: 0xff, count: 8), [UInt8](repeating: 0, count: 8), [0, 0, 0, 0, 0, 0, 0, 0x80],
    ]

    /// - Parameters:
    ///   - samples: good frames; at least one.
    ///   - lengthLimit: no frame is longer, unless a sample is.
    package init(_ samples: [[UInt8]], salt: String, lengthLimit: Int = 4096) {
        precondition(!samples.isEmpty, "there is something to change")
        self.samples = samples
        self.lengthLimit = lengthLimit
        random = SeededGenerator(salt: salt)
    }

    /// For what the caller decides by chance.
    package mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    package mutating func next() -> [UInt8] {
        if random.happens(oneIn: 8) { return random.bytes(below(257)) }
        var frame = samples[below(samples.count)]
        for _ in 0...below(4) { change(&frame) }
        return frame
    }

    private mutating func change(_ frame: inout [UInt8]) {
        guard !frame.isEmpty else { return frame = random.bytes(below(16)) }
        let index = below(frame.count)
        switch below(9) {
        case 0: frame[index] ^= 1 << UInt8(below(8))
        case 1: frame[index] = UInt8(below(256))
        case 2: frame.remove(at: index)
        case 3: frame.removeLast(frame.count - index)
        case 4:
            let edge = Self.edges[below(Self.edges.count)]
            frame.replaceSubrange(index..<min(frame.count, index + edge.count), with: edge)
        case 5: Self.insert(random.bytes(1 + below(8)), into: &frame, at: index, limit: lengthLimit)
        case 6: frame.removeSubrange(index..<min(frame.count, index + 1 + below(16)))
        case 7:
            // Another piece of the same frame, or of another sample.
            let other = random.happens(oneIn: 2) ? frame : samples[below(samples.count)]
            guard !other.isEmpty else { return }
            let start = below(other.count)
            Self.insert(
                Array(other[start..<min(other.count, start + 1 + below(64))]), into: &frame, at: index,
                limit: lengthLimit)
        default:
            let first = frame[index]
            let last = below(frame.count)
            frame[index] = frame[last]
            frame[last] = first
        }
    }

    private static func insert(_ bytes: [UInt8], into frame: inout [UInt8], at index: Int, limit: Int) {
        if frame.count + bytes.count <= limit { frame.insert(contentsOf: bytes, at: index) }
    }
}
