import FerryCore

/// A piece of the device state, in order. The state is whole when `offset` + bytes = `total`.
package struct DeviceStateMessage: WireMessage {
    static let tag = MessageTag.deviceState

    package var offset: UInt32
    package var total: UInt32
    /// 1 … `WireProtocol.chunkLimit` bytes.
    package var bytes: [UInt8]

    package init(offset: UInt32, total: UInt32, bytes: [UInt8]) {
        self.offset = offset
        self.total = total
        self.bytes = bytes
    }

    func encode(into writer: inout WireWriter) {
        writer.put(offset)
        writer.put(total)
        writer.put(UInt32(bytes.count))
        writer.put(raw: bytes)
    }

    init(from reader: inout WireReader) throws(Failure) {
        offset = try reader.take()
        total = try reader.take()
        let count = try reader.takeCount(limit: WireProtocol.chunkLimit, of: 1)
        bytes = try reader.takeBytes(count)
        guard count > 0, UInt64(offset) + UInt64(count) <= UInt64(total) else {
            throw reader.violation("\(count) bytes at \(offset) of \(total)")
        }
    }

    /// The pieces of a whole state.
    package static func pieces(of state: [UInt8]) -> [DeviceStateMessage] {
        stride(from: 0, to: state.count, by: WireProtocol.chunkLimit).map { offset in
            DeviceStateMessage(
                offset: UInt32(offset), total: UInt32(state.count),
                bytes: Array(state[offset..<min(offset + WireProtocol.chunkLimit, state.count)]))
        }
    }
}
