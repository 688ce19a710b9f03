import CLinux
package import FerryCore
import Glibc
import Synchronization

/// Tells which pages of a guest's memory were written, from outside the hypervisor.
///
///     taken ──arm──▶ armed ──disarm──▶ taken
///
/// The hypervisor opened a userfaultfd on itself when it started (the preloaded FerryGuestMemory) and keeps it; here a copy of it is taken, so
/// this works after a restart of ours too. What the tracker sees: stores by the process and its vCPUs, and copies by the
/// kernel into its memory. What it does not see, and the caller must handle: direct device I/O in flight across a harvest
/// (barrier), pages punched while clean, and writes through other mappings of the file.
///
/// Offsets are bytes in the RAM file. One thread at a time harvests one window; different windows may go in parallel.
package final class DirtyTracker: Sendable {
    package let file: RAMFile
    private let process: ProcessHandle
    private let userFault: SharedUserFault
    private let scan: WrittenPageScan
    private let pieces = Mutex<[MappedPiece]>([])
    private let distrusted = Atomic<UInt64>(0)

    /// Bytes harvested in one go: a wider protecting scan would hold the guest's faults up.
    package static let window: UInt64 = 4 << 20

    /// Takes a copy of the userfaultfd of `process` and opens its page map. Arms nothing.
    package init(_ process: ProcessHandle, file: RAMFile) throws(Failure) {
        self.file = file
        self.process = process
        let number = try Self.userFaultNumber(of: process)
        let copy = process.withRaw { ferry_pidfd_take_descriptor($0, number) }
        guard copy >= 0 else {
            throw Failure(errno: copy, "take the userfaultfd of process \(process.pid)", target: file.path)
        }
        let userFault = UserFault(descriptor: Descriptor(adopting: copy))
        _ = try userFault.agree()
        self.userFault = SharedUserFault(userFault)
        scan = try WrittenPageScan(pid: process.pid)
        guard process.isAlive else { throw process.gone("track the memory of") }
    }

    /// Starts tracking. From here on the first harvest of each window reports all of it, holes included: what the window held
    /// before is not known. Arming again after a failure or another life of ours is safe.
    package func arm() throws(Failure) {
        let found = try MemoryMapScan.pieces(of: file.identity, in: process.pid)
        guard process.isAlive else { throw process.gone("track the memory of") }
        guard !found.isEmpty else {
            throw Failure(
                LinuxFault.trackerUnavailable, "Process \(process.pid) does not map \(file.path).", target: file.path)
        }
        guard found.allSatisfy(\.isShared) else {
            throw Failure(
                LinuxFault.trackerUnavailable, "Process \(process.pid) maps \(file.path) privately.", target: file.path)
        }
        var covered = ExtentSet()
        for piece in found { covered.insert(Extent(offset: piece.fileOffset, length: piece.length)) }
        guard covered.contains(file.wholeExtent) else {
            throw Failure(
                LinuxFault.trackerUnavailable, "Process \(process.pid) does not map all of \(file.path).",
                target: file.path)
        }
        for (index, piece) in found.enumerated() {
            // A leftover of an earlier life would hide what was written since.
            _ = userFault.value.unregister(start: piece.start, length: piece.length)
            let result = userFault.value.register(start: piece.start, length: piece.length)
            guard result == 0 else {
                for done in found[...index] { _ = userFault.value.unregister(start: done.start, length: done.length) }
                if result == -EINVAL {
                    throw Failure(
                        LinuxFault.kernelTooOld,
                        "The kernel refuses to track the memory of process \(process.pid) asynchronously.",
                        target: file.path)
                }
                throw Failure(errno: result, "track the memory of process \(process.pid)", target: file.path)
            }
        }
        pieces.withLock { $0 = found }
    }

    package var isArmed: Bool { pieces.withLock { !$0.isEmpty } }

    /// Windows that had to be taken for written as a whole because a scan failed, since the tracker was made.
    package var distrustedWindows: UInt64 { distrusted.load(ordering: .relaxed) }

    /// Adds to `dirty` what was written in `window` since its last harvest, in file offsets, and protects it again.
    ///
    /// Read the bytes *after* this call (and after the barrier, where one is needed). Any error of a scan makes all of its
    /// range dirty: a failed scan has protected an unknown part of what it did not report.
    package func harvest(_ window: Extent, into dirty: inout ExtentSet) throws(Failure) {
        let current = pieces.withLock { $0 }
        guard !current.isEmpty else {
            throw Failure(
                LinuxFault.trackerUnavailable, "The memory of process \(process.pid) is not tracked.", target: file.path
            )
        }
        for piece in current {
            let low = max(window.offset, piece.fileOffset)
            let high = min(window.end, piece.fileOffset + piece.length)
            var position = low
            while position < high {
                let end = min(high, position + Self.window)
                harvest(piece, Extent(offset: position, length: end - position), into: &dirty)
                // A scan of a process that has ended may fail, or find nothing at all, which looks like "nothing was written".
                if !process.isAlive { throw process.gone("track the memory of") }
                position = end
            }
        }
    }

    /// Everything written since the last harvest, a window at a time.
    package func harvestAll() throws(Failure) -> ExtentSet {
        var dirty = ExtentSet()
        try harvest(file.wholeExtent, into: &dirty)
        return dirty
    }

    /// Ends tracking. Idempotent; a process that is gone has nothing to end.
    package func disarm() throws(Failure) {
        let armed = pieces.withLock { pieces in
            defer { pieces = [] }
            return pieces
        }
        var failure: Failure?
        for piece in armed {
            let result = userFault.value.unregister(start: piece.start, length: piece.length)
            if result != 0, result != -ESRCH, process.isAlive {
                failure = Failure(
                    errno: result, "stop tracking the memory of process \(process.pid)", target: file.path)
            }
        }
        if let failure { throw failure }
    }

    /// All of `extent` is taken for written when a scan fails.
    private func harvest(_ piece: MappedPiece, _ extent: Extent, into dirty: inout ExtentSet) {
        let start = piece.start + (extent.offset - piece.fileOffset)
        let end = start + extent.length
        // First a scan that only looks: the one that protects makes KVM drop every entry of its whole range.
        var runs: [(start: UInt64, end: UInt64)] = []
        let looked = scan.written(start: start, end: end, protecting: false) { low, high in
            if let last = runs.last, low - last.end <= Self.mergedGap {
                runs[runs.count - 1].end = high
            } else {
                runs.append((low, high))
            }
        }
        if looked != 0 { runs = [(start, end)] }
        for run in runs {
            var reported = ExtentSet()
            let result = scan.written(start: run.start, end: run.end, protecting: true) { low, high in
                reported.insert(Extent(offset: extent.offset + (low - start), length: high - low))
            }
            if result != 0 {
                distrusted.add(1, ordering: .relaxed)
                dirty.insert(extent)
                continue
            }
            dirty.formUnion(reported)
        }
    }

    /// Runs closer than this are protected in one scan: a call costs more than the pages between.
    private static let mergedGap: UInt64 = 256 << 10

    /// The lowest userfaultfd of the process: the preloaded library opens its own before anything else runs.
    private static func userFaultNumber(of process: ProcessHandle) throws(Failure) -> Int32 {
        let folder = "/proc/\(process.pid)/fd"
        var lowest: Int32?
        for name in try Folder.names(in: folder) {
            guard let number = Int32(name), Self.link("\(folder)/\(name)") == "anon_inode:[userfaultfd]" else {
                continue
            }
            lowest = min(lowest ?? number, number)
        }
        guard let lowest else {
            throw Failure(
                LinuxFault.trackerUnavailable,
                "Process \(process.pid) has no userfaultfd: it was started without Ferry's preloaded library, or the library could not open one.",
                target: process.description)
        }
        return lowest
    }

    private static func link(_ path: String) -> String? {
        var text = [CChar](repeating: 0, count: 64)
        // SAFETY: the call writes at most `count` bytes.
        let count = unsafe readlink(path, &text, text.count)
        guard count > 0 else { return nil }
        return String(decoding: text.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// A `UserFault` that a class shared between threads can hold; its calls are single system calls.
final class SharedUserFault: Sendable {
    let value: UserFault
    init(_ value: consuming UserFault) { self.value = value }
}
