import FerryCore
import FerryLinux
import FerryTestKit
import Glibc

/// Watches two hosts for a guest that runs on both, from outside of everything Ferry does.
///
/// Two rules. A page of the target that counts further than the source's same page can only have been counted there: from then on
/// the source's must stand still. And QEMU's threads but its main one have work only while the guest runs: they must not have it
/// on both hosts in three windows one after the other: a hand-over shares one, and a QEMU that starts is busy for a little itself.
final class RunnerWatch {
    private struct State: Sendable {
        var violations: [String] = []
        var windows = 0
    }

    private let state = Box(State())
    private let stop: StopSignal
    private var thread: WorkerThread?

    /// Long enough for a guest on a busy computer to get its turn, short enough to see a guest that is stopped again.
    private static let window = Duration.milliseconds(100)
    private static let workedNanoseconds: UInt64 = 15_000_000
    private static let sampledPages: [UInt64] = [0, 1, 77, 300, 511, 700]

    init(_ id: String, source: FaultHost, target: FaultHost) throws {
        let stop = try StopSignal()
        self.stop = stop
        let state = state
        let (sourceMemory, targetMemory) = (source.memoryPath(id), target.memoryPath(id))
        let (sourceFolder, targetFolder) = (source.folder, target.folder)
        thread = try WorkerThread("runner-watch") {
            var counters = CounterRule(source: sourceMemory, target: targetMemory)
            var work = WorkRule(source: sourceFolder, target: targetFolder)
            var next = ContinuousClock.now + Self.window
            repeat {
                if let violation = counters.look() { state.update { $0.violations.append(violation) } }
                if ContinuousClock.now >= next {
                    next = ContinuousClock.now + Self.window
                    if let violation = work.look() { state.update { $0.violations.append(violation) } }
                    state.update { $0.windows += 1 }
                }
            } while !stop.wait(until: .after(.milliseconds(4)))
        }
    }

    /// Ends watching and returns what was seen.
    func finish() -> [String] {
        stop.raise()
        thread?.join()
        thread = nil
        return state.current.violations
    }

    deinit { _ = finish() }

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

    private struct WorkRule {
        private struct Seen {
            var pid: Int32
            var time: UInt64
        }

        let source: String
        let target: String
        private var before: [String: Seen] = [:]
        private var together = 0

        init(source: String, target: String) {
            self.source = source
            self.target = target
        }

        mutating func look() -> String? {
            let here = works(source)
            let there = works(target)
            together = here && there ? together + 1 : 0
            guard together == 3 else { return nil }
            return "the guest worked on both hosts for three windows of \(RunnerWatch.window)"
        }

        private mutating func works(_ folder: String) -> Bool {
            if let seen = before[folder], (try? FileIdentity.ifPresent("/proc/\(seen.pid)/task")) == nil {
                before[folder] = nil
            }
            guard let last = before[folder] else {
                let process = try? HostProcess.all(of: folder).first { $0.program.hasPrefix("qemu-system") }
                guard let pid = process?.pid else { return false }
                before[folder] = Seen(pid: pid, time: HostProcess.workerTime(pid))
                return false
            }
            let time = HostProcess.workerTime(last.pid)
            before[folder] = Seen(pid: last.pid, time: time)
            return time >= last.time + RunnerWatch.workedNanoseconds
        }
    }
}
