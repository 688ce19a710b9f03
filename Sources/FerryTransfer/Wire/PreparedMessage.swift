import FerryCore

/// The target has its boot files and room for every announced extent: data may come.
package struct PreparedMessage: WireMessage {
    static let tag = MessageTag.prepared

    /// Bytes made room for.
    package var allocated: UInt64

    package init(allocated: UInt64) { self.allocated = allocated }

    func encode(into writer: inout WireWriter) { writer.put(allocated) }

    init(from reader: inout WireReader) throws(Failure) { allocated = try reader.take() }
}
