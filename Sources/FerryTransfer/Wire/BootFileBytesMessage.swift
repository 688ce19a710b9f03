import FerryCore

/// A piece of the boot file that was announced last.
package struct BootFileBytesMessage: WireMessage {
    static let tag = MessageTag.bootFileBytes

    package var offset: UInt64
    /// 1 … `WireProtocol.chunkLimit` bytes.
    package var bytes: [UInt8]

    package init(offset: UInt64, bytes: [UInt8]) {
        self.offset = offset
        self.bytes = bytes
    }

    func encode(into writer: inout WireWriter) {
        writer.put(offset)
        writer.put(UInt32(bytes.count))
        writer.put(raw: bytes)
    }

    init(from reader: inout WireReader) throws(Failure) {
        offset = try reader.take()
        let count = try reader.takeCount(limit: WireProtocol.chunkLimit, of: 1)
        guard count > 0 else { throw reader.violation("it carries nothing") }
        bytes = try reader.takeBytes(count)
    }
}
