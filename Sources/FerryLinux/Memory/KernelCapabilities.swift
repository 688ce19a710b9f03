import CLinux
import FerryCore
import Glibc

/// Whether this host can do something, and if not, why: words for `Get-VMHost`.
package enum Capability: Hashable, Sendable {
    case available
    case missing(String)

    package var isAvailable: Bool { self == .available }
    package var reason: String? {
        switch self {
        case .available: nil
        case .missing(let reason): reason
        }
    }
}

/// What the kernel and the processor of this host let Ferry do, found out by trying, in a few milliseconds.
package struct KernelCapabilities: Sendable {
    /// `uname -r`.
    package let release: String
    /// Moving a running machine: asynchronous write tracking with the semantics the engine rests on (Linux 6.7).
    package let tracker: Capability
    /// Hardware virtualisation good for any guest: the processor shows vmx or svm, and /dev/kvm opens.
    package let kvm: Capability
    /// /dev/kvm opens. Without vmx or svm it may run a boot sector and hang in a real kernel.
    package let opensKVMDevice: Bool

    package init(release: String, tracker: Capability, kvm: Capability, opensKVMDevice: Bool) {
        self.release = release
        self.tracker = tracker
        self.kvm = kvm
        self.opensKVMDevice = opensKVMDevice
    }

    package static func probe() -> KernelCapabilities {
        let opensDevice = (try? Descriptor.open("/dev/kvm", O_RDWR)) != nil
        let processors = (try? DurableFile.read("/proc/cpuinfo")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let release = (try? DurableFile.read("/proc/sys/kernel/osrelease", limit: 4096))
            .map { String(decoding: $0, as: UTF8.self).filter { !$0.isNewline } }
        return KernelCapabilities(
            release: release ?? "unknown", tracker: tryTracker(),
            kvm: kvm(processors: processors, opensDevice: opensDevice), opensKVMDevice: opensDevice)
    }

    /// - Parameter processors: the text of /proc/cpuinfo.
    package static func kvm(processors: String, opensDevice: Bool) -> Capability {
        let flags = processors.split(separator: "\n").first { $0.hasPrefix("flags") }?.split(separator: " ") ?? []
        guard flags.contains("vmx") || flags.contains("svm") else {
            return .missing("The processor shows neither vmx nor svm.")
        }
        return opensDevice ? .available : .missing("/dev/kvm does not open.")
    }

    private static func tryTracker() -> Capability {
        do throws(Failure) {
            if let wrong = try TrackerTrial().run() {
                return .missing(
                    "This kernel cannot tell which pages of a running guest were written: \(wrong). Linux 6.7 or newer can."
                )
            }
            return .available
        } catch {
            return .missing("\(error.message) Tracking needs Linux 6.7 or newer.")
        }
    }
}

/// The tracker's semantics tried on 64 pages of our own.
private struct TrackerTrial {
    private static let pages = 64
    private static let page: UInt64 = 4096

    /// nil when all is as the engine needs it, else what is wrong, as a clause.
    func run() throws(Failure) -> String? {
        // SAFETY: a constant name.
        let file = unsafe ferry_memory_file("ferry-trial")
        guard file >= 0 else { throw Failure(errno: file, "make a file in memory") }
        let descriptor = Descriptor(adopting: file)
        let length = Self.pages * Int(Self.page)
        var address: UnsafeMutableRawPointer?
        // SAFETY: the mapping lives until the end of this function and every store below lies inside its 64 pages.
        let mapped: Int32 = descriptor.withRaw { number in
            guard ftruncate(number, off_t(length)) == 0 else { return -errno }
            return unsafe ferry_map_shared(number, length, 1, &address)
        }
        guard mapped == 0, let base = unsafe address else { throw Failure(errno: mapped, "map a file in memory") }
        defer { _ = unsafe ferry_unmap(base, length) }
        unsafe base.initializeMemory(as: UInt8.self, repeating: 1, count: length / 2)

        let userFault = try UserFault.open()
        guard try userFault.agree() else { return "asynchronous write protection is not offered" }
        let start = UInt64(UInt(bitPattern: base))
        guard userFault.register(start: start, length: UInt64(length)) == 0 else {
            return "memory cannot be registered for asynchronous write protection"
        }
        let scan = try WrittenPageScan(pid: getpid())
        guard written(scan, start, protecting: true) == Set(0..<Self.pages) else {
            return "the first scan does not report every page"
        }
        guard written(scan, start, protecting: false) == [] else { return "protected pages count as written" }

        unsafe base.storeBytes(of: 2, toByteOffset: 5 * Int(Self.page), as: UInt8.self)
        unsafe base.storeBytes(of: 2, toByteOffset: 40 * Int(Self.page), as: UInt8.self)
        let zeroes = try Descriptor.open("/dev/zero", O_RDONLY)
        let copied = zeroes.withRaw { number in unsafe Glibc.read(number, base + 9 * Int(Self.page), 64) }
        guard copied == 64 else { return "the kernel cannot write into tracked memory" }

        guard written(scan, start, protecting: true) == [5, 9, 40] else {
            return "written pages are not reported exactly"
        }
        guard written(scan, start, protecting: true) == [] else { return "pages are reported twice" }
        _ = userFault.unregister(start: start, length: UInt64(length))
        guard written(scan, start, protecting: true) == nil else {
            return "memory that is not tracked passes for clean"
        }
        return nil
    }

    private func written(_ scan: WrittenPageScan, _ start: UInt64, protecting: Bool) -> Set<Int>? {
        var pages: Set<Int> = []
        let end = start + UInt64(Self.pages) * Self.page
        let result = scan.written(start: start, end: end, protecting: protecting) { low, high in
            for page in (low - start) / Self.page..<(high - start) / Self.page { pages.insert(Int(page)) }
        }
        return result == 0 ? pages : nil
    }
}
