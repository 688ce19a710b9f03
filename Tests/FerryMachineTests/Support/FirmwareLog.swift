import FerryLinux

/// What the firmware says while it starts a guest, on a port of its own.
struct FirmwareLog {
    let path: String

    /// Adds the port to QEMU's arguments. It has no state that would migrate.
    func addPort(_ arguments: [String]) -> [String] {
        arguments + [
            "-chardev", "file,id=firmware,path=\(path),append=on", "-device",
            "isa-debugcon,iobase=0x402,chardev=firmware",
        ]
    }

    /// The clock that the firmware told KVM of, nil when it set none up: 32 bytes of guest memory.
    func clock() throws -> Range<UInt64>? {
        let text = String(decoding: try DurableFile.read(path), as: UTF8.self)
        guard let words = text.split(separator: "kvmclock: at 0x").dropFirst().first,
            let start = UInt64(words.prefix { $0.isHexDigit }, radix: 16)
        else { return nil }
        return start..<start + 32
    }
}
