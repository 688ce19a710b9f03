package import FerryCore
import FerryLinux

/// A guest without an operating system, up in a tenth of a second, that makes every fault of a move visible.
///
/// It counts one number in each page from 1 MiB to `countedMebibytes`, page after page, for ever: at any instant the numbers
/// are v + 1 up to some page and v from there on, so that a lost or stale page stands out. With a disk it also
/// reads stamped regions into a ring of buffers, eight at a time, and checks a buffer's stamps before it is used again; and
/// writes numbered records one after the other.
///
/// Console: `R` once it counts, `.` now and then, `X` with details when a stamp is wrong (it halts then).
package struct CounterGuest: Sendable {
    /// The counters end here; the ring of buffers follows when `reads`. A machine of 64 MiB is enough for up to 24.
    package var countedMebibytes = 16
    /// Wasted port reads (about a microsecond each) between two pages: bounds the dirtying rate.
    package var pausePerPage = 0
    /// Reads the stamped regions by virtio-blk, checking them.
    package var reads = false
    /// Writes numbered records by virtio-blk.
    package var writes = false
    /// Bytes of the disk image.
    package var diskSize: UInt64 = 32 << 20

    package init() {}

    package static let page: UInt64 = 4096
    package static let firstCounted: UInt64 = 1 << 20
    var endOfCounted: UInt64 { UInt64(countedMebibytes) << 20 }

    // Of the image; the guest's program is told the same numbers.
    static let regionStart: UInt64 = 1 << 20
    static let regionSize: UInt64 = 128 << 10
    static let regions: UInt64 = 128
    static let logStart: UInt64 = 20 << 20
    static let logPages: UInt64 = 512

    package static let requirements: [Requirement] = [
        .program("cc", package: "gcc"), .program("ld", package: "binutils"),
    ]

    /// Assembles the guest and writes its raw disk image.
    ///
    /// - Returns: the image's path, `folder`/`name`.
    @discardableResult
    package func makeImage(in folder: String, name: String = "counter.raw") throws(Failure) -> String {
        let work = try TemporaryDirectory()
        try work.write("boot.S", Self.bootSource)
        try work.write("entry.S", Self.entrySource)
        try work.write("counter.c", Self.counterSource)
        let compiler = try Program.require("cc", package: "gcc")
        let flags = [
            "-m32", "-Os", "-w", "-ffreestanding", "-fno-builtin", "-fno-pic", "-fno-pie", "-fno-stack-protector",
            "-mno-sse",
            "-mno-mmx", "-fno-asynchronous-unwind-tables", "-c", "-DLAST=\(endOfCounted)", "-DPAUSE=\(pausePerPage)",
            "-DREADS=\(reads ? 1 : 0)", "-DWRITES=\(writes ? 1 : 0)", "-DREGION_START=\(Self.regionStart)",
            "-DREGION_SIZE=\(Self.regionSize)", "-DREGIONS=\(Self.regions)", "-DLOG_START=\(Self.logStart)",
            "-DLOG_PAGES=\(Self.logPages)", "-DPROGRAM_SECTORS=\(Self.programSectors)",
        ]
        for source in ["boot.S", "entry.S", "counter.c"] {
            var command = Command(compiler, flags + ["-o", "\(source).o", source])
            command.program.folder = work.path
            _ = try command.runSuccessfully()
        }
        let linker = try Program.require("ld", package: "binutils")
        for (address, output, inputs) in [
            ("0x7c00", "boot", ["boot.S.o"]), ("0x10000", "program", ["entry.S.o", "counter.c.o"]),
        ] {
            var command = Command(
                linker,
                [
                    "-m", "elf_i386", "-e", "0", "-Ttext", address, "--oformat", "binary", "-z", "noexecstack", "-o",
                    output,
                ] + inputs)
            command.program.folder = work.path
            _ = try command.runSuccessfully()
        }
        let boot = try DurableFile.read(work.file("boot"))
        let program = try DurableFile.read(work.file("program"))
        guard boot.count == 512, program.count <= Self.programSectors * 512 else {
            throw Failure(
                LinuxFault.malformed, "The guest's program is \(boot.count) + \(program.count) bytes.",
                target: work.path)
        }
        var image = [UInt8](repeating: 0, count: Int(diskSize))
        image.replaceSubrange(0..<512, with: boot)
        image.replaceSubrange(512..<512 + program.count, with: program)
        if reads { stampRegions(in: &image) }
        let path = "\(folder)/\(name)"
        try DurableFile.replace(path, with: image, mode: 0o666)
        return path
    }

    /// Waits until the guest counts: the `occurrence`th `R` on its console (a reboot prints another).
    package static func waitUntilCounting(console: String, occurrence: Int = 1) throws(Failure) {
        let isUp = try eventually(within: .seconds(60)) { () throws(Failure) in
            guard let text = try DurableFile.readIfPresent(console) else { return false }
            return text.count { $0 == UInt8(ascii: "R") } >= occurrence
        }
        guard isUp else {
            throw Failure(LinuxFault.timedOut, "The guest did not start to count: \(console).", target: console)
        }
    }

    /// What the guest complained of on its console, nil when nothing.
    package static func complaint(console: String) throws(Failure) -> String? {
        let text = String(decoding: try DurableFile.read(console), as: UTF8.self)
        return text.firstIndex(of: "X").map { String(text[$0...].prefix(120)) }
    }

    /// Dots on the console: grows while the guest runs.
    package static func heartbeats(console: String) throws(Failure) -> Int {
        try DurableFile.read(console).count { $0 == UInt8(ascii: ".") }
    }

    static let programSectors = 32

    private func stampRegions(in image: inout [UInt8]) {
        for region in 0..<Self.regions {
            for page in 0..<Self.regionSize / Self.page {
                let start = Int(Self.regionStart + region * Self.regionSize + page * Self.page)
                for (index, value) in [UInt32(region), UInt32(page)].enumerated() {
                    for byte in 0..<4 {
                        let bits = UInt8(truncatingIfNeeded: value >> (8 * UInt32(byte)))
                        image[start + index * 4 + byte] = bits
                        image[start + 4088 + index * 4 + byte] = bits
                    }
                }
            }
        }
    }
}
