import FerryLinux
import FerryTestKit
import FerryTransfer
import Glibc

/// Compares both hosts' memory while nobody runs: when the source has sent everything and the target has loaded nothing yet, and
/// again when the target has loaded its device state; then the disks, too.
///
/// The first comparison allows no byte. Between the two the source's memory stays as it is, and the target's as well but for what
/// KVM itself writes into it: loading hands it the processor's registers (QEMU's `kvm_put_msrs`, from the full state that
/// `cpu_synchronize_all_post_init` sets), and one of them, MSR_KVM_SYSTEM_TIME, names the structure in guest memory in which KVM
/// tells the guest the time. Some kernels mark it as out of date there and then (version + 2, TSC_STABLE_BIT cleared), the
/// others rewrite it when the guest runs. The firmware is who set that clock up, and it says where.
final class StandstillWitness: Sendable {
    /// Paths of the files, the source's first.
    struct Images: Sendable {
        var memory: [String]
        var disk: [String]
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
        var images: Images?
        /// Digests of both memories before the load.
        var before: [String] = []
        var findings: [Finding] = []
    }

    private let state = Box(State())

    /// What was compared since `expect`, in order.
    var findings: [Finding] { state.current.findings }

    /// The next move's.
    func expect(_ id: String, from source: TestHost, to target: TestHost, clock: Range<UInt64>? = nil) throws {
        let disk = try source.disk(id)
        let name = disk.split(separator: "/").last.map(String.init) ?? ""
        state.current = State(
            images: Images(
                memory: [source.memoryPath(id), target.memoryPath(id)], disk: [disk, "\(target.folder)/disks/\(name)"],
                clock: clock))
    }

    func reached(_ point: PhasePoint) {
        guard let images = state.current.images else { return }
        if point.isPoint(.before, .ready, side: .source) {
            let digests = images.memory.map(Self.digest)
            let differences = digests[0] == digests[1] ? [] : Self.differences(images.memory, allowed: nil)
            state.update {
                $0.before = digests
                $0.findings.append(Finding(moment: "before the load", differences: differences))
            }
        } else if point.isPoint(.after, .deviceState, side: .target) {
            let digests = images.memory.map(Self.digest)
            var differences: [String] = []
            if digests[0] != state.current.before.first { differences.append("the source's memory has changed") }
            if digests[1] != digests[0] { differences += Self.differences(images.memory, allowed: images.clock) }
            // Of what a guest reads: two qcow2 files with the same contents need not be the same file.
            let disks = images.disk.map { (try? Self.contents($0)) ?? "unreadable: \($0)" }
            if disks[0] != disks[1] { differences.append("the disks are \(disks[0]) and \(disks[1])") }
            state.update { [differences] in
                $0.findings.append(Finding(moment: "after the load", differences: differences))
            }
        }
    }

    private static func digest(_ path: String) -> String { (try? FileDigest.sha256(path)) ?? "unreadable: \(path)" }

    /// A digest of a disk's contents, whatever its format and whoever has it open.
    private static func contents(_ image: String) throws -> String {
        let work = try TemporaryDirectory()
        let raw = work.file("contents.raw")
        _ = try Command(
            try Program.require("qemu-img", package: "qemu-utils"), ["convert", "-U", "-O", "raw", image, raw]
        ).runSuccessfully()
        return try FileDigest.sha256(raw)
    }

    /// The first pages in which two files differ at a byte outside of `allowed`.
    private static func differences(_ paths: [String], allowed: Range<UInt64>?) -> [String] {
        guard let one = try? DurableFile.read(paths[0], limit: 1 << 30),
            let other = try? DurableFile.read(paths[1], limit: 1 << 30), one.count == other.count
        else { return ["\(paths[0]) and \(paths[1]) cannot be compared"] }
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
