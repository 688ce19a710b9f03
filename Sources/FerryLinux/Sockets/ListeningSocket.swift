import CLinux
package import FerryCore
import Glibc
import Synchronization

/// A socket that accepts connections.
package final class ListeningSocket: Sendable {
    /// Where it listens; the port the system chose when 0 was asked for.
    package let address: SocketAddress
    private let descriptor: SharedDescriptor
    private let stop: StopSignal

    private init(_ descriptor: consuming Descriptor, _ address: SocketAddress) throws(Failure) {
        self.address = address
        self.descriptor = SharedDescriptor(descriptor)
        stop = try StopSignal()
    }

    /// Listens on an IP address (`host` may be a name; its first address is taken). Port 0 lets the system choose.
    package static func listen(host: String, port: UInt16, backlog: Int32 = 64) throws(Failure) -> ListeningSocket {
        guard let address = try SocketAddress.resolve(host, port: port, forListening: true).first else {
            throw Failure(LinuxFault.nameNotResolved, "\(host) has no address.", target: host)
        }
        return try listen(address, backlog: backlog)
    }

    /// Listens on the path, mode 0600. A socket of that name that nobody listens on any more is replaced; a live one is
    /// `addressInUse`.
    package static func listen(path: String, backlog: Int32 = 64, mode: UInt32 = 0o600) throws(Failure)
        -> ListeningSocket
    {
        let address = try SocketAddress.path(path)
        if let found = try FileIdentity.ifPresent(path, followingLinks: false) {
            guard found.isSocket else {
                throw Failure(LinuxFault.alreadyExists, "Cannot listen on \(path): a file has this name.", target: path)
            }
            do throws(Failure) {
                _ = try StreamSocket.connect(to: address, until: .after(.seconds(1)))
            } catch  where error.is(LinuxFault.connectionRefused) {
                // SAFETY: a zero-terminated copy that outlives the call.
                _ = unsafe unlink(path)
            }
            guard try FileIdentity.ifPresent(path, followingLinks: false) == nil else {
                throw Failure(LinuxFault.addressInUse, "Another process listens on \(path).", target: path)
            }
        }
        let socket = try listen(address, backlog: backlog)
        try Folder.setMode(path, mode)
        return socket
    }

    private static func listen(_ address: SocketAddress, backlog: Int32) throws(Failure) -> ListeningSocket {
        var raw = address.raw
        // SAFETY: here and below: local structures of the type the call reads or fills.
        let number = unsafe ferry_socket_for(&raw)
        guard number >= 0 else { throw Failure(errno: number, "listen on \(address)", target: "\(address)") }
        let descriptor = Descriptor(adopting: number)
        if !address.isPath { _ = ferry_reuse_address(number) }
        var result = unsafe ferry_bind(number, &raw)
        if result == 0 { result = ferry_listen(number, backlog) }
        guard result == 0 else { throw Failure(errno: result, "listen on \(address)", target: "\(address)") }
        guard !address.isPath else { return try ListeningSocket(descriptor, address) }
        var bound = ferry_address()
        _ = unsafe ferry_local_address(number, &bound)
        return try ListeningSocket(descriptor, SocketAddress(raw: bound))
    }

    /// The next connection. nil once the socket was stopped; `timedOut` when `deadline` passes first.
    package func accept(until deadline: Deadline = .never) throws(Failure) -> StreamSocket? {
        while true {
            do throws(Failure) {
                try descriptor.withRaw { (number) throws(Failure) in
                    try Readiness.wait(
                        number, for: Readiness.reading, until: deadline, stop: stop, attempt: "accept on \(address)")
                }
            } catch  where error.is(LinuxFault.cancelled) {
                return nil
            }
            var peer = ferry_address()
            // SAFETY: a local structure of the type the call fills.
            let number = descriptor.withRaw { number in unsafe ferry_accept(number, &peer) }
            switch -number {
            case EAGAIN, EINTR, ECONNABORTED, EPROTO, ENETDOWN, EHOSTUNREACH, ENETUNREACH:
                // The connection went before it was taken; the next one may come.
                continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                throw Failure(errno: number, "accept a connection on \(address)", target: "\(address)")
            default:
                guard number >= 0 else {
                    throw Failure(errno: number, "accept a connection on \(address)", target: "\(address)")
                }
                let name = address.isPath ? "a client of \(address)" : "\(SocketAddress(raw: peer))"
                let socket = StreamSocket(Descriptor(adopting: number), peerName: name)
                // A peer that is gone already is not this socket's failure.
                if !address.isPath, (try? socket.tune()) == nil { continue }
                return socket
            }
        }
    }

    /// Ends `accept` on every thread, now and later.
    package func stopAccepting() { stop.raise() }
}
