import FerryCore
import FerryLinux
import FerryTestKit
import Glibc
import Synchronization
import Testing

@Suite struct StreamSocketTests {
    @Test(.seeded, arguments: [0, 1, 100, 70_000, 3_000_000])
    func `header and payload arrive whole and in order, whatever their size`(size: Int) throws {
        var generator = SeededGenerator(salt: "socket \(size)")
        let header = generator.bytes(37)
        let payload = generator.bytes(size)
        let (left, right) = try StreamSocket.pair()
        let writer = try WorkerThread("writer") {
            try? left.writeFully(
                header: unsafe header.span.bytes, payload: unsafe payload.span.bytes, until: .scaled(.seconds(30)))
            left.finishWriting()
        }
        #expect(try right.readFully(header.count, until: .scaled(.seconds(30))) == header)
        #expect(try right.readFully(size, until: .scaled(.seconds(30))) == payload)
        var rest = [UInt8](repeating: 0, count: 1)
        var span = rest.mutableSpan
        var bytes = unsafe span.mutableBytes
        #expect(try right.read(into: &bytes, until: .scaled(.seconds(30))) == 0)
        writer.join()
    }

    @Test(arguments: ["127.0.0.1", "::1"])
    func `a connection over TCP carries bytes both ways and knows its ends`(host: String) throws {
        let listener = try ListeningSocket.listen(host: host, port: 0)
        #expect(listener.address.port != 0)
        let client = try StreamSocket.connect(to: listener.address, until: .scaled(.seconds(10)))
        let server = try #require(try listener.accept(until: .scaled(.seconds(10))))
        try client.writeFully([1, 2, 3], until: .scaled(.seconds(10)))
        #expect(try server.readFully(3, until: .scaled(.seconds(10))) == [1, 2, 3])
        try server.writeFully([4], until: .scaled(.seconds(10)))
        #expect(try client.readFully(1, until: .scaled(.seconds(10))) == [4])
        #expect(client.peerName == listener.address.description)
        #expect(server.peerName == client.localAddress?.description)
    }

    @Test func `a read ends at its deadline`() throws {
        let (left, right) = try StreamSocket.pair()
        let failure = #expect(throws: Failure.self) { _ = try right.readFully(1, until: .after(.milliseconds(20))) }
        #expect(failure?.is(LinuxFault.timedOut) == true)
        _ = left
    }

