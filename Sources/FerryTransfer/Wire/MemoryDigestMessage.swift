import FerryCore

/// The digest of all guest memory at the source, frozen, after the last harvest.
package struct MemoryDigestMessage: WireMessage {
    static let tag = MessageTag.memoryDigest

    /// SHA-256 over each page that is not all zero: its offset (8 bytes) and its bytes. 32 bytes.
    package var digest: [UInt8]

    package init(digest: [UInt8]) { self.digest = digest }

    func encode(into writer: inout WireWriter) { writer.put(raw: digest) }

    init(from reader: inout WireReader) throws(Failure) { digest = try reader.takeBytes(32) }
}
