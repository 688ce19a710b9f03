import FerryLinux
import FerryTestKit
import FerryTransfer
import Glibc

/// Compares both hosts' memory while nobody runs: when the source has sent everything and the target has loaded nothing yet, and
/// again when the target has loaded its device state.
///
/// The first comparison allows no byte. Between the two the source's memory stays as it is, and the target's as well but for what
/// KVM itself writes into it: loading hands it the processor's registers (QEMU's `kvm_put_msrs`, from the full state that
/// `cpu_synchronize_all_post_init` sets), and one of them, MSR_KVM_SYSTEM_TIME, names the structure in guest memory in which KVM
/// tells the guest the time. Some kernels mark it as out of date there and then (version + 2, TSC_STABLE_BIT cleared), the
/// others rewrite it when the guest runs. The firmware is who set that clock up, and it says where.
final class StandstillWitness: Sendable {
    struct Memory: Sendable {
        var source: String
        var target: String
        /// Bytes of the clock that the guest has told KVM of.
        var clock: Range<UInt64>?
    }

    /// One of two points of a move.
    struct Finding: Sendable, CustomStringConvertible {
        var moment: String
        /// What differed that may not differ: the first places, in words.
        var differences: [String]

        var description: String { "\(moment): \(differences.isEmpty ? "equal" : differences.joined(separator: ", "))" }
    }

    private struct State: Sendable {
        var memory: Memory?
        /// Digests of both memories before the load.
        var before: [String] = []
        var findings: [Finding] = []
    }

    private let state = Box(State())

    /// What was compared since `expect`, in order.
    var findings: [Finding] { state.current.findings }

    /// The next move's.
    func expect(_ memory: Memory) { state.current = State(memory: memory) }

    func reached(_ point: PhasePoint) {
        guard let memory = state.current.memory else { return }
        if point.isPoint(.before, .ready, side: .source) {
            let digests = Self.digests(memory)
            let differences =
                digests[0] == digests[1] ? [] : Self.differences(memory.source, memory.target, allowed: nil)
            state.update {
                $0.before = digests
                $0.findings.append(Finding(moment: "before the load", differences: differences))
            }
        } else if point.isPoint(.after, .deviceState, side: .target) {
            let digests = Self.digests(memory)
            var differences: [String] = []
            if digests[0] != state.current.before.first { differences.append("the source's memory has changed") }
            if digests[1] != digests[0] {
                differences += Self.differences(memory.source, memory.target, allowed: memory.clock)
            }
            state.update { [differences] in
                $0.findings.append(Finding(moment: "after the load", differences: differences))
            }
        }
    }

    private static func digests(_ memory: Memory) -> [String] {
        [memory.source, memory.target].map { (try? FileDigest.sha256($0)) ?? "unreadable: \($0)" }
    }

    /// The first pages in which two files differ at a byte outside of `allowed`.
    private static func differences(_ path: String, _ otherPath: String, allowed: Range<UInt64>?) -> [String] {
        guard let one = try? DurableFile.read(path, limit: 1 << 30),
            let other = try? DurableFile.read(otherPath, limit: 1 << 30), one.count == other.count
        else { return ["\(path) and \(otherPath) cannot be compared"] }
        var found: [String] = []
        for start in stride(from: 0, to: one.count, by: 4096) where found.count < 8 {
            let range = start..<min(start + 4096, one.count)
            guard !areEqual(one, other, range) else { continue }
            let bytes = range.filter { one[$0] != other[$0] && allowed?.contains(UInt64($0)) != true }
            guard let first = bytes.first else { continue }
            found.append(
                "page 0x\(String(start / 4096, radix: 16)) at 0x\(String(first % 4096, radix: 16)), \(bytes.count) bytes, \(one[first]) and \(other[first])"
            )
        }
        return found
    }

    /// Concrete: it runs over all of a guest's memory.
    private static func areEqual(_ one: [UInt8], _ other: [UInt8], _ range: Range<Int>) -> Bool {
        unsafe one.withUnsafeBytes { one in
            unsafe other.withUnsafeBytes { other in
                guard let one = one.baseAddress, let other = other.baseAddress else { return true }
                // SAFETY: the caller's range lies inside both arrays.
                return unsafe memcmp(one + range.lowerBound, other + range.lowerBound, range.count) == 0
            }
        }
    }
}
