import FerryHost
import FerryLinux
import FerryTestKit

/// Makes KVM write into a running guest's memory by itself, through the kernel's own mapping of it: a guest that goes on after
/// a pause is told in its clock that it stood still.
final class ClockWriter: Sendable {
    private let client: QMPClient
    private let memory: String
    private let clock: Range<UInt64>
    private let written = Box(false)

    /// - Parameter clock: bytes of guest memory.
    init(_ id: String, on host: TestHost, clock: Range<UInt64>) throws {
        client = try host.machine(id).requireQEMU().qmp()
        memory = host.memoryPath(id)
        self.clock = clock
    }

    /// KVM was seen to write.
    var hasWritten: Bool { written.current }

    func write() {
        guard let before = read(), (try? client.execute("stop")) != nil, (try? client.execute("cont")) != nil else {
            return
        }
        if eventually({ read() != before }) { written.current = true }
    }

    private func read() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: clock.count)
        var span = bytes.mutableSpan
        // SAFETY: UInt8 has no padding and every bit pattern is a value.
        var raw = unsafe span.mutableBytes
        guard (try? RAMFile.open(memory).read(at: clock.lowerBound, into: &raw)) != nil else { return nil }
        return bytes
    }
}
