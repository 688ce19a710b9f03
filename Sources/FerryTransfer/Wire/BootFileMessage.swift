import FerryCore

/// A file the machine boots from directly. The target's hypervisor needs it before it starts, and again at a reboot.
package enum BootFileKind: UInt16, Sendable, CaseIterable {
    case kernel = 1
    case initialRAMDisk = 2
}

/// Announces a boot file. Its bytes follow in `bootFileBytes`, in order.
package struct BootFileMessage: WireMessage {
    static let tag = MessageTag.bootFile

    package var kind: BootFileKind
    package var size: UInt64
    /// SHA-256, 32 bytes.
    package var digest: [UInt8]

    package init(kind: BootFileKind, size: UInt64, digest: [UInt8]) {
        self.kind = kind
        self.size = size
        self.digest = digest
    }

    func encode(into writer: inout WireWriter) {
        writer.put(kind.rawValue)
        writer.put(size)
        writer.put(raw: digest)
    }

    init(from reader: inout WireReader) throws(Failure) {
        let number = try reader.take(UInt16.self)
        guard let kind = BootFileKind(rawValue: number) else {
            throw reader.violation("boot file \(number) is unknown")
        }
        self.kind = kind
        size = try reader.take()
        digest = try reader.takeBytes(32)
    }
}
