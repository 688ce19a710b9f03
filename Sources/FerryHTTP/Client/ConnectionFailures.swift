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
            return failed(.nameNotResolved, "The name '\(error.host)' could not be resolved to an address.")
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
        return failed(.unreachable, "\(error).")
    }

    /// What was attempted and on what, then the reason; the reason alone is its cause, on the place that was tried.
    private func failed(_ fault: ConnectionFault, _ reason: String) -> Failure {
        let (attempt, place) =
            switch address {
            case .socket(let path): ("ferryd on this computer could not be reached at '\(path)'", path)
            case .tls(let host, let port, _):
                (
                    "The Virtual Machine Management Service failed to establish a connection with host '\(hostName)' (\(host):\(port))",
                    "\(host):\(port)"
                )
            }
        return Failure(
            fault, "\(attempt): \(reason)", target: hostName, cause: Failure(fault, reason, target: place))
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
            return failed(.activelyRefused, ConnectionFault.refusedText)
        case (ETIMEDOUT, _):
            return timedOut
        case (ECONNRESET, _), (EPIPE, _), (ECONNABORTED, _):
            return closed
        default:
            // SAFETY: strerror's text is copied at once; glibc's is per thread or static.
            return failed(.unreachable, unsafe "\(String(cString: strerror(code))).")
        }
    }

    private var timedOut: Failure { failed(.timedOut, ConnectionFault.timedOutText) }

    private static let timeouts: [HTTPClientError] = [
        .connectTimeout, .deadlineExceeded, .readTimeout, .writeTimeout, .tlsHandshakeTimeout,
        .getConnectionFromPoolTimeout,
    ]

    /// The caller gave up waiting: a deadline of its own, or Ctrl-C.
    private var cancelled: Failure {
        Failure(ConnectionFault.closed, "Waiting for an answer of host '\(hostName)' was cancelled.", target: hostName)
    }

    private var closed: Failure { failed(.closed, ConnectionFault.closedText) }

    /// A server of Ferry ends a handshake for one reason only: the client showed no certificate, or none it could read.
    private func tlsFailure(_ error: any Error) -> Failure {
        let text = "\(error)"
        let isRefusal = ["CERTIFICATE_REQUIRED", "BAD_CERTIFICATE", "CERTIFICATE_UNKNOWN"].contains {
            text.uppercased().contains($0)
        }
        return isRefusal
            ? failed(.keyRefused, "The host did not accept this side's certificate (TLS alert).")
            : failed(.tlsFailed, "The TLS 1.3 handshake failed (\(text)).")
    }
}
