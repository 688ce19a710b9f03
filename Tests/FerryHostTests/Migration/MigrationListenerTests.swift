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

    private func listener(_ received: Received, port: UInt16) throws -> MigrationListener {
        try MigrationListener(
            port: port,
            receive: { channel in
                if received.takes { received.channels.update { $0.append(channel) } }
                return received.takes
            }, complain: { Issue.record("\($0)") })
    }

    private func preamble(_ migration: MigrationID, number: UInt32 = 0) -> [UInt8] {
        var bytes = Preamble.magic
        bytes += [UInt8(truncatingIfNeeded: WireProtocol.newestVersion), 0]
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        bytes += [TrafficProtection.Mode.encrypted.rawValue, 0]
        for half in [migration.high, migration.low] {
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: half >> (8 * $0)) }
        }
        return bytes + [UInt8](repeating: 7, count: 32)
    }

    @Test func `a connection reaches the move it names`() throws {
        let address = "127.77.1.1"
        let port = try Self.freePort(on: address)
        let received = Received(takes: true)
        let listener = try listener(received, port: port)
        defer { listener.close() }
        try listener.listen(on: [address])
        let socket = try StreamSocket.connect(to: address, port: port, until: .scaled(.seconds(10)))
        let bytes = preamble(MigrationID.make(), number: 3)
        #expect(bytes.count == Preamble.length)
        try socket.writeFully(bytes, until: .scaled(.seconds(10)))
        let channel = received.channels.wait(until: .scaled(.seconds(10))) { $0.first }
        #expect(channel?.number == 3)
    }

    @Test func `strangers are cut off: wrong bytes, unknown moves`() throws {
        let address = "127.77.1.2"
        let port = try Self.freePort(on: address)
        let received = Received(takes: false)
        let listener = try listener(received, port: port)
        defer { listener.close() }
        try listener.listen(on: [address])
        for bytes in [[UInt8]("GET / HTTP/1.1\r\n\r\n".utf8) + [UInt8](repeating: 0x20, count: 64), preamble(.make())] {
            let socket = try StreamSocket.connect(to: address, port: port, until: .scaled(.seconds(10)))
            try socket.writeFully(bytes, until: .scaled(.seconds(10)))
            // The end of the stream, or the reset that follows unread bytes.
            let rest = try? socket.readFully(1, until: .scaled(.seconds(20)))
            #expect(rest == nil)
        }
    }

    @Test func `silent connections do not keep others out for ever, and not more than the limit are held`() throws {
        let address = "127.77.1.3"
        let port = try Self.freePort(on: address)
        let received = Received(takes: true)
        let listener = try listener(received, port: port)
        defer { listener.close() }
        try listener.listen(on: [address])
        var silent: [StreamSocket] = []
        for _ in 0..<MigrationListener.greetingLimit {
            silent.append(try StreamSocket.connect(to: address, port: port, until: .scaled(.seconds(10))))
        }
        // Beyond the limit: closed at once, while the silent ones are still waited for.
        let start = ContinuousClock.now
        #expect(
            try eventually(within: .seconds(5)) {
                let socket = try StreamSocket.connect(to: address, port: port, until: .scaled(.seconds(10)))
                return (try? socket.readFully(1, until: .after(.milliseconds(500)))) == nil
            })
        // When their time is over there is room again.
        let arrived = try eventually(within: Channel.handshakeTimeout + .seconds(20)) {
            let socket = try StreamSocket.connect(to: address, port: port, until: .scaled(.seconds(10)))
            try? socket.writeFully(preamble(.make()), until: .after(.seconds(1)))
            silent.append(socket)
            return received.channels.wait(until: .after(.milliseconds(300))) { $0.first } != nil
        }
        #expect(arrived)
        #expect(ContinuousClock.now - start < Channel.handshakeTimeout + scaled(.seconds(25)))
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
