package import FerryCore
package import FerryLinux
import FerryTransfer

/// Connects a source to the target's migration port, over the first network of both hosts that answers.
package final class MigrationRoute: ChannelSupply {
    private let host: String
    private let addresses: [String]
    private let port: UInt16
    private let connectTimeout: Duration

    /// - Parameter addresses: the target's, best first, cut to those this host's networks allow.
    /// - Throws: `noCommonNetwork` when none is left.
    init(
        host: String, addresses: [String], port: UInt16, settings: HostSettings, connectTimeout: Duration = .seconds(5)
    ) throws(Failure) {
        self.host = host
        self.port = port
        self.connectTimeout = connectTimeout
        self.addresses = addresses.filter {
            Subnet.bytes(ofAddress: $0) != nil && HostAddresses.maySend(to: $0, settings)
        }
        guard !self.addresses.isEmpty, port > 0 else {
            throw .connectionNotEstablished(
                with: host, .noCommonNetwork,
                reason:
                    "no migration network of this host (\(settings.networks.ordered.map(\.subnet.description).joined(separator: ", "))) holds an address on which the destination host accepts migrations (\(addresses.joined(separator: ", ")))."
            )
        }
    }

    package func connect(number: UInt32, until deadline: Deadline, stop: StopSignal) throws(Failure) -> StreamSocket {
        var last: Failure?
        for address in addresses {
            do throws(Failure) {
                let limit = deadline.sooner(.after(connectTimeout))
                guard let target = try SocketAddress.resolve(address, port: port).first else { continue }
                return try StreamSocket.connect(to: target, until: limit, stop: stop)
            } catch {
                if stop.isRaised || deadline.hasPassed { throw established(error) }
                last = error
            }
        }
        throw established(
            last
                ?? Failure(
                    LinuxFault.nameNotResolved, "None of \(addresses.joined(separator: ", ")) is an address.",
                    target: host))
    }

    /// E-16 and E-17: the words people search for.
    private func established(_ failure: Failure) -> Failure {
        let reason =
            if failure.is(LinuxFault.connectionRefused) {
                "No connection could be made because the target machine actively refused it. (0x8007274D)"
            } else if failure.is(LinuxFault.timedOut) {
                "A connection attempt failed because the connected party did not properly respond after a period of time. (0x8007274C)"
            } else {
                failure.message
            }
        return .connectionNotEstablished(with: host, .hostUnreachable, reason: reason, cause: failure)
    }
}
