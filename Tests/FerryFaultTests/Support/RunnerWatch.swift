import FerryCore
import FerryLinux
import FerryTestKit

/// Watches two hosts for a guest that runs on both, from outside of everything Ferry does.
///
/// Two rules, and neither depends on when it looks. What the QEMU processes wrote of their guests (`WatchedQEMU`) must not overlap.
/// And a page of the target that counts further than the source's same page, read after it, can only have been counted there:
/// what is copied was the source's before. From then on the source's must stand still.
final class RunnerWatch {
    private let violations = Box<[String]>([])
    private let stop: StopSignal
    private var thread: WorkerThread?
    private let hosts: [FaultHost]

    private static let sampledPages: [UInt64] = [0, 1, 77, 300, 511, 700]

    init(_ id: String, source: FaultHost, target: FaultHost) throws {
        let stop = try StopSignal()
        self.stop = stop
        hosts = [source, target]
        for host in hosts { try GuestRun.forgetEnded(in: host.runs) }
        let violations = violations
        let (sourceMemory, targetMemory) = (source.memoryPath(id), target.memoryPath(id))
        thread = try WorkerThread("runner-watch") {
            var counters = CounterRule(source: sourceMemory, target: targetMemory)
            repeat {
                if let violation = counters.look() { violations.update { $0.append(violation) } }
            } while !stop.wait(until: .after(.milliseconds(4)))
        }
    }

    /// Ends watching and returns what was seen.
    func finish() throws -> [String] {
        end()
        return violations.current
            + GuestRun.overlaps(try hosts.flatMap { try GuestRun.all(of: $0.name, in: $0.runs) })
    }

    private func end() {
        stop.raise()
        thread?.join()
        thread = nil
    }

    deinit { end() }

    private struct CounterRule {
        let source: String
        let target: String
        var frozen: [UInt32]?
        var isReported = false

        init(source: String, target: String) {
            self.source = source
            self.target = target
        }

        mutating func look() -> String? {
            // The target first: while it is only copied to, the source is always further.
            guard let there = Self.counters(target), let here = Self.counters(source) else { return nil }
            if let frozen {
                guard !isReported, zip(here, frozen).contains(where: { $0 > $1 }) else { return nil }
                isReported = true
                return "the source's guest counted on (\(frozen) to \(here)) after the target's had run (\(there))"
            }
            if zip(there, here).contains(where: { $0 > $1 }) { frozen = Self.counters(source) }
            return nil
        }

        private static func counters(_ path: String) -> [UInt32]? {
            guard let file = try? RAMFile.open(path) else { return nil }
            var result: [UInt32] = []
            for page in RunnerWatch.sampledPages {
                var bytes: [UInt8] = [0, 0, 0, 0]
                var span = bytes.mutableSpan
                // SAFETY: UInt8 has no padding and every bit pattern is a value.
                var raw = unsafe span.mutableBytes
                guard (try? file.read(at: CounterGuest.firstCounted + page * CounterGuest.page, into: &raw)) != nil
                else {
                    return nil
                }
                result.append((0..<4).reduce(0) { $0 | UInt32(bytes[$1]) << (8 * UInt32($1)) })
            }
            return result
        }
    }
}
