import FerryCore
import FerryLinux
import Glibc
package import Testing

/// Throws frames at a decoder: each is a value or a failure, within bounded time and memory.
///
/// All decoders together get a million frames in an optimised build, each its share; `FERRY_FUZZ_FRAMES` asks for another sum.
package struct DecoderFuzz {
    #if DEBUG
        private static let usualFrames = 20_000
    #else
        private static let usualFrames = 1_000_000
    #endif

    /// Nothing a frame of a few kilobytes asks for takes so long, on the slowest machine that runs tests.
    private static let timeLimit = Duration.seconds(5)
    /// More than all the buffers of a decoder, and less than what a believed length would allocate.
    private static let memoryLimit: UInt64 = 256 << 20

    package let subject: String
    package let frames: Int
    private(set) package var accepted = 0

    /// - Parameter share: thousandths of all frames.
    package init(_ subject: String, share: Int) {
        self.subject = subject
        let all = Program.environmentValue("FERRY_FUZZ_FRAMES").flatMap { Int($0) } ?? Self.usualFrames
        frames = max(1, all * share / 1000)
    }

    /// - Parameter decode: true when it accepted the frame. Any error but a `Failure` is a finding.
    package mutating func run(
        _ source: inout FrameSource, sourceLocation: SourceLocation = #_sourceLocation,
        _ decode: (_ frame: [UInt8], _ source: inout FrameSource) throws -> Bool
    ) {
        let before = Self.peakMemory(isReset: true)
        var slowest = Duration.zero
        for _ in 0..<frames {
            let frame = source.next()
            let start = ContinuousClock.now
            do {
                if try decode(frame, &source) { accepted += 1 }
            } catch is Failure {
            } catch {
                Issue.record(error, "\(subject): \(frame)", sourceLocation: sourceLocation)
                return
            }
            slowest = max(slowest, ContinuousClock.now - start)
            if slowest > scaled(Self.timeLimit) {
                Issue.record("\(subject) took \(slowest) over \(frame)", sourceLocation: sourceLocation)
                return
            }
        }
        let after = Self.peakMemory(isReset: false)
        let grown = after - min(before, after)
        #expect(grown < Self.memoryLimit, "\(subject)", sourceLocation: sourceLocation)
        print("fuzz: \(frames) frames through \(subject), \(accepted) accepted, the slowest in \(slowest)")
    }

    /// Bytes this process had resident at most, since the last reset.
    private static func peakMemory(isReset: Bool) -> UInt64 {
        // Linux forgets the peak when 5 is written here; where that is not allowed the peak is only higher from the start.
        if isReset { forgetPeak() }
        let status = (try? DurableFile.read("/proc/self/status")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { UInt64($0) } ?? 0) << 10
    }

    private static func forgetPeak() {
        // SAFETY: a zero-terminated path and one byte, both of which outlive the calls.
        let descriptor = unsafe open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        var five = UInt8(ascii: "5")
        _ = unsafe write(descriptor, &five, 1)
        close(descriptor)
    }
}
