import Glibc
import Synchronization

/// `System.IO.MemoryStream` and the `System.IO.FileStream` that `[IO.File]::OpenRead` gives: bytes that are read from the front.
package final class StreamObject: HostedBody {
    private enum Source {
        case memory([UInt8])
        case file(descriptor: Int32, path: String)
        case closed
    }
    private var source: Source
    /// Where the next byte is read.
    private var position = 0

    init(_ bytes: [UInt8]) { source = .memory(bytes) }

    /// Opens a file to read.
    init(opening path: String) throws(Stop) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure.stop(errno, path, doing: "open") }
        source = .file(descriptor: descriptor, path: path)
    }

    deinit { close() }

    func close() {
        if case .file(let descriptor, _) = source { _ = Glibc.close(descriptor) }
        source = .closed
    }

    static let memoryType = RuntimeType(
        "System.IO.MemoryStream", bases: ["System.IO.Stream", "System.MarshalByRefObject", "System.Object"])
    static let fileType = RuntimeType(
        "System.IO.FileStream", bases: ["System.IO.Stream", "System.MarshalByRefObject", "System.Object"])

    package var typeName: RuntimeType { if case .file = source { Self.fileType } else { Self.memoryType } }
    package var propertyNames: [String] { ["CanRead", "CanSeek", "CanWrite", "Length", "Position"] }

    package func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "canread", "canseek": if case .closed = source { .bool(false) } else { .bool(true) }
        case "canwrite": .bool(false)
        case "length": .long(Int64(length))
        case "position": .long(Int64(position))
        default: nil
        }
    }

    package func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool {
        guard name.folded == "position" else { return false }
        guard case .number(.long(let place)) = try Conversion.convert(value, to: .int64), place >= 0 else {
            throw .runtime(
                "ArgumentOutOfRangeException", .invalidArgument, "A place in a stream is not negative.",
                exception: "System.ArgumentOutOfRangeException")
        }
        position = Int(clamping: place)
        return true
    }

    private var length: Int {
        switch source {
        case .memory(let bytes): return bytes.count
        case .file(let descriptor, _):
            var status = stat()
            // SAFETY: fstat fills the structure it is given.
            return unsafe fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
        case .closed: return 0
        }
    }

    /// At most `count` bytes from the present place on, which moves behind them; empty at the end.
    package func read(_ count: Int) throws(Stop) -> [UInt8] {
        switch source {
        case .memory(let bytes):
            let part = bytes.dropFirst(position).prefix(count)
            position += part.count
            return Array(part)
        case .file(let descriptor, let path):
            var buffer = [UInt8](repeating: 0, count: count)
            while true {
                let place = off_t(position)
                // SAFETY: reads at most the buffer's own size.
                let got = unsafe buffer.withUnsafeMutableBytes {
                    unsafe pread(descriptor, $0.baseAddress, $0.count, place)
                }
                if got < 0, errno == EINTR { continue }
                guard got >= 0 else { throw FileFailure.stop(errno, path, doing: "read") }
                position += got
                return Array(buffer[..<got])
            }
        case .closed:
            throw .runtime(
                "ObjectDisposedException", .invalidOperation, "Cannot access a closed stream.",
                exception: "System.ObjectDisposedException")
        }
    }

    /// Everything a memory stream holds.
    var contents: [UInt8] { if case .memory(let bytes) = source { bytes } else { [] } }
}
