import CLinux
package import FerryCore
import Glibc

extension SharedDescriptor {
    /// Writes all of `bytes` to a pipe, a socket or a terminal; waits as long as the reader takes.
    ///
    /// - Parameter name: names the stream in the failure.
    package func writeAll(_ bytes: [UInt8], name: String) throws(Failure) {
        if bytes.isEmpty { return }
        try withRaw { (number) throws(Failure) in
            var done = 0
            while done < bytes.count {
                // SAFETY: the buffer is valid within the closure and `done` never passes its end.
                let count = unsafe bytes.withUnsafeBytes {
                    unsafe write(number, $0.baseAddress! + done, $0.count - done)
                }
                if count < 0 {
                    if errno == EINTR { continue }
                    throw Failure(errno: errno, "write to \(name)", target: name)
                }
                done += count
            }
        }
    }

    /// What there is to read, at most `limit` bytes; empty at the end. Waits until there is something.
    package func readSome(_ limit: Int, name: String) throws(Failure) -> [UInt8] {
        try withRaw { (number) throws(Failure) in
            var bytes = [UInt8](repeating: 0, count: limit)
            while true {
                // SAFETY: read writes at most `limit` bytes into a buffer of that size.
                let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(number, $0.baseAddress!, $0.count) }
                if count < 0 {
                    if errno == EINTR { continue }
                    throw Failure(errno: errno, "read from \(name)", target: name)
                }
                bytes.removeLast(limit - count)
                return bytes
            }
        }
    }

    /// A descriptor of this process's own standard input (0), output (1) or error (2), open as long as it is held.
    package static func standard(_ number: Int32) throws(Failure) -> SharedDescriptor {
        let copy = ferry_duplicate(number)
        guard copy >= 0 else { throw Failure(errno: copy, "duplicate a standard stream") }
        return SharedDescriptor(Descriptor(adopting: copy))
    }
}
