import FerryCore
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// What every lane and every sink promises, held against an array that is the truth.
@Suite struct LaneConformanceTests {
    /// A lane under test and how its medium is written.
    private struct Subject {
        let name: String
        let lane: any CopyLane
        let write: ([UInt8], Int) throws -> Void
    }

    private static let size = 1 << 20

    private static func subjects(_ folder: TemporaryDirectory) throws -> [Subject] {
        let medium = ArrayMedium([UInt8](repeating: 0, count: size))
        let disk = ArrayMedium([UInt8](repeating: 0, count: size))
        let file = try RAMFile.create(folder.file("ram"), size: UInt64(size))
        let mapping = try Mapping(file, writable: true)
        let tracker = MarkingTracker()
        return [
            Subject(name: "array", lane: ArrayLane(.memory, medium)) { medium.write($0, at: $1) },
            Subject(name: "disk", lane: DiskLane(index: 0, source: ArrayDisk(disk))) { disk.write($0, at: $1) },
            Subject(name: "memory", lane: MemoryLane(file: file, mapping: mapping, tracker: tracker)) { bytes, offset in
                let extent = Extent(offset: UInt64(offset), length: UInt64(bytes.count))
                mapping.withMutableBytes(of: extent) { span in
                    for index in bytes.indices {
                        span.storeBytes(of: bytes[index], toByteOffset: index, as: UInt8.self)
                    }
                }
                tracker.mark(extent.aligned(to: 4096))
            },
        ]
    }

    /// Loads `extents` in items and puts what comes into `image`.
    private static func copy(_ extents: ExtentSet, from lane: any CopyLane, into image: inout [UInt8]) throws {
        var runs = RunList()
        for extent in extents.extents {
            #expect(extent.offset % lane.unit == 0)
            #expect(extent.end % lane.unit == 0 || extent.end == lane.size)
            var offset = extent.offset
            while offset < extent.end {
                let piece = Extent(offset: offset, length: min(256 << 10, extent.end - offset))
                runs.removeAll()
                try lane.load([piece][...], into: &runs)
                var data: [UInt8] = []
                try runs.forEachPiece { (bytes) throws(Failure) in
                    data += unsafe bytes.withUnsafeBytes { unsafe Array($0) }
                }
                #expect(data.count == runs.dataByteCount)
                var position = piece.offset
                var taken = 0
                for run in runs.runs {
                    #expect(run.extent.offset == position)
                    let range = Int(run.extent.offset)..<Int(run.extent.end)
                    if run.kind == .data {
                        image.replaceSubrange(range, with: data[taken..<taken + range.count])
                        taken += range.count
                    } else {
                        image.replaceSubrange(range, with: repeatElement(0, count: range.count))
                    }
                    position = run.extent.end
                }
                #expect(position == piece.end)
                offset = piece.end
            }
        }
    }

    @Test func `surveys and loads follow the truth through writes and give-backs`() throws {
        let folder = try TemporaryDirectory(inMemory: true)
        for subject in try Self.subjects(folder) {
            var random = SeededGenerator(salt: "lane \(subject.name)")
            var truth = [UInt8](repeating: 0, count: Self.size)
            var image = truth
            func write(_ times: Int) throws {
                for _ in 0..<times {
                    let offset = Int.random(in: 0..<Self.size, using: &random)
                    let count = Int.random(in: 1...min(9000, Self.size - offset), using: &random)
                    let bytes = random.happens(oneIn: 4) ? [UInt8](repeating: 0, count: count) : random.bytes(count)
                    truth.replaceSubrange(offset..<offset + count, with: bytes)
                    try subject.write(bytes, offset)
                }
            }
            try write(20)
            try Self.copy(subject.lane.survey(.everything), from: subject.lane, into: &image)
            #expect(image == truth, "\(subject.name) after the first survey")
            for round in 0..<8 {
                try write(round % 3 * 5)
                let found = try subject.lane.survey(.changes)
                if random.happens(oneIn: 3) {
                    // Surveyed and not acknowledged: the next survey has it again.
                    subject.lane.restore(found)
                } else {
                    try Self.copy(found, from: subject.lane, into: &image)
                    #expect(image == truth, "\(subject.name) after round \(round)")
                }
            }
            try Self.copy(subject.lane.survey(.changes), from: subject.lane, into: &image)
            #expect(image == truth, "\(subject.name) at the end")
            #expect(try subject.lane.survey(.changes).isEmpty)
            // A whole survey in the middle of a move also brings what has become zero.
            truth = [UInt8](repeating: 0, count: Self.size)
            try subject.write(truth, 0)
            try Self.copy(subject.lane.survey(.everything), from: subject.lane, into: &image)
            #expect(image == truth, "\(subject.name) after all became zero")
            try subject.lane.close()
        }
    }

