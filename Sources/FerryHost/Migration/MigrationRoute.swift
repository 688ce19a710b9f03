import FerryContract
package import FerryCore
package import FerryLinux
import FerryTransfer

/// Connects a source to the target's migration port, over the first network of both hosts that answers.
package final class MigrationRoute: ChannelSupply {
    private let host: String
    private let addresses: [String]
    private let port: UInt16
    private let connectTimeout: Duration
    private let migration: String
    private let faults: PhaseFaultInjector?

    /// - Parameter addresses: the target's, best first, cut to those this host's networks allow.
    /// - Throws: `noCommonNetwork` when none is left.
    init(
        host: String, addresses: [String], port: UInt16, settings: HostSettings, connectTimeout: Duration = .seconds(5),
        migration: String = "", faults: PhaseFaultInjector? = nil
    ) throws(Failure) {
        self.host = host
        self.port = port
        self.connectTimeout = connectTimeout
        self.migration = migration
        self.faults = faults
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
        var last: (failure: Failure, address: String)?
        for address in addresses {
            do throws(Failure) {
                let limit = deadline.sooner(.after(connectTimeout))
                guard let target = try SocketAddress.resolve(address, port: port).first else { continue }
                try faults?.requireLink(to: host, within: limit.remaining ?? connectTimeout)
                let socket = try StreamSocket.connect(to: target, until: limit, stop: stop)
                faults?.opened(socket, of: migration)
                return socket
            } catch {
                last = (error, address)
                if stop.isRaised || deadline.hasPassed { break }
            }
        }
        guard let last else {
            throw .connectionNotEstablished(
                with: host, .hostUnreachable, reason: "none of \(addresses.joined(separator: ", ")) is an address.")
        }
        throw notConnected(last.failure, at: last.address)
    }

    /// E-16 and E-17: the words people search for.
    private func notConnected(_ failure: Failure, at address: String) -> Failure {
        let place = address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
        let cause =
            if failure.is(LinuxFault.connectionRefused) {
                Failure(ConnectionFault.activelyRefused, ConnectionFault.refusedText, target: place)
            } else if failure.is(LinuxFault.timedOut) {
                Failure(ConnectionFault.timedOut, ConnectionFault.timedOutText, target: place)
            } else {
                failure
            }
        return .connectionNotEstablished(
            with: host, .hostUnreachable, reason: cause.message, cause: cause,
            advice:
                "Check that nothing blocks '\(place)' (dataPort in ferryd.json); Enable-VMMigration on '\(host)' opens its listener again."
        )
    }
}
