package import Glibc

/// An open file that is read from its beginning on. What may not be ready, a pipe or a terminal, is waited for with Ctrl-C at hand.
package final class FileReader {
    private let descriptor: Int32
    private let mayWait: Bool
    private let interrupt: Interrupt?
    /// The status of the file when it was opened.
    package let status: stat

    /// - Parameter interrupt: what ends waiting; without one, waiting has no end but the writer's.
    /// - Returns: nil where it cannot be opened; `errno` says why.
    package init?(_ path: String, _ interrupt: Interrupt?) {
        // A pipe that nobody writes into would keep open waiting.
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        self.interrupt = interrupt
        var status = stat()
        // SAFETY: fstat fills the structure it is given.
        if descriptor >= 0, unsafe fstat(descriptor, &status) != 0 {
            let code = errno
            _ = close(descriptor)
            errno = code
            return nil
        }
        self.status = status
        mayWait = status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
        if descriptor < 0 { return nil }
    }

    deinit { if descriptor >= 0 { _ = close(descriptor) } }

    /// - Returns: the place arrived at; nil with `errno` where the file has no places.
    package func seek(to offset: Int) -> Int? {
        let place = lseek(descriptor, off_t(offset), SEEK_SET)
        return place < 0 ? nil : Int(place)
    }

    /// Reads what comes next into the front of the buffer.
    ///
    /// - Returns: how many bytes, 0 at the end; nil with `errno` where it cannot be read.
    package func read(into buffer: inout [UInt8]) throws(Stop) -> Int? {
        while true {
            try interrupt?.check()
            if mayWait {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                // SAFETY: one structure is passed and one is counted.
                if unsafe poll(&waiting, 1, 100) == 0 { continue }
            }
            // SAFETY: reads at most the buffer's own size.
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 { return count }
            if errno != EINTR, errno != EAGAIN { return nil }
        }
    }
}
