import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Synchronization
import Testing

struct MigrationListenerTests {
    /// Addresses and port that nobody else uses: the kernel's choice of a port on a loopback address of the test's own.
    private static func freePort(on address: String) throws -> UInt16 {
        let probe = try ListeningSocket.listen(host: address, port: 0)
        defer { probe.stopAccepting() }
        return probe.address.port
    }

    private final class Received: Sendable {
        let channels = Monitor<[IncomingChannel]>([])
        let takes: Bool
        init(takes: Bool) { self.takes = takes }
    }

    private func listener(
        _ received: Received, port: UInt16, greetingTimeout: Duration = Channel.handshakeTimeout
    ) throws -> MigrationListener {
        try MigrationListener(
            port: port, greetingTimeout: greetingTimeout,
            verify: { channel in
                guard received.takes else { return nil }
                return {
                    received.channels.update { $0.append(channel) }
                    return true
                }
            }, complain: { Issue.record("\($0)") })
    }

    @Test func `a connection reaches the move it names`() throws {
        let address = "127.77.1.1"
        let port = try Self.freePort(on: address)
        let received = Received(takes: true)
        let listener = try listener(received, port: port)
        defer { listener.close() }
        try listener.listen(on: [address])
        let socket = try StreamSocket.connect(to: address, port: port, until: .scaled(.seconds(10)))
        let bytes = Preamble.plain(MigrationID.make(), number: 3)
        #expect(bytes.count == Preamble.length)
        try socket.writeFully(bytes, until: .scaled(.seconds(10)))
        let channel = received.channels.wait(until: .scaled(.seconds(10))) { $0.first }
        #expect(channel?.number == 3)
    }

