import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Glibc
import Synchronization
import Testing

@Suite(.needs(.qemu, .program("qemu-storage-daemon", package: "qemu-utils")), .seeded)
struct NBDBlockTests {
    private var everything: ExtentSet { ExtentSet([Extent(offset: 0, length: 64 << 20)]) }

    @Test func `a disk that changes between rounds arrives as it is at the end`() throws {
        var generator = SeededGenerator(salt: "rounds")
        let host = try DiskHost()
        for _ in 0..<60 { try host.change(&generator) }
        let source = try host.source()
        let target = try DiskTarget(in: host.directory, capacity: .mebibytes(64))
        #expect(source.capacity == 64 << 20)
        #expect(try source.rotateDirty().isEmpty)
        try target.copy(everything, from: source)
        for _ in 0..<5 {
            for _ in 0..<20 { try host.change(&generator) }
            let dirty = try source.rotateDirty()
            #expect(!dirty.isEmpty && dirty.byteCount < 64 << 20)
            try target.copy(dirty, from: source)
        }
        #expect(try source.rotateDirty().isEmpty)
        #expect(try target.finished() == host.model)
    }

    @Test func `without the last rotation the copy differs`() throws {
        var generator = SeededGenerator(salt: "control")
        let host = try DiskHost()
        let source = try host.source()
        let target = try DiskTarget(in: host.directory, capacity: .mebibytes(64))
        _ = try source.rotateDirty()
        try target.copy(everything, from: source)
        for _ in 0..<20 { try host.change(&generator) }
        #expect(try target.finished() != host.model)
    }

    @Test func `a write lands in every period that it touches, however rotations fall`() throws {
        let host = try DiskHost()
        let source = try host.source()
        let target = try DiskTarget(in: host.directory, capacity: .mebibytes(64))
        _ = try source.rotateDirty()
        try target.copy(everything, from: source)
        let isDone = Atomic<Bool>(false)
        let failure = Mutex<(any Error)?>(nil)
        // One writer, and rotations as fast as they go beside it. The writer alone touches the model until it is
        // joined.
        let box = UncheckedBox(host)
        let writer = try WorkerThread("writer") {
            var generator = SeededGenerator(salt: "racing")
            do { for _ in 0..<300 { try box.value.change(&generator) } } catch { failure.withLock { $0 = error } }
            isDone.store(true, ordering: .sequentiallyConsistent)
        }
        while !isDone.load(ordering: .sequentiallyConsistent) { try target.copy(source.rotateDirty(), from: source) }
        writer.join()
        #expect(failure.withLock { $0 } == nil)
        try target.copy(source.rotateDirty(), from: source)
        #expect(try target.finished() == host.model)
    }

    @Test func `holes stay holes`() throws {
        var generator = SeededGenerator(salt: "holes")
        let host = try DiskHost()
        for _ in 0..<10 { try host.change(&generator) }
        let source = try host.source()
        let target = try DiskTarget(in: host.directory, capacity: .mebibytes(64))
        _ = try source.rotateDirty()
        try target.copy(everything, from: source)
        #expect(try target.finished() == host.model)
        let sourceSize = try FileIdentity.of(host.imagePath).allocated
        let targetSize = try FileIdentity.of(target.path).allocated
        #expect(targetSize <= sourceSize + 256 << 10, "\(targetSize) bytes allocated, \(sourceSize) at the source")
    }

    @Test func `zeroes written over data arrive as zeroes`() throws {
        let host = try DiskHost(mebibytes: 8)
        let target = try DiskTarget(in: host.directory, capacity: .mebibytes(8), format: .raw)
        let data = [UInt8](repeating: 7, count: 3 << 20)
        // SAFETY: UInt8 has no padding.
        try target.sink.write(unsafe data.span.bytes, at: 1 << 20)
        try target.sink.zero(Extent(offset: 2 << 20, length: 65_536), punching: true)
        try target.sink.zero(Extent(offset: 3 << 20, length: 512), punching: false)
        var model = [UInt8](repeating: 0, count: 8 << 20)
        model.replaceSubrange(1 << 20..<4 << 20, with: data)
        model.replaceSubrange(2 << 20..<2 << 20 + 65_536, with: repeatElement(0, count: 65_536))
        model.replaceSubrange(3 << 20..<3 << 20 + 512, with: repeatElement(0, count: 512))
        #expect(try target.finished() == model)
    }

