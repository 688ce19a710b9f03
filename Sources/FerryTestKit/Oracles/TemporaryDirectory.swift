package import FerryCore
import FerryLinux
import Glibc

/// A folder of its own for a test, with a short path (sockets have 107 bytes), removed with the object.
package final class TemporaryDirectory: Sendable {
    package let path: String

    /// - Parameter inMemory: on the tmpfs /dev/shm instead of the disk.
    package init(inMemory: Bool = false) throws(Failure) {
        var generator = SystemRandomNumberGenerator()
        let base = inMemory ? "/dev/shm" : "/tmp"
        while true {
            let candidate = "\(base)/ferry-\(String(generator.next() & 0xff_ffff_ffff, radix: 36))"
            // SAFETY: a zero-terminated copy that outlives the call.
            if unsafe mkdir(candidate, 0o700) == 0 {
                path = candidate
                return
            }
            guard errno == EEXIST else {
                throw Failure(errno: errno, "make the folder \(candidate)", target: candidate)
            }
        }
    }

    deinit { try? Folder.removeTree(path) }

    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file in the folder and returns its path.
    @discardableResult
    package func write(_ name: String, _ text: String, mode: UInt32 = 0o600) throws(Failure) -> String {
        try DurableFile.replace(file(name), with: Array(text.utf8), mode: mode)
        return file(name)
    }
}
