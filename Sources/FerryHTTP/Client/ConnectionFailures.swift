import AsyncHTTPClient
import FerryContract
import FerryCore
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// Says in Hyper-V's words why a host could not be talked to.
struct ConnectionFailures {
    let hostName: String
    let address: HostAddress

    func failure(for error: any Error) -> Failure {
        switch error {
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first { return failure(for: first.error) }
            return Failure(
                ConnectionFault.nameNotResolved,
                "\(header): The name '\(error.host)' could not be resolved to an address.", target: hostName)
        case let error as IOError: return failure(forErrno: error.errnoCode)
        case let error as HTTPClientError where Self.timeouts.contains(error): return timedOut
        case let error as HTTPClientError where error == .remoteConnectionClosed: return closed
        case let error as HTTPClientError where error == .cancelled: return cancelled
        case let error as ChannelError:
            if case .connectTimeout = error { return timedOut }
            return closed
        case is CancellationError: return cancelled
        case is NIOTooManyBytesError:
            return Failure(
                ConnectionFault.notUnderstood, "The answer of host '\(hostName)' is larger than ferry accepts.",
                target: hostName)
        default:
            break
        }
        if case .tls = address, error is NIOSSLError || error is BoringSSLError { return tlsFailure(error) }
        return Failure(
            ConnectionFault.unreachable, "\(header): \(error).", target: hostName)
    }

    private var header: String {
        switch address {
        case .socket(let path): "ferryd on this computer could not be reached at '\(path)'"
        case .tls(let host, let port, _):
            "The Virtual Machine Management Service failed to establish a connection with host '\(hostName)' (\(host):\(port))"
        }
    }

    private func failure(forErrno code: CInt) -> Failure {
        switch (code, address) {
        case (ENOENT, .socket(let path)), (ECONNREFUSED, .socket(let path)), (ENOTDIR, .socket(let path)):
            return Failure(
                ConnectionFault.notRunning,
                "ferryd of '\(hostName)' is not running on this computer: nothing answers at '\(path)'.",
                target: hostName)
        case (EACCES, .socket), (EPERM, .socket):
            return PermissionFault.accessDenied(on: hostName)
        case (ECONNREFUSED, .tls):
            return Failure(
                ConnectionFault.activelyRefused,
                "\(header): No connection could be made because the target machine actively refused it. (0x8007274D)",
                target: hostName)
        case (ETIMEDOUT, _):
            return timedOut
        case (ECONNRESET, _), (EPIPE, _), (ECONNABORTED, _):
            return closed
        default:
            // SAFETY: strerror's text is copied at once; glibc's is per thread or static.
            let reason = unsafe String(cString: strerror(code))
            return Failure(ConnectionFault.unreachable, "\(header): \(reason).", target: hostName)
        }
    }

    private var timedOut: Failure {
        Failure(
            ConnectionFault.timedOut,
            "\(header): A connection attempt failed because the connected party did not properly respond after a period of "
                + "time, or established connection failed because connected host has failed to respond. (0x8007274C)",
            target: hostName)
    }

    private static let timeouts: [HTTPClientError] = [
        .connectTimeout, .deadlineExceeded, .readTimeout, .writeTimeout, .tlsHandshakeTimeout,
        .getConnectionFromPoolTimeout,
    ]

    private var cancelled: Failure {
        Failure(ConnectionFault.closed, "Waiting for an answer of host '\(hostName)' was cancelled.", target: hostName)
    }

    private var closed: Failure {
        Failure(
            ConnectionFault.closed,
            "\(header): An existing connection was forcibly closed by the remote host. (0x80072746)", target: hostName)
    }

    /// A server of Ferry ends a handshake for one reason only: the client showed no certificate, or none it could read.
    private func tlsFailure(_ error: any Error) -> Failure {
        let text = "\(error)"
        let isRefusal = ["CERTIFICATE_REQUIRED", "BAD_CERTIFICATE", "CERTIFICATE_UNKNOWN"].contains {
            text.uppercased().contains($0)
        }
        return isRefusal
            ? Failure(
                ConnectionFault.keyRefused,
                "\(header): The host did not accept this side's certificate (TLS alert).", target: hostName)
            : Failure(
                ConnectionFault.tlsFailed, "\(header): The TLS 1.3 handshake failed (\(text)).", target: hostName)
    }
}