    @Test func `the end of a move leaves nothing in the hypervisor, and the next one works`() throws {
        var generator = SeededGenerator(salt: "again")
        let host = try DiskHost()
        for _ in 0..<3 {
            let source = try host.source()
            _ = try source.rotateDirty()
            try host.change(&generator)
            _ = try source.rotateDirty()
            #expect(try !host.monitor.bitmaps(of: DiskHost.node).isEmpty)
            try source.close()
            try source.close()
            #expect(try host.monitor.bitmaps(of: DiskHost.node).isEmpty)
            #expect(try host.monitor.exports().isEmpty)
        }
        try host.monitor.removeTracking(nodes: [DiskHost.node])
        try host.monitor.removeTracking(nodes: [DiskHost.node])
        try host.monitor.startBlockServer(socket: host.socket)
    }

    @Test func `a period that could not be read is part of the next answer`() throws {
        var generator = SeededGenerator(salt: "unread")
        let host = try DiskHost()
        let source = try host.source()
        let target = try DiskTarget(in: host.directory, capacity: .mebibytes(64))
        _ = try source.rotateDirty()
        try target.copy(everything, from: source)
        for _ in 0..<10 { try host.change(&generator) }
        // Takes the name that the rotation's export will want.
        try host.monitor.addExport("ferry-test-disk0.0", node: DiskHost.node, bitmap: nil)
        #expect(throws: Failure.self) { try source.rotateDirty() }
        try host.monitor.removeExport("ferry-test-disk0.0")
        for _ in 0..<10 { try host.change(&generator) }
        let deadline = Deadline.scaled(.seconds(10))
        while try host.monitor.exports().contains("ferry-test-disk0.0"), !deadline.hasPassed {}
        try target.copy(source.rotateDirty(), from: source)
        #expect(try target.finished() == host.model)
    }

    @Test func `a hypervisor that does not answer is a failure in time`() throws {
        let host = try DiskHost()
        let connection: NBDConnection
        try host.monitor.addExport("stuck", node: DiskHost.node, bitmap: nil)
        connection = try NBDConnection(socket: host.socket, export: "stuck", deadline: .milliseconds(200))
        try host.process.send(SIGSTOP)
        defer { try? host.process.send(SIGCONT) }
        let failure = #expect(throws: Failure.self) { try connection.flush() }
        #expect(failure?.is(StorageFault.blockDeadlineExceeded) == true)
        // And afterwards it says that it is closed.
        let second = #expect(throws: Failure.self) { try connection.flush() }
        #expect(second?.is(StorageFault.blockTransferFailed) == true)
    }

    @Test func `a hypervisor that dies is a failure`() throws {
        let host = try DiskHost()
        let source = try host.source()
        _ = try source.rotateDirty()
        _ = try host.process.kill()
        #expect(throws: Failure.self) { _ = try source.runs(in: Extent(offset: 0, length: 1 << 20)) }
        #expect(throws: Failure.self) { _ = try source.rotateDirty() }
        #expect(throws: Failure.self) { try source.close() }
    }

    @Test func `writing outside of the disk is refused`() throws {
        let host = try DiskHost(mebibytes: 8)
        let target = try DiskTarget(in: host.directory, capacity: .mebibytes(8))
        let bytes: [UInt8] = [1, 2, 3, 4]
        // SAFETY: UInt8 has no padding.
        #expect(throws: Failure.self) { try target.sink.write(unsafe bytes.span.bytes, at: 8 << 20) }
        #expect(throws: Failure.self) { try target.sink.write(unsafe bytes.span.bytes, at: .max - 1) }
        #expect(throws: Failure.self) { try target.sink.zero(Extent(offset: 8 << 20 - 1, length: 2), punching: true) }
    }
}

/// Hands a value that two threads use one after the other to the other thread.
private final class UncheckedBox<Value>: @unchecked Sendable {
    // SAFETY: the test touches the value's own state from one thread at a time.
    let value: Value
    init(_ value: Value) { self.value = value }
}