    @Test func `a write that nobody reads ends at its deadline`() throws {
        let (left, right) = try StreamSocket.pair()
        let failure = #expect(throws: Failure.self) {
            try left.writeFully([UInt8](repeating: 0, count: 16 << 20), until: .after(.milliseconds(20)))
        }
        #expect(failure?.is(LinuxFault.timedOut) == true)
        _ = right
    }

    @Test func `a peer that closes early is a lost connection, on both sides`() throws {
        let (left, right) = try StreamSocket.pair()
        try left.writeFully([1], until: .scaled(.seconds(10)))
        left.shutDown()
        let reading = #expect(throws: Failure.self) { _ = try right.readFully(2, until: .scaled(.seconds(10))) }
        #expect(reading?.is(LinuxFault.connectionLost) == true)
        let writing = #expect(throws: Failure.self) { try left.writeFully([1], until: .scaled(.seconds(10))) }
        #expect(writing?.is(LinuxFault.connectionLost) == true)
    }

    @Test func `shutting down wakes a reader that waits without end`() throws {
        let (left, right) = try StreamSocket.pair()
        let isWaiting = Event()
        let reader = try WorkerThread("reader") {
            isWaiting.set()
            _ = try? right.readFully(1, until: .never)
        }
        isWaiting.wait()
        right.shutDown()
        #expect(reader.wait(until: .scaled(.seconds(10))))
        reader.join()
        _ = left
    }

    @Test func `a raised stop ends a wait as cancelled`() throws {
        let (left, right) = try StreamSocket.pair()
        let stop = try StopSignal()
        let outcome = Mutex<Failure?>(nil)
        let reader = try WorkerThread("reader") {
            do throws(Failure) {
                _ = try right.readFully(1, until: .never, stop: stop)
            } catch { outcome.withLock { $0 = error } }
        }
        stop.raise()
        reader.join()
        #expect(outcome.withLock { $0 }?.is(LinuxFault.cancelled) == true)
        _ = left
    }

    @Test func `nobody listening is told apart from everything else`() throws {
        let port: UInt16
        do { port = try ListeningSocket.listen(host: "127.0.0.1", port: 0).address.port }
        let failure = #expect(throws: Failure.self) {
            _ = try StreamSocket.connect(to: "127.0.0.1", port: port, until: .scaled(.seconds(10)))
        }
        #expect(failure?.is(LinuxFault.connectionRefused) == true)
        let unknown = #expect(throws: Failure.self) {
            _ = try StreamSocket.connect(to: "no such host.invalid", port: 1, until: .scaled(.seconds(10)))
        }
        #expect(unknown?.is(LinuxFault.nameNotResolved) == true)
    }

    @Test func `a port in use is refused by name`() throws {
        let first = try ListeningSocket.listen(host: "127.0.0.1", port: 0)
        let failure = #expect(throws: Failure.self) {
            _ = try ListeningSocket.listen(host: "127.0.0.1", port: first.address.port)
        }
        #expect(failure?.is(LinuxFault.addressInUse) == true)
        #expect(failure?.target == first.address.description)
    }

    @Test func `a Unix socket is private, names its client, replaces a dead one and respects a live one`() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("socket")
        do { _ = try ListeningSocket.listen(path: path) }
        let listener = try ListeningSocket.listen(path: path)
        #expect(try FileIdentity.of(path).permissions == 0o600)
        let failure = #expect(throws: Failure.self) { _ = try ListeningSocket.listen(path: path) }
        #expect(failure?.is(LinuxFault.addressInUse) == true)
        // The attempt to find out whether it is live is a connection of its own.
        _ = try listener.accept(until: .scaled(.seconds(10)))
        let client = try StreamSocket.connect(path: path, until: .scaled(.seconds(10)))
        let server = try #require(try listener.accept(until: .scaled(.seconds(10))))
        let peer = try server.peerCredentials()
        #expect(peer.pid == getpid() && peer.user == geteuid() && peer.group == getegid())
        _ = client
    }

    @Test func `a path longer than a socket's is refused with its length`() throws {
        let failure = #expect(throws: Failure.self) {
            _ = try ListeningSocket.listen(path: "/tmp/" + String(repeating: "x", count: 200))
        }
        #expect(failure?.message.contains("205") == true)
    }

    @Test func `stopping ends accept on every thread, and later ones`() throws {
        let listener = try ListeningSocket.listen(host: "127.0.0.1", port: 0)
        let ended = Atomic(0)
        let threads = try (0..<3).map { index in
            try WorkerThread("accept-\(index)") {
                do { if try listener.accept() == nil { ended.add(1, ordering: .relaxed) } } catch {}
            }
        }
        listener.stopAccepting()
        for thread in threads { thread.join() }
        #expect(ended.load(ordering: .relaxed) == 3)
        #expect(try listener.accept() == nil)
    }

    @Test func `a descriptor travels over a Unix socket`() throws {
        // QEMU's monitor is the receiver in the product; here a socket pair and the kernel's copy of the descriptor count.
        let folder = try TemporaryDirectory()
        let file = SharedDescriptor(try Descriptor.open(folder.file("x"), O_RDWR | O_CREAT))
        let (left, right) = try StreamSocket.pair()
        try left.write(Array("hello".utf8), passing: file, until: .scaled(.seconds(10)))
        #expect(try right.readFully(5, until: .scaled(.seconds(10))) == Array("hello".utf8))
    }
}