    @Test func `surveying and loading memory allocates nothing`() throws {
        let folder = try TemporaryDirectory(inMemory: true)
        let file = try RAMFile.create(folder.file("ram"), size: 64 << 20)
        let mapping = try Mapping(file, writable: true)
        let data = Extent(offset: 10 << 20, length: 8192)
        mapping.withMutableBytes(of: data) { $0.storeBytes(of: 7, toByteOffset: 0, as: UInt8.self) }
        let lane = MemoryLane(file: file, mapping: mapping, tracker: MarkingTracker())
        let before = try file.allocatedBytes()
        let found = try lane.survey(.everything)
        #expect(found.byteCount == before)
        var image = [UInt8](repeating: 0, count: 64 << 20)
        try Self.copy(found, from: lane, into: &image)
        #expect(image[10 << 20] == 7)
        #expect(try file.allocatedBytes() == before)
    }

    @Test func `a page that a balloon took is sent as a hole and not allocated again`() throws {
        let folder = try TemporaryDirectory(inMemory: true)
        let file = try RAMFile.create(folder.file("ram"), size: 1 << 20)
        let mapping = try Mapping(file, writable: true)
        let all = Extent(offset: 0, length: 4 * 4096)
        mapping.withMutableBytes(of: all) { span in
            for page in 0..<4 { span.storeBytes(of: 9, toByteOffset: page * 4096, as: UInt8.self) }
        }
        let lane = MemoryLane(file: file, mapping: mapping, tracker: MarkingTracker(), canBePunched: true)
        let found = try lane.survey(.everything)
        try file.punch(Extent(offset: 4096, length: 8192))
        var runs = RunList()
        try lane.load(found.extents[...], into: &runs)
        #expect(runs.runs.map(\.kind) == [.data, .hole, .data])
        #expect(try file.allocatedBytes() == 8192)
    }

    @Test func `the memory sink stores, clears and gives back, and never faults on what is not there`() throws {
        let folder = try TemporaryDirectory(inMemory: true)
        let file = try RAMFile.create(folder.file("ram"), size: 1 << 20)
        let mapping = try Mapping(file, writable: true)
        // A leftover of the hypervisor's start.
        mapping.withMutableBytes(of: Extent(offset: 900 << 10, length: 1)) {
            $0.storeBytes(of: 5, toByteOffset: 0, as: UInt8.self)
        }
        let sink = MemorySink(file: file, mapping: mapping)
        let announced = ExtentSet([Extent(offset: 0, length: 256 << 10)])
        #expect(try sink.prepare(announced) == 256 << 10)
        #expect(try file.allocatedBytes() == 256 << 10)
        #expect(try file.dataExtents().isEmpty)

        let page = [UInt8](repeating: 3, count: 4096)
        let big = [UInt8](repeating: 4, count: 64 << 10)
        try sink.store(unsafe page.span.bytes, at: 8192)
        // Not announced: room is made first.
        try sink.store(unsafe big.span.bytes, at: 512 << 10)
        #expect(try file.allocatedBytes() == (256 << 10) + (64 << 10))
        try sink.clear(Extent(offset: 0, length: 16384), isHole: false)
        try sink.clear(Extent(offset: 768 << 10, length: 4096), isHole: false)
        try sink.clear(Extent(offset: 512 << 10, length: 32 << 10), isHole: true)
        #expect(try file.allocatedBytes() == (256 << 10) + (32 << 10))
        try sink.store(unsafe page.span.bytes, at: 512 << 10)

        var expected = [UInt8](repeating: 0, count: 1 << 20)
        expected.replaceSubrange((544 << 10)..<(576 << 10), with: repeatElement(4, count: 32 << 10))
        expected.replaceSubrange((512 << 10)..<(516 << 10), with: page)
        #expect(try file.contents == expected)
    }

    @Test func `digests agree exactly when contents do, holes or not`() throws {
        let folder = try TemporaryDirectory(inMemory: true)
        let one = try RAMFile.create(folder.file("one"), size: 1 << 20)
        let two = try RAMFile.create(folder.file("two"), size: 1 << 20)
        let first = try Mapping(one, writable: true)
        let second = try Mapping(two, writable: true)
        func put(_ mapping: Mapping, _ value: UInt8, _ offset: UInt64) {
            mapping.withMutableBytes(of: Extent(offset: offset, length: 1)) {
                $0.storeBytes(of: value, toByteOffset: 0, as: UInt8.self)
            }
        }
        put(first, 1, 5000)
        put(second, 1, 5000)
        put(second, 0, 900_000)
        let lane = MemoryLane(file: one, mapping: first, tracker: MarkingTracker())
        let sink = MemorySink(file: two, mapping: second)
        #expect(try lane.digest() == sink.digest())
        put(second, 2, 900_000)
        #expect(try lane.digest() != sink.digest())
        put(second, 0, 900_000)
        put(first, 1, 9192)
        put(first, 0, 5000)
        #expect(try lane.digest() != sink.digest())
    }
}

extension Extent {
    func aligned(to unit: UInt64) -> Extent {
        let low = offset / unit * unit
        return Extent(offset: low, length: (end + unit - 1) / unit * unit - low)
    }
}

extension RAMFile {
    var contents: [UInt8] {
        get throws {
            var bytes = [UInt8](repeating: 0, count: Int(size))
            var span = bytes.mutableSpan
            var raw = unsafe span.mutableBytes
            try read(at: 0, into: &raw)
            return bytes
        }
    }
}
