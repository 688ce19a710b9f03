package import FerryCore
import FerryLinux
package import FerryTransfer
import Synchronization

/// The migration port: takes connections on the addresses of the migration networks, reads what each begins with, and hands it
/// to the move it names once its first record has verified under that move's key.
///
/// A stranger can cost this host little: at most 64 connections that have not shown a key are kept, half of them from one
/// address, none for longer than two handshakes' limits, and a connection for a move that is not expected here is closed without
/// a word. Who comes when there is no room takes the place of the one that has waited longest, of its own address or of the
/// address that has most: a move's own connection needs its place for as long as a few packets travel, so that those who sit and
/// wait do not keep it out. One that a flood displaces in that time is asked for again.
package final class MigrationListener: Sendable {
    /// Takes a connection over. false: it is not wanted.
    package typealias Taking = @Sendable () -> Bool

    package static let greetingLimit = 64
    /// Who sits on all places it can get leaves as many for the others.
    package static let addressLimit = 32

    private struct Greeting: Sendable {
        let number: UInt64
        let address: String
        let connection: StreamSocket
    }

    private struct State: Sendable {
        var sockets: [String: (socket: ListeningSocket, thread: WorkerThread)] = [:]
        /// Connections that have not shown a key, in the order they came.
        var greetings: [Greeting] = []
        /// Of greetings, those that lost their places and have not noticed yet included.
        var threads = 0
        var number: UInt64 = 0

        /// - Returns: the place, and who has lost it; nil when too many are still leaving.
        mutating func admit(
            _ connection: StreamSocket, from address: String
        ) -> (number: UInt64, displaced: StreamSocket?)? {
            guard threads < 2 * MigrationListener.greetingLimit else { return nil }
            var displaced: StreamSocket?
            let counts = greetings.reduce(into: [String: Int]()) { $0[$1.address, default: 0] += 1 }
            var mayLose: ((Greeting) -> Bool)?
            if counts[address, default: 0] >= MigrationListener.addressLimit {
                mayLose = { $0.address == address }
            } else if greetings.count >= MigrationListener.greetingLimit {
                let most = counts.values.max() ?? 0
                mayLose = { counts[$0.address] == most }
            }
            if let mayLose, let index = greetings.firstIndex(where: mayLose) {
                displaced = greetings.remove(at: index).connection
            }
            number += 1
            threads += 1
            greetings.append(Greeting(number: number, address: address, connection: connection))
            return (number, displaced)
        }

        /// - Returns: false when it has lost its place.
        mutating func dismiss(_ number: UInt64) -> Bool {
            guard let index = greetings.firstIndex(where: { $0.number == number }) else { return false }
            greetings.remove(at: index)
            return true
        }
    }

    private let port: UInt16
    private let greetingTimeout: Duration
    private let state = Mutex(State())
    private let stop: StopSignal
    private let verify: @Sendable (IncomingChannel) -> Taking?
    private let complain: @Sendable (Failure) -> Void

    /// - Parameters:
    ///   - greetingTimeout: for a connection to say what it is for.
    ///   - verify: waits, for a bounded time, until the connection has shown that it is a move's own; nil when it is not.
    ///   - complain: what administrators should know; called from any thread.
    package init(
        port: UInt16, greetingTimeout: Duration = Channel.handshakeTimeout,
        verify: @escaping @Sendable (IncomingChannel) -> Taking?,
        complain: @escaping @Sendable (Failure) -> Void
    ) throws(Failure) {
        self.port = port
        self.greetingTimeout = greetingTimeout
        self.verify = verify
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
        guard let (number, displaced) = state.withLock({ $0.admit(connection, from: address) }) else {
            return connection.shutDown()
        }
        displaced?.shutDown()
        let (stop, verify, limit) = (stop, verify, greetingTimeout)
        let started = try? WorkerThread("migration-greet") { [weak self] in
            defer { self?.state.withLock { $0.threads -= 1 } }
            let channel = try? IncomingChannel.accept(connection, within: limit, stop: stop)
            let take = channel.flatMap(verify)
            // From here on nobody takes its place any more.
            let hasPlace = self?.state.withLock { $0.dismiss(number) } ?? false
            guard hasPlace, let take, take() else { return connection.shutDown() }
        }
        if started == nil {
            state.withLock { state in
                _ = state.dismiss(number)
                state.threads -= 1
            }
            connection.shutDown()
        }
    }
}
