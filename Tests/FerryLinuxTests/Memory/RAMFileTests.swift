import FerryCore
import FerryLinux
import FerryTestKit
import Testing

@Suite struct RAMFileTests {
    private let folder: TemporaryDirectory
    private static let page: UInt64 = 4096

    init() throws { folder = try TemporaryDirectory(inMemory: true) }

    private static func extent(_ page: UInt64, _ count: UInt64 = 1) -> Extent {
        Extent(offset: page * self.page, length: count * self.page)
    }

    @Test func `a new file is all hole and takes no memory`() throws {
        let file = try RAMFile.create(folder.file("ram"), size: 64 << 20)
        #expect(file.size == 64 << 20)
        #expect(try file.dataExtents().isEmpty)
        #expect(try file.allocatedBytes() == 0)
        let failure = #expect(throws: Failure.self) { _ = try RAMFile.create(folder.file("ram"), size: 4096) }
        #expect(failure?.is(LinuxFault.alreadyExists) == true)
    }

    @Test(.seeded, arguments: 0..<10)
    func `data extents are exactly what was stored and not punched`(round: Int) throws {
        var generator = SeededGenerator(salt: "data extents \(round)")
        let pages: UInt64 = 256
        let file = try RAMFile.create(folder.file("ram"), size: pages * Self.page)
        let mapping = try Mapping(file, writable: true)
        var model = ExtentSet()
        for _ in 0..<200 {
            let first = UInt64.random(in: 0..<pages, using: &generator)
            let extent = Self.extent(first, UInt64.random(in: 1...min(9, pages - first), using: &generator))
            if generator.happens(oneIn: 3) {
                try file.punch(extent)
                model.remove(extent)
            } else {
                mapping.withMutableBytes(of: extent) { bytes in
                    for offset in stride(from: 0, to: bytes.byteCount, by: 4096) {
                        bytes.storeBytes(of: 1, toByteOffset: offset, as: UInt8.self)
                    }
                }
                model.insert(extent)
            }
        }
        #expect(try file.dataExtents() == model)
        let window = Extent(offset: 10 * Self.page, length: 100 * Self.page)
        var inside = ExtentSet()
        for extent in model.extents {
            let low = max(extent.offset, window.offset)
            let high = min(extent.end, window.end)
            if low < high { inside.insert(Extent(offset: low, length: high - low)) }
        }
        #expect(try file.dataExtents(in: window) == inside)
    }

    @Test func `allocated memory still counts as hole until it is written`() throws {
        let file = try RAMFile.create(folder.file("ram"), size: 1 << 20)
        try file.allocate(Self.extent(3, 5))
        #expect(try file.allocatedBytes() == 5 * Self.page)
        #expect(try file.dataExtents().isEmpty)
    }

    @Test func `reading a hole through the file leaves it a hole`() throws {
        let file = try RAMFile.create(folder.file("ram"), size: 1 << 20)
        var bytes = [UInt8](repeating: 9, count: 8192)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        try file.read(at: 4096, into: &raw)
        #expect(bytes.allSatisfy { $0 == 0 })
        #expect(try file.dataExtents().isEmpty)
    }

    @Test func `a read past the end is a failure`() throws {
        let file = try RAMFile.create(folder.file("ram"), size: 8192)
        var bytes = [UInt8](repeating: 0, count: 4096)
        #expect(throws: Failure.self) {
            var span = bytes.mutableSpan
            var raw = unsafe span.mutableBytes
            try file.read(at: 4097, into: &raw)
        }
        #expect(throws: Failure.self) {
            var span = bytes.mutableSpan
            var raw = unsafe span.mutableBytes
            try file.read(at: .max - 10, into: &raw)
        }
    }

    @Test func `populating for writing allocates just the extent`() throws {
        let file = try RAMFile.create(folder.file("ram"), size: 1 << 20)
        let mapping = try Mapping(file, writable: true)
        try mapping.populate(Extent(offset: 4096 * 2 + 100, length: 4096), writing: true)
        #expect(try file.allocatedBytes() == 2 * Self.page)
    }

    @Test(.needs(.root))
    func `memory that the tmpfs does not have is a failure and not a signal`() throws {
        let mount = try TmpfsMount.ensure(at: folder.file("m"), size: .mebibytes(1))
        defer { try? mount.unmount() }
        let file = try RAMFile.create("\(mount.path)/ram", size: 8 << 20)
        let failure = #expect(throws: Failure.self) { try file.allocate(file.wholeExtent) }
        #expect(failure?.is(LinuxFault.noSpace) == true)
    }

    @Test(.seeded) func `a page is zero only when every byte of it is`() {
        var generator = SeededGenerator(salt: "zero")
        for count in [0, 1, 7, 8, 9, 255, 256, 257, 4096, 4099] {
            var bytes = [UInt8](repeating: 0, count: count)
            #expect(bytes.withRawSpan { $0.isAllZero })
            for position in 0..<count where count < 300 || generator.happens(oneIn: 7) || position > count - 20 {
                bytes[position] = UInt8.random(in: 1...255, using: &generator)
                #expect(bytes.withRawSpan { !$0.isAllZero }, "byte \(position) of \(count)")
                bytes[position] = 0
            }
        }
    }
}

extension [UInt8] {
    fileprivate func withRawSpan<Result>(_ body: (RawSpan) -> Result) -> Result { body(unsafe span.bytes) }
}
