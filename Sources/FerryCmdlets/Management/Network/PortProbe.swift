import FerryEngine
import Glibc

/// One attempt to connect to a port.
struct PortProbe {
    let address: HostAddress
    let port: UInt16
    let milliseconds: Int64

    /// - Returns: an error number, 0 for none, and how long it took.
    func connect(_ io: CommandIO) throws(Stop) -> (code: Int32, milliseconds: Int64) {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { return (errno, 0) }
        defer { _ = close(descriptor) }
        let clock = ContinuousClock()
        let start = clock.now
        let limit = Duration.milliseconds(milliseconds)
        func taken() -> Int64 { Int64((clock.now - start) / .milliseconds(1)) }
        let code = unsafe address.bytes(port: port).withUnsafeBytes { raw in
            // SAFETY: the bytes are a sockaddr of that length.
            guard let start = raw.baseAddress else { return Int32(-1) }
            return unsafe Glibc.connect(
                descriptor, start.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
        }
        if code == 0 { return (0, taken()) }
        guard errno == EINPROGRESS else { return (errno, taken()) }
        while clock.now - start < limit {
            try io.interrupt.check()
            var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            // SAFETY: one structure is passed and one is counted.
            guard unsafe poll(&waiting, 1, 100) > 0 else { continue }
            var failure: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            // SAFETY: the option's value is an int of its own size.
            _ = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size)
            return (failure, taken())
        }
        return (ETIMEDOUT, taken())
    }
}
