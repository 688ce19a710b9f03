import FerryCore
import FerryLinux
import FerryTestKit
import Glibc
import Testing

@Suite(.needs(.root, .kernelTracker, Toucher.requirement)) struct DirtyTrackerTests {
    private static let pages = 4096

    private func armed(_ toucher: Toucher) throws -> DirtyTracker {
        let tracker = try DirtyTracker(toucher.process, file: toucher.file)
        try tracker.arm()
        return tracker
    }

    @Test func `the first harvest reports everything, and keeps holes holes`() throws {
        let toucher = try Toucher(pages: UInt64(Self.pages))
        try toucher.write([1, 2, 1000])
        let tracker = try armed(toucher)
        #expect(try tracker.harvestAll().pages == Set(0..<Self.pages))
        #expect(try tracker.harvestAll().isEmpty)
        #expect(try toucher.file.dataExtents().pages == [1, 2, 1000])
        try tracker.disarm()
        #expect(try toucher.file.dataExtents().pages == [1, 2, 1000])
    }

    @Test(.seeded, arguments: [false, true])
    func `every harvest reports exactly the pages written since the last`(split: Bool) throws {
        var generator = SeededGenerator(salt: "tracker \(split)")
        let toucher = try Toucher(pages: UInt64(Self.pages), split: split)
        try toucher.write(Array(stride(from: 0, to: Self.pages, by: 3)))
        let tracker = try armed(toucher)
        _ = try tracker.harvestAll()
        for round in 0..<30 {
            var acts: [(Character, Int)] = []
            var written: Set<Int> = []
            for _ in 0..<Int.random(in: 0..<400, using: &generator) {
                let page = Int.random(in: 0..<Self.pages, using: &generator)
                let kind = ["w", "w", "r", "k", "d"].randomElement(using: &generator) ?? "w"
                acts.append((Character(kind), page))
                if kind == "w" || kind == "k" { written.insert(page) }
            }
            try toucher.touch(acts)
            #expect(try tracker.harvestAll().pages == written, "round \(round)")
        }
        #expect(tracker.distrustedWindows == 0)
        try tracker.disarm()
    }

    @Test func `a window's harvest leaves what was written elsewhere for later`() throws {
        let toucher = try Toucher(pages: UInt64(Self.pages))
        let tracker = try armed(toucher)
        _ = try tracker.harvestAll()
        try toucher.write([5, 2000])
        var dirty = ExtentSet()
        try tracker.harvest(Extent(offset: 0, length: 1024 * 4096), into: &dirty)
        #expect(dirty.pages == [5])
        #expect(try tracker.harvestAll().pages == [2000])
    }

    @Test func `a later life takes the same descriptor again, and starts from everything`() throws {
        let toucher = try Toucher(pages: UInt64(Self.pages))
        do {
            let first = try armed(toucher)
            _ = try first.harvestAll()
            try toucher.write([7])
            // It goes without disarming, as after SIGKILL.
        }
        let second = try armed(toucher)
        #expect(try second.harvestAll().pages == Set(0..<Self.pages))
        try toucher.write([9])
        #expect(try second.harvestAll().pages == [9])
        try second.disarm()
        #expect(!second.isArmed)
        let failure = #expect(throws: Failure.self) { _ = try second.harvestAll() }
        #expect(failure?.is(LinuxFault.trackerUnavailable) == true)
        try toucher.write([9])
    }

    @Test func `a process without the preloaded library is refused with the reason`() throws {
        let toucher = try Toucher(pages: 16, preloaded: false)
        let failure = #expect(throws: Failure.self) { _ = try DirtyTracker(toucher.process, file: toucher.file) }
        #expect(failure?.is(LinuxFault.trackerUnavailable) == true)
        #expect(failure?.message.contains("preloaded library") == true)
    }

    @Test func `a file that the process does not map is refused`() throws {
        let toucher = try Toucher(pages: 16)
        let folder = try TemporaryDirectory(inMemory: true)
        let other = try RAMFile.create(folder.file("ram"), size: 16 * 4096)
        let tracker = try DirtyTracker(toucher.process, file: other)
        let failure = #expect(throws: Failure.self) { try tracker.arm() }
        #expect(failure?.is(LinuxFault.trackerUnavailable) == true)
    }

    @Test func `a process that ended is a failure of the harvest, and disarming is quiet`() throws {
        let toucher = try Toucher(pages: 16)
        let tracker = try armed(toucher)
        _ = try tracker.harvestAll()
        try toucher.process.kill()
        let failure = #expect(throws: Failure.self) { _ = try tracker.harvestAll() }
        #expect(failure?.is(LinuxFault.processGone) == true)
        try tracker.disarm()
    }

    @Test(.needs(.qemu), .needs(CounterGuest.requirements))
    func `every page a running QEMU changed between two harvests was reported`() throws {
        try Self.compareHarvestsWithMemory(accelerator: "tcg", countedMebibytes: 16)
    }

    @Test(.needs(.qemu, .kvm), .needs(CounterGuest.requirements))
    func `every page a virtual processor of KVM changed between two harvests was reported`() throws {
        // Few pages: without vmx or svm such a guest is slow.
        try Self.compareHarvestsWithMemory(accelerator: "kvm", countedMebibytes: 2)
    }

    private static func compareHarvestsWithMemory(accelerator: String, countedMebibytes: Int) throws {
        let folder = try TemporaryDirectory(inMemory: true)
        let file = try RAMFile.create(folder.file("ram"), size: 96 << 20)
        var guest = CounterGuest()
        guest.countedMebibytes = countedMebibytes
        let image = try guest.makeImage(in: folder.path)
        var qemu = Program(
            try Program.require("qemu-system-x86_64", package: "qemu-system-x86"),
            [
                "-accel", accelerator, "-m", "96", "-nodefaults", "-display", "none", "-object",
                "memory-backend-file,id=ram,size=96M,mem-path=\(file.path),share=on", "-machine",
                "pc,memory-backend=ram", "-serial", "file:\(folder.file("console"))", "-drive",
                "file=\(image),format=raw,if=ide",
            ])
        qemu.environment["LD_PRELOAD"] = try BuiltProduct.guestMemoryLibrary()
        qemu.error = .appending(folder.file("log"))
        let process = try qemu.start()
        defer { _ = try? process.kill() }
        try CounterGuest.waitUntilCounting(console: folder.file("console"))

        let tracker = try DirtyTracker(process, file: file)
        try tracker.arm()
        #expect(try tracker.harvestAll().byteCount == file.size)
        var before = try file.snapshot()
        var changes = 0
        for round in 0..<5 {
            // Long enough for the counter to pass over its memory at least once.
            let start = try guest.counters(in: file).total
            let pages = UInt64(try guest.counters(in: file).values.count)
            #expect(try eventually { try guest.counters(in: file).total > start + 2 * pages })
            // Stopped from outside, so that the harvest and the bytes are of one instant.
            try process.send(SIGSTOP)
            #expect(try eventually { try process.statistics().state == "T" })
            let dirty = try tracker.harvestAll().pages
            let after = try file.snapshot()
            let changed = Set(after.indices.filter { after[$0] != before[$0] })
            #expect(changed.subtracting(dirty).isEmpty, "round \(round): changed and not reported")
            #expect(dirty.count < after.count / 2, "round \(round): a tracker that reports everything is none")
            changes += changed.count
            #expect(try guest.counters(in: file).fault == nil)
            before = after
            try process.send(SIGCONT)
        }
        #expect(changes >= 256)
        #expect(tracker.distrustedWindows == 0)
        try tracker.disarm()
    }
}

extension RAMFile {
    /// One digest a page, without allocating holes.
    fileprivate func snapshot() throws -> [Int] {
        var page = [UInt8](repeating: 0, count: 4096)
        var result = [Int](repeating: 0, count: Int(size / 4096))
        for extent in try dataExtents().extents {
            for offset in stride(from: extent.offset, to: extent.end, by: 4096) {
                var span = page.mutableSpan
                var bytes = unsafe span.mutableBytes
                try read(at: offset, into: &bytes)
                result[Int(offset / 4096)] = page.hashValue
            }
        }
        return result
    }
}
