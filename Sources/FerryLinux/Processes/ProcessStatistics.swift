import CLinux
package import FerryCore
import Glibc

/// A process's figures, from /proc/PID/stat.
package struct ProcessStatistics: Sendable {
    /// Clock ticks after boot.
    package let startTicks: UInt64
    /// User and system time of all its threads.
    package let cpuTime: Duration
    /// Memory in its page tables now, guest memory included once touched.
    package let resident: ByteCount
    /// `Z` for one that has ended and was not reaped.
    package let state: Character

    static func read(_ pid: Int32) throws(Failure) -> ProcessStatistics {
        let path = "/proc/\(pid)/stat"
        let bytes: [UInt8]
        do throws(Failure) {
            bytes = try DurableFile.read(path, limit: 64 << 10)
        } catch  where error.is(LinuxFault.notFound) {
            throw Failure(
                LinuxFault.processGone, "Cannot look at process \(pid): there is none.", target: "process \(pid)",
                cause: error)
        }
        guard let figures = parse(String(decoding: bytes, as: UTF8.self)) else {
            throw Failure(LinuxFault.malformed, "\(path) is not in the form proc(5) gives.", target: path)
        }
        return figures
    }

    /// `12 (name, which may hold anything) S …`: the fields count from the last parenthesis.
    static func parse(_ text: String) -> ProcessStatistics? {
        guard let name = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: name)...].split(whereSeparator: \.isWhitespace)
        guard fields.count >= 22, let state = fields[0].first, let user = Int64(fields[11]),
            let system = Int64(fields[12]), let start = UInt64(fields[19]), let pages = UInt64(fields[21])
        else { return nil }
        let ticks = Int64(max(1, ferry_clock_ticks_per_second()))
        return ProcessStatistics(
            startTicks: start, cpuTime: .nanoseconds((user + system) * (1_000_000_000 / ticks)),
            resident: ByteCount(pages * 4096), state: state)
    }
}
