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
            let (code, taken) = try PortProbe(
                address: place.address, port: UInt16(clamping: port), milliseconds: TestConnection.milliseconds(call)
            ).connect(io)
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
}
