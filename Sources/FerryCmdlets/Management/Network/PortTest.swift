import FerryEngine
import Glibc

/// Whether something listens on a port.
struct PortTest {
    private let place: ConnectionTarget
    private let call: Call
    private let port: Int

    init(_ place: ConnectionTarget, _ call: Call) {
        self.place = place
        self.call = call
        port = call[TestConnection.tcpPort]
    }

    func run(_ io: CommandIO) throws(Stop) {
        let count = call.isBound(TestConnection.count) ? call[TestConnection.count] : 1
        for number in 1...count {
            let (code, taken) = try connect(io)
            if call[TestConnection.detailed] {
                try io.emit(
                    PingReport.port(
                        place, id: number, port: port, milliseconds: taken, isConnected: code == 0,
                        status: Self.status(code)))
            } else {
                try io.emit(.bool(code == 0))
            }
            if number < count {
                try io.sleep(seconds: Double(call.isBound(TestConnection.delay) ? call[TestConnection.delay] : 1))
            }
        }
    }

    /// `System.Net.Sockets.SocketError`'s names.
    private static func status(_ code: Int32) -> String {
        switch code {
        case 0: "Success"
        case ETIMEDOUT: "TimedOut"
        case ECONNREFUSED: "ConnectionRefused"
        case EHOSTUNREACH: "HostUnreachable"
        case ENETUNREACH: "NetworkUnreachable"
        case EACCES, EPERM: "AccessDenied"
        default: "SocketError"
        }
    }

    /// - Returns: an error number, 0 for none, and how long it took.
    private func connect(_ io: CommandIO) throws(Stop) -> (code: Int32, milliseconds: Int64) {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(place.address.family, kind, 0)
        guard descriptor >= 0 else { return (errno, 0) }
        defer { _ = close(descriptor) }
        let clock = ContinuousClock()
        let start = clock.now
        let limit = Duration.milliseconds(TestConnection.milliseconds(call))
        func taken() -> Int64 { Int64((clock.now - start) / .milliseconds(1)) }
        let code = unsafe place.address.bytes(port: UInt16(clamping: port)).withUnsafeBytes { raw in
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
