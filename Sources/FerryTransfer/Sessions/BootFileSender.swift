import FerryCore
import FerryLinux
import Glibc

/// Reads a boot file and hands out its messages, in order.
enum BootFileSender {
    static func send(_ file: BootFile, _ send: (Message) throws(Failure) -> Void) throws(Failure) {
        let descriptor = SharedDescriptor(try Descriptor.open(file.path, O_RDONLY))
        var digest = try Digest()
        var size: UInt64 = 0
        try forEachPiece(of: descriptor, file) { bytes in
            digest.update(bytes)
            size += UInt64(bytes.count)
        }
        try send(.bootFile(BootFileMessage(kind: file.kind, size: size, digest: digest.finish())))
        var offset: UInt64 = 0
        try forEachPiece(of: descriptor, file) { (bytes) throws(Failure) in
            try send(.bootFileBytes(BootFileBytesMessage(offset: offset, bytes: bytes)))
            offset += UInt64(bytes.count)
        }
    }

    private static func forEachPiece(
        of descriptor: SharedDescriptor, _ file: BootFile, _ body: ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        var offset: UInt64 = 0
        while true {
            var piece = [UInt8](repeating: 0, count: WireProtocol.chunkLimit)
            let count = descriptor.withRaw { number in
                // SAFETY: pread writes at most `count` bytes into an array of that size.
                unsafe piece.withUnsafeMutableBytes { unsafe pread(number, $0.baseAddress!, $0.count, off_t(offset)) }
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure(errno: errno, "read \(file.path)", target: file.path) }
            guard count > 0 else { return }
            offset += UInt64(count)
            guard offset <= BootFile.sizeLimit else {
                throw Failure(
                    LinuxFault.tooLarge, "\(file.path) is larger than \(ByteCount(BootFile.sizeLimit)).",
                    target: file.path)
            }
            try body(Array(piece.prefix(count)))
        }
    }
}