    /// Bytes of the length of a preamble that are none, and one of a move that nobody expects.
    private static let strangers: [(String, [UInt8])] = {
        func filled(_ bytes: [UInt8]) -> [UInt8] { bytes + [UInt8](repeating: 0x20, count: Preamble.length) }
        func changed(_ index: Int, _ value: UInt8) -> [UInt8] {
            var bytes = Preamble.plain(.make())
            bytes[index] = value
            return bytes
        }
        return [
            ("HTTP", filled(Array("GET / HTTP/1.1\r\n\r\n".utf8))),
            ("SSH", filled(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8))),
            ("TLS", filled([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3])), ("zeroes", [UInt8](repeating: 0, count: 4096)),
            ("version 0", changed(8, 0)), ("an unknown protection", changed(14, 9)),
            ("a reserved byte", changed(15, 1)), ("an unknown move", Preamble.plain(.make())),
        ]
    }()

    @Test(arguments: strangers)
    func `a stranger is cut off without a word`(name: String, bytes: [UInt8]) throws {
        let address = "127.77.1.2"
        let port = try Self.freePort(on: address)
        let listener = try listener(Received(takes: false), port: port)
        defer { listener.close() }
        try listener.listen(on: [address])
        let socket = try StreamSocket.connect(to: address, port: port, until: .scaled(.seconds(10)))
        try socket.writeFully(bytes, until: .scaled(.seconds(10)))
        // The end of the stream, or the reset that follows unread bytes.
        #expect((try? socket.readFully(1, until: .scaled(.seconds(20)))) == nil)
    }

    /// Sits on as many places as one address gets.
    private func sit(at address: String, _ port: UInt16) throws -> [StreamSocket] {
        try (0..<MigrationListener.addressLimit).map { _ in
            try StreamSocket.connect(to: address, port: port, until: .scaled(.seconds(10)))
        }
    }

    private func isCutOff(_ socket: StreamSocket, within limit: Duration) -> Bool {
        do throws(Failure) {
            _ = try socket.readFully(1, until: .after(limit))
            return false
        } catch {
            return !error.is(LinuxFault.timedOut)
        }
    }

    @Test func `who sits on the places of an address has them for the greeting's time only`() throws {
        let address = "127.77.1.3"
        let port = try Self.freePort(on: address)
        let received = Received(takes: true)
        let listener = try listener(received, port: port, greetingTimeout: .seconds(3))
        defer { listener.close() }
        try listener.listen(on: [address])
        let silent = try sit(at: address, port)
        // One more takes the place of the one that has waited longest, and is served at once.
        let late = try StreamSocket.connect(to: address, port: port, until: .scaled(.seconds(10)))
        #expect(isCutOff(silent[0], within: scaled(.seconds(2))))
        #expect(!isCutOff(silent[1], within: .milliseconds(100)))
        try late.writeFully(Preamble.plain(.make()), until: .scaled(.seconds(10)))
        #expect(received.channels.wait(until: .scaled(.seconds(10))) { $0.first } != nil)
        for socket in silent { #expect(isCutOff(socket, within: scaled(.seconds(30)))) }
        let socket = try StreamSocket.connect(to: address, port: port, until: .scaled(.seconds(10)))
        try socket.writeFully(Preamble.plain(.make()), until: .scaled(.seconds(10)))
        #expect(received.channels.wait(until: .scaled(.seconds(10))) { $0.count == 2 ? true : nil } != nil)
    }

    @Test func `strangers from many addresses who know a move's name and hang do not keep its own connections out`()
        throws
    {
        let address = "127.77.1.11"
        let port = try Self.freePort(on: address)
        let own = MigrationID.make()
        let received = Received(takes: true)
        // As a session: a connection is the move's own by its first record; one that sends none is waited for.
        let listener = try MigrationListener(
            port: port,
            verify: { channel in
                guard let byte = try? channel.socket.readFully(1, until: .after(Channel.handshakeTimeout)),
                    byte == [1]
                else { return nil }
                return {
                    received.channels.update { $0.append(channel) }
                    return true
                }
            }, complain: { Issue.record("\($0)") })
        defer { listener.close() }
        try listener.listen(on: [address])
        var strangers: [BoundConnection] = []
        for number in 0..<3 * UInt32(MigrationListener.greetingLimit) {
            let stranger = try BoundConnection(from: "127.77.2.\(number % 5 + 1)", to: address, port: port)
            try? stranger.send(Preamble.plain(own, number: number % 8))
            strangers.append(stranger)
            guard number.isMultiple(of: 16) else { continue }
            let socket = try StreamSocket.connect(to: address, port: port, until: .scaled(.seconds(10)))
            try socket.writeFully(Preamble.plain(own, number: number) + [1], until: .scaled(.seconds(10)))
            #expect(
                received.channels.wait(until: .after(scaled(.seconds(5)))) { channels in
                    channels.contains { $0.number == number } ? true : nil
                } == true, "connection \(number), before a stranger's time was over")
        }
        withExtendedLifetime(strangers) {}
    }

    @Test func `while one address sits on all it gets, another one is served`() throws {
        let address = "127.77.1.7"
        let port = try Self.freePort(on: address)
        let received = Received(takes: true)
        let listener = try listener(received, port: port)
        defer { listener.close() }
        try listener.listen(on: [address])
        let silent = try sit(at: address, port)
        let other = try BoundConnection(from: "127.77.1.8", to: address, port: port)
        try other.send(Preamble.plain(.make(), number: 5))
        #expect(received.channels.wait(until: .scaled(.seconds(10))) { $0.first }?.number == 5)
        withExtendedLifetime(silent) {}
    }

    @Test func `a greeting that trickles is cut off although every byte is activity`() throws {
        let address = "127.77.1.9"
        let port = try Self.freePort(on: address)
        let received = Received(takes: true)
        let listener = try listener(received, port: port, greetingTimeout: .milliseconds(400))
        defer { listener.close() }
        try listener.listen(on: [address])
        let socket = try StreamSocket.connect(to: address, port: port, until: .scaled(.seconds(10)))
        var sent = 0
        for byte in Preamble.plain(.make()) {
            guard (try? socket.writeFully([byte], until: .after(.seconds(5)))) != nil else { break }
            sent += 1
            // Its answer would be the end; meanwhile time passes.
            if isCutOff(socket, within: .milliseconds(100)) { break }
        }
        #expect(sent < Preamble.length)
        #expect(received.channels.update { $0.isEmpty })
    }

    @Test func `who hangs up in the middle of a greeting gives its place back at once`() throws {
        let address = "127.77.1.10"
        let port = try Self.freePort(on: address)
        let received = Received(takes: true)
        let listener = try listener(received, port: port)
        defer { listener.close() }
        try listener.listen(on: [address])
        let bytes = Preamble.plain(.make())
        for count in 0..<4 * MigrationListener.addressLimit {
            let socket = try StreamSocket.connect(to: address, port: port, until: .scaled(.seconds(10)))
            try socket.writeFully(Array(bytes[..<(count % Preamble.length)]), until: .scaled(.seconds(10)))
            socket.shutDown()
        }
        let arrived = try eventually(within: .seconds(5)) {
            let socket = try StreamSocket.connect(to: address, port: port, until: .scaled(.seconds(10)))
            try socket.writeFully(bytes, until: .scaled(.seconds(10)))
            return received.channels.wait(until: .after(.milliseconds(300))) { $0.first } != nil
        }
        #expect(arrived, "long before a greeting's time was over")
    }

    @Test func `addresses are opened and closed as the networks say; the listener closes for good`() throws {
        let addresses = ["127.77.1.4", "127.77.1.5"]
        let port = try Self.freePort(on: addresses[0])
        let listener = try listener(Received(takes: true), port: port)
        try listener.listen(on: addresses)
        #expect(listener.addresses == addresses)
        try listener.listen(on: [addresses[1]])
        #expect(listener.addresses == [addresses[1]])
        let refused = #expect(throws: Failure.self) {
            _ = try StreamSocket.connect(to: addresses[0], port: port, until: .scaled(.seconds(10)))
        }
        #expect(refused?.is(LinuxFault.connectionRefused) == true)
        _ = try StreamSocket.connect(to: addresses[1], port: port, until: .scaled(.seconds(10)))
        listener.close()
        #expect(throws: Failure.self) {
            _ = try StreamSocket.connect(to: addresses[1], port: port, until: .scaled(.seconds(10)))
        }
        listener.close()
    }

    @Test func `a port that is taken is named`() throws {
        let address = "127.77.1.6"
        let taken = try ListeningSocket.listen(host: address, port: 0)
        defer { taken.stopAccepting() }
        let listener = try listener(Received(takes: true), port: taken.address.port)
        defer { listener.close() }
        let failure = #expect(throws: Failure.self) { try listener.listen(on: [address]) }
        #expect(failure?.is(MigrationFault.listenerFailed) == true)
        #expect(failure?.message.contains("\(taken.address.port)") == true)
    }
}
