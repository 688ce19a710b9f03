package import FerryCore
import FerryLinux
package import FerryTransfer
import Synchronization

/// The migration port: takes connections on the addresses of the migration networks, reads what each begins with, and
/// hands it
/// to the move it names.
///
/// A stranger can cost this host little: at most 64 connections are being greeted at once, half of them from one address, none
/// for longer than the channel's handshake limit and 64 bytes, and a connection for a move that is not expected here is closed
/// without a word.
package final class MigrationListener: Sendable {
    package static let greetingLimit = 64
    /// Who sits on all places it can get leaves as many for the others.
    package static let addressLimit = 32

    private struct State: Sendable {
        var sockets: [String: (socket: ListeningSocket, thread: WorkerThread)] = [:]
        /// Connections being greeted, by the peer's address.
        var greetings: [String: Int] = [:]

        mutating func admit(_ address: String) -> Bool {
            let all = greetings.values.reduce(0, +)
            guard all < MigrationListener.greetingLimit,
                greetings[address, default: 0] < MigrationListener.addressLimit
            else { return false }
            greetings[address, default: 0] += 1
            return true
        }

        mutating func dismiss(_ address: String) {
            let rest = greetings[address, default: 1] - 1
            greetings[address] = rest == 0 ? nil : rest
        }
    }

    private let port: UInt16
    private let greetingTimeout: Duration
    private let state = Mutex(State())
    private let stop: StopSignal
    private let receive: @Sendable (IncomingChannel) -> Bool
    private let complain: @Sendable (Failure) -> Void

    /// - Parameters:
    ///   - greetingTimeout: for a connection to say what it is for.
    ///   - receive: takes a connection over; false when no move here expects it.
    ///   - complain: what administrators should know; called from any thread.
    package init(
        port: UInt16, greetingTimeout: Duration = Channel.handshakeTimeout,
        receive: @escaping @Sendable (IncomingChannel) -> Bool,
        complain: @escaping @Sendable (Failure) -> Void
    ) throws(Failure) {
        self.port = port
        self.greetingTimeout = greetingTimeout
        self.receive = receive
        self.complain = complain
        stop = try StopSignal()
    }

    package var addresses: [String] { state.withLock { Array($0.sockets.keys).sorted() } }

    /// Listens on exactly these addresses: opens what is missing, closes what is too much. Connections that were
    /// accepted stay.
    /// On failure those that could be opened are open.
    package func listen(on addresses: [String]) throws(Failure) {
        let surplus = state.withLock { state in
            let surplus = state.sockets.filter { !addresses.contains($0.key) }
            for address in surplus.keys { state.sockets.removeValue(forKey: address) }
            return Array(surplus.values)
        }
        for entry in surplus { Self.close(entry) }
        var first: Failure?
        for address in addresses where state.withLock({ $0.sockets[address] == nil }) {
            do throws(Failure) {
                let socket = try ListeningSocket.listen(host: address, port: port)
                let thread = try WorkerThread("migration-port") { [weak self] in
                    while let connection = Self.accept(socket) { self?.greet(connection) }
                }
                state.withLock { $0.sockets[address] = (socket, thread) }
            } catch {
                first =
                    first
                    ?? Failure(
                        MigrationFault.listenerFailed,
                        "The listener for Virtual Machine migration connections could not be opened on \(address), port \(port).",
                        target: address, cause: error)
            }
        }
        if let first { throw first }
    }

    /// Ends listening and every greeting under way, and returns once no thread of the listener runs any more.
    package func close() {
        stop.raise()
        let sockets = state.withLock { state in
            defer { state.sockets = [:] }
            return Array(state.sockets.values)
        }
        for entry in sockets { Self.close(entry) }
    }

    private static func close(_ entry: (socket: ListeningSocket, thread: WorkerThread)) {
        entry.socket.stopAccepting()
        entry.thread.join()
    }

    /// nil once the socket was stopped.
    private static func accept(_ socket: ListeningSocket) -> StreamSocket? {
        while true {
            do throws(Failure) {
                return try socket.accept()
            } catch {
                // Out of descriptors: those that are being greeted end within seconds.
                pauseBriefly()
            }
        }
    }

    private func greet(_ connection: StreamSocket) {
        // Without the port, which is another one for each connection.
        let address = connection.peerName.lastIndex(of: ":").map { String(connection.peerName[..<$0]) } ?? ""
        guard state.withLock({ $0.admit(address) }) else { return connection.shutDown() }
        let (stop, receive, limit) = (stop, receive, greetingTimeout)
        let started = try? WorkerThread("migration-greet") { [weak self] in
            defer { self?.state.withLock { $0.dismiss(address) } }
            guard let channel = try? IncomingChannel.accept(connection, within: limit, stop: stop), receive(channel)
            else { return connection.shutDown() }
        }
        if started == nil {
            state.withLock { $0.dismiss(address) }
            connection.shutDown()
        }
    }
}
