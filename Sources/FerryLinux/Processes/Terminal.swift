import CLinux
package import FerryCore
import Glibc

/// The master side of a pseudo-terminal.
package final class Terminal: Sendable {
    private let descriptor: SharedDescriptor

    private init(_ descriptor: consuming Descriptor) { self.descriptor = SharedDescriptor(descriptor) }

    /// A new pair; the slave is for a program's standard streams.
    package static func open(
        rows: UInt16 = 24, columns: UInt16 = 80
    ) throws(Failure) -> (master: Terminal, slave: SharedDescriptor) {
        var slave: Int32 = -1
        // SAFETY: the call fills the local number.
        let master = unsafe ferry_open_terminal(&slave, rows, columns)
        guard master >= 0 else { throw Failure(errno: master, "open a pseudo-terminal") }
        return (Terminal(Descriptor(adopting: master)), SharedDescriptor(Descriptor(adopting: slave)))
    }

    package func resize(rows: UInt16, columns: UInt16) throws(Failure) {
        let result = descriptor.withRaw { ferry_resize_terminal($0, rows, columns) }
        guard result == 0 else { throw Failure(errno: result, "resize a pseudo-terminal") }
    }

    /// As if typed.
    package func write(_ bytes: [UInt8]) throws(Failure) {
        try descriptor.withRaw { (number) throws(Failure) in
            var done = 0
            while done < bytes.count {
                // SAFETY: the buffer is valid within the closure and `done` never passes its end.
                let count = unsafe bytes.withUnsafeBytes {
                    unsafe Glibc.write(number, $0.baseAddress! + done, $0.count - done)
                }
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw Failure(errno: errno, "write to a pseudo-terminal") }
                done += count
            }
        }
    }

    /// What the program wrote: empty once nobody has the slave open, nil when `deadline` passes first.
    package func read(until deadline: Deadline) throws(Failure) -> [UInt8]? {
        try descriptor.withRaw { (number) throws(Failure) in
            do throws(Failure) {
                try Readiness.wait(
                    number, for: Readiness.reading, until: deadline, attempt: "read from a pseudo-terminal")
            } catch  where error.is(LinuxFault.timedOut) {
                return nil
            }
            var piece = [UInt8](repeating: 0, count: 16 << 10)
            // SAFETY: read writes at most `count` bytes into a buffer of that size.
            let count = unsafe piece.withUnsafeMutableBytes { unsafe Glibc.read(number, $0.baseAddress!, $0.count) }
            // EIO: the last slave was closed.
            guard count > 0 else { return [] }
            return Array(piece[..<count])
        }
    }
}
