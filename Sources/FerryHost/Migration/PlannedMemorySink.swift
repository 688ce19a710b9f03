import FerryCore
import FerryLinux
import FerryTransfer
import Synchronization

/// A planned machine's memory before its hypervisor is up: the RAM file is made when QEMU is started, which may be
/// after the
/// source has sent the files it boots from. From `prepare` on this is a `MemorySink`.
final class PlannedMemorySink: LaneSink, MemoryDigesting {
    let kind = LaneKind.memory
    let unit: UInt64 = 4096
    let size: UInt64
    private let path: String
    private let sink = Mutex<MemorySink?>(nil)

    init(path: String, size: ByteCount) {
        self.path = path
        self.size = size.bytes
    }

    func prepare(_ extents: ExtentSet) throws(Failure) -> UInt64 {
        let file = try RAMFile.open(path)
        guard file.size == size else {
            throw Failure(
                MigrationFault.hypervisorFailed,
                "The memory file \(path) has \(ByteCount(file.size)) instead of \(ByteCount(size)).", target: path)
        }
        let opened = MemorySink(file: file, mapping: try Mapping(file, writable: true))
        let allocated = try opened.prepare(extents)
        sink.withLock { $0 = opened }
        return allocated
    }

    func store(_ bytes: RawSpan, at offset: UInt64) throws(Failure) { try opened().store(bytes, at: offset) }
    func clear(_ extent: Extent, isHole: Bool) throws(Failure) { try opened().clear(extent, isHole: isHole) }
    func flush() throws(Failure) { try sink.withLock { $0 }?.flush() }
    func close() throws(Failure) { try sink.withLock { $0 }?.close() }
    func digest() throws(Failure) -> [UInt8] { try opened().digest() }

    private func opened() throws(Failure) -> MemorySink {
        guard let sink = sink.withLock({ $0 }) else {
            throw Failure(
                TransferFault.protocolViolation, "The source sent memory before it announced which.", target: path)
        }
        return sink
    }
}
