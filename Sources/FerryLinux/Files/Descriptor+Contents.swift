import CLinux
package import FerryCore
import Glibc

extension Descriptor {
    /// Writes all of `bytes` at the descriptor's position. `path` only names the file in the failure.
    package borrowing func writeAll(_ bytes: [UInt8], path: String) throws(Failure) {
        try withRaw { (number) throws(Failure) in
            var done = 0
            while done < bytes.count {
                // SAFETY: the buffer is valid within the closure and `done` never passes its end.
                let count = unsafe bytes.withUnsafeBytes {
                    unsafe write(number, $0.baseAddress! + done, $0.count - done)
                }
                if count < 0 {
                    if errno == EINTR { continue }
                    throw Failure(errno: errno, "write \(path)", target: path)
                }
                done += count
            }
        }
    }

    /// Everything from the descriptor's position to the end, at most `limit` bytes.
    package borrowing func readAll(limit: Int, path: String) throws(Failure) -> [UInt8] {
        try withRaw { (number) throws(Failure) in
            var result: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 64 << 10)
            while true {
                // SAFETY: read writes at most `count` bytes into a buffer of that size.
                let count = unsafe piece.withUnsafeMutableBytes { unsafe Glibc.read(number, $0.baseAddress!, $0.count) }
                if count < 0 {
                    if errno == EINTR { continue }
                    throw Failure(errno: errno, "read \(path)", target: path)
                }
                if count == 0 { return result }
                guard result.count + count <= limit else {
                    throw Failure(
                        LinuxFault.tooLarge, "\(path) is larger than \(ByteCount(UInt64(limit))).", target: path)
                }
                result.append(contentsOf: piece[..<count])
            }
        }
    }

    /// Returns once what was written is on stable storage.
    package borrowing func makeDurable(path: String) throws(Failure) {
        try withRaw { (number) throws(Failure) in
            guard fsync(number) == 0 else { throw Failure(errno: errno, "write \(path) to the disk", target: path) }
        }
    }
}
