import FerryCore
import FerryLinux
import FerryTestKit
import Glibc
import Testing

extension Tag {
    /// Takes more than a second.
    @Tag static var slow: Self
}

/// What the tracker cannot see, shown on a real guest: direct reads in flight across a harvest. And that QEMU's `transaction` is
/// the barrier that makes up for it.
@Suite(
    .tags(.slow), .needs(.qemu, .root, .kernelTracker), .needs(SlowDisk.requirements), .needs(CounterGuest.requirements)
)
struct DirectReadTests {
    @Test func `without a barrier pages read into while they were harvested are lost`() throws {
        #expect(try Self.lostPages(barrier: false) > 0)
    }

    @Test func `with a barrier between harvest and copy no page is lost`() throws {
        #expect(try Self.lostPages(barrier: true) == 0)
    }

    /// Copies a running guest's memory round by round, stops it, copies the rest: pages that differ in the end.
    private static func lostPages(barrier: Bool) throws -> Int {
        let folder = try TemporaryDirectory(inMemory: true)
        var guest = CounterGuest()
        guest.reads = true
        let image = try guest.makeImage(in: folder.path)
        let disk = try SlowDisk(
            image: image, at: folder.file("slow"), requestsPerSecond: 25, log: folder.file("slow.log"))
        defer { disk.close() }
        let file = try RAMFile.create(folder.file("ram"), size: 64 << 20)
        var qemu = Program(
            try Program.require("qemu-system-x86_64", package: "qemu-system-x86"),
            [
                "-accel", "tcg", "-m", "64", "-nodefaults", "-display", "none", "-object",
                "memory-backend-file,id=ram,size=64M,mem-path=\(file.path),share=on", "-machine",
                "pc,memory-backend=ram", "-serial", "file:\(folder.file("console"))", "-qmp",
                "unix:\(folder.file("qmp")),server=on,wait=off", "-blockdev",
                "driver=file,node-name=file,filename=\(disk.path),cache.direct=on,aio=threads", "-blockdev",
                "driver=raw,node-name=disk,file=file", "-device", "virtio-blk-pci,drive=disk",
            ])
        qemu.environment["LD_PRELOAD"] = try BuiltProduct.guestMemoryLibrary()
        qemu.error = .appending(folder.file("log"))
        let process = try qemu.start()
        defer { _ = try? process.kill() }
        try CounterGuest.waitUntilCounting(console: folder.file("console"))
        let monitor = try Monitor(path: folder.file("qmp"))

        let copy = try RAMFile.create(folder.file("copy"), size: file.size)
        let source = try Mapping(file, writable: false)
        let target = try Mapping(copy, writable: true)
        let tracker = try DirtyTracker(process, file: file)
        try tracker.arm()
        func round(first: Bool) throws {
            let harvested = try tracker.harvestAll()
            if barrier { try monitor.execute("transaction", #"{"actions":[]}"#) }
            let dirty = first ? try file.dataExtents() : harvested
            for extent in dirty.extents { target.copy(extent, of: source) }
        }
        try round(first: true)
        // Each read is 40 ms in flight, and a buffer is read into again after 2.4 s: what is lost stays lost for that long.
        for _ in 0..<20 {
            Event().wait(until: .after(.milliseconds(100)))
            try round(first: false)
        }
        try monitor.execute("stop")
        try round(first: false)
        #expect(try tracker.harvestAll().isEmpty, "nothing writes after `stop`")
        let pages = try file.dataExtents().pages.union(try copy.dataExtents().pages)
        return pages.count { page in
            let extent = Extent(offset: UInt64(page) * 4096, length: 4096)
            return !target.isEqual(extent, to: source)
        }
    }
}

/// Just enough of QMP: one command, its answer.
private final class Monitor {
    private let socket: StreamSocket
    private var text: [UInt8] = []

    init(path: String) throws {
        socket = try StreamSocket.connect(path: path, until: .scaled(.seconds(20)))
        _ = try line()
        try execute("qmp_capabilities")
    }

    func execute(_ command: String, _ arguments: String = "{}") throws {
        let request = #"{"execute":"\#(command)","arguments":\#(arguments)}"# + "\n"
        try socket.writeFully(Array(request.utf8), until: .scaled(.seconds(20)))
        while true {
            let answer = try line()
            if answer.contains(#""return""#) { return }
            try #require(!answer.contains(#""error""#), "\(answer)")
        }
    }

    private func line() throws -> String {
        while true {
            if let end = text.firstIndex(of: UInt8(ascii: "\n")) {
                defer { text.removeFirst(end + 1) }
                return String(decoding: text[..<end], as: UTF8.self)
            }
            text += try socket.readFully(1, until: .scaled(.seconds(60)))
        }
    }
}

extension Mapping {
    fileprivate func copy(_ extent: Extent, of source: Mapping) {
        withMutableBytes(of: extent) { target in
            source.withBytes(of: extent) { bytes in
                unsafe target.withUnsafeMutableBytes { target in
                    unsafe bytes.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
                }
            }
        }
    }

    fileprivate func isEqual(_ extent: Extent, to other: Mapping) -> Bool {
        withBytes(of: extent) { mine in
            other.withBytes(of: extent) { theirs in
                unsafe mine.withUnsafeBytes { mine in
                    unsafe theirs.withUnsafeBytes { unsafe memcmp(mine.baseAddress!, $0.baseAddress!, $0.count) == 0 }
                }
            }
        }
    }
}
