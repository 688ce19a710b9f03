import CLinux
package import FerryCore
import Glibc
import Synchronization

/// A file that only grows, one durable record after the other.
///
/// `append` returns when the record is on stable storage. A record that could not be written whole is cut off again; when
/// even that fails the file refuses further records, because a reader would take the torn one for the end, until the cut works:
/// disks come back.
package final class AppendOnlyFile: Sendable {
    private struct State: Sendable {
        var length: UInt64
        var isTorn = false
    }

    package let path: String
    private let descriptor: SharedDescriptor
    private let state: Mutex<State>

    /// Opens the file, makes it (mode 0600) when there is none. What is in it is on stable storage when this returns: a process
    /// that was killed between its write and its sync left a record that is read and acted on from here on.
    package init(_ path: String) throws(Failure) {
        self.path = path
        let name = try FileName(of: path)
        let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW)
        let length = try file.identity(path: path).size
        try file.makeDurable(path: path)
        if length == 0 { try Folder.makeDurable(name.folder) }
        descriptor = SharedDescriptor(file)
        state = Mutex(State(length: length))
    }

    /// Bytes that are durable.
    package var length: UInt64 { state.withLock { $0.length } }

    package func append(_ record: [UInt8]) throws(Failure) {
        try state.withLock { (state) throws(Failure) in
            if state.isTorn {
                let length = off_t(state.length)
                guard descriptor.withRaw({ ftruncate($0, length) == 0 && fdatasync($0) == 0 }) else {
                    throw Failure(
                        LinuxFault.malformed, "Cannot append to \(path): an earlier record is torn.", target: path)
                }
                state.isTorn = false
            }
            do throws(Failure) {
                try descriptor.withRaw { (number) throws(Failure) in try write(record, to: number) }
                state.length += UInt64(record.count)
            } catch {
                let length = off_t(state.length)
                state.isTorn = descriptor.withRaw { ftruncate($0, length) } != 0
                throw error
            }
        }
    }

    /// All records, at most `limit` bytes.
    package func contents(limit: Int = 64 << 20) throws(Failure) -> [UInt8] {
        try DurableFile.read(path, limit: limit)
    }

    /// Cuts the file to `length` bytes: what a reader does with a torn last record.
    package func truncate(to length: UInt64) throws(Failure) {
        try state.withLock { (state) throws(Failure) in
            try descriptor.withRaw { (number) throws(Failure) in
                guard ftruncate(number, off_t(length)) == 0, fdatasync(number) == 0 else {
                    throw Failure(errno: errno, "cut \(path)", target: path)
                }
            }
            state = State(length: length)
        }
    }

    private func write(_ record: [UInt8], to number: Int32) throws(Failure) {
        var done = 0
        while done < record.count {
            // SAFETY: the buffer is valid within the closure and `done` never passes its end.
            let count = unsafe record.withUnsafeBytes {
                unsafe Glibc.write(number, $0.baseAddress! + done, $0.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure(errno: errno, "append to \(path)", target: path) }
            done += count
        }
        guard fdatasync(number) == 0 else {
            throw Failure(errno: errno, "write \(path) to the disk", target: path)
        }
    }
}
