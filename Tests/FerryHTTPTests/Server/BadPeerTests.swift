import FerryContract
import FerryCore
import FerryHTTP
import Foundation
import Glibc
import Testing

/// What reaches the control port that no client of ours would send. Nobody of them costs the host more than a connection for a
/// bounded time, nothing of it reaches an operation, and whoever speaks properly is served meanwhile.
@Suite struct BadPeerTests {
    private let server: HostIdentity
    private let client: HostIdentity

    init() throws {
        server = try HostIdentity.make(hostName: "NODE1")
        client = try HostIdentity.make(hostName: "NODE2")
    }

    private func connection(_ port: UInt16) -> HTTPHostConnection {
        HTTPHostConnection(
            hostName: "NODE1", address: .tls(address: "127.0.0.1", port: port, fingerprint: server.fingerprint),
            identity: client)
    }

    /// What cannot begin a TLS connection, or begins one and stops.
    private static let greetings: [(String, [UInt8])] = [
        ("noise", (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }),
        ("zeroes", [UInt8](repeating: 0, count: 512)),
        ("SSH", Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)), ("HTTP", Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)),
        ("a migration", Array("FERRYMIG".utf8) + [UInt8](repeating: 1, count: 56)),
        ("a TLS record of 64 KiB", [0x16, 3, 3, 0xff, 0xff] + [UInt8](repeating: 1, count: 70_000)),
        ("an SSL 2 hello", [0x80, 0x2e, 1, 0, 2, 0, 0x15, 0, 0, 0, 0x10]), ("nothing", []),
        ("half a hello", [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 7, 7, 7]), ("a TLS alert", [0x15, 3, 3, 0, 2, 2, 40]),
    ]

    @Test(arguments: greetings)
    func `who cannot greet is cut off, and others are served before, during and after`(
        name: String, bytes: [UInt8]
    ) async throws {
        let host = RecordingHost()
        let limits = HTTPServerLimits(
            body: 1024, connections: 8, headTimeout: .seconds(2), bodyTimeout: .seconds(2))
        let server = server
        try await withServer(.loopback(server), host, limits: limits) { port in
            let stranger = try RawClient.connect(port: port)
            defer { close(stranger) }
            _ = try await RawClient.onThread { RawClient.write(stranger, bytes) }
            _ = try? await connection(port).send(GetHostRequest())
            let rest = try await RawClient.onThread {
                let begin = ContinuousClock.now
                let rest = RawClient.read(stranger)
                #expect(ContinuousClock.now - begin < .seconds(50), "cut off, not given up by the test")
                return rest
            }
            #expect(!rest.contains("HTTP/1.1 2"))
            _ = try? await connection(port).send(GetHostRequest())
        }
        #expect(host.calls.count == 2)
    }

    @Test func `who holds all the connections one address can get leaves the others theirs`() async throws {
        let host = RecordingHost()
        let limits = HTTPServerLimits(
            body: 1024, connections: 16, connectionsPerAddress: 4, headTimeout: .seconds(60), bodyTimeout: .seconds(60))
        let server = server
        try await withServer(.loopback(server), host, limits: limits) { port in
            var strangers: [Int32] = []
            defer { for stranger in strangers { close(stranger) } }
            // Idle ones: they say nothing at all.
            for _ in 1...4 { strangers.append(try RawClient.connect(port: port, from: 9)) }
            let surplus = try RawClient.connect(port: port, from: 9)
            strangers.append(surplus)
            let answer = try await RawClient.onThread {
                let begin = ContinuousClock.now
                let answer = RawClient.read(surplus)
                #expect(ContinuousClock.now - begin < .seconds(50), "cut off, not given up by the test")
                return answer
            }
            #expect(answer.isEmpty)
            _ = try? await connection(port).send(GetHostRequest())
            #expect(host.calls.count == 1)
            // One that goes makes room for one.
            close(strangers.removeFirst())
            let isAdmitted = try await RawClient.onThread {
                for _ in 1...500 {
                    let next = try RawClient.connect(port: port, from: 9)
                    defer { close(next) }
                    var poll = pollfd(fd: next, events: Int16(POLLIN), revents: 0)
                    // SAFETY: one local structure. One that is not admitted ends within moments.
                    if unsafe Glibc.poll(&poll, 1, 200) == 0 { return true }
                }
                return false
            }
            #expect(isAdmitted)
        }
    }

    @Test func `a TLS greeting that trickles is cut off although every byte is activity`() async throws {
        let host = RecordingHost()
        let limits = HTTPServerLimits(
            body: 1024, connections: 8, headTimeout: .milliseconds(500), bodyTimeout: .milliseconds(500))
        let server = server
        try await withServer(.loopback(server), host, limits: limits) { port in
            // A hello of 512 bytes that never ends.
            let start: [UInt8] = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]
            let wasCut = try await Self.isCutOff(port: port, after: start, byByte: 7)
            #expect(wasCut)
        }
        #expect(host.calls.isEmpty)
    }

    @Test func `a head that trickles is cut off although every byte is activity`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/ferryd.sock"
            let host = RecordingHost()
            let limits = HTTPServerLimits(
                body: 1024, head: 1 << 20, connections: 8, headTimeout: .milliseconds(500),
                bodyTimeout: .milliseconds(500))
            try await withServer(.unix(path: path, administratorGroup: nil), host, limits: limits) { _ in
                let wasCut = try await RawClient.onThread {
                    let descriptor = try RawClient.connect(path: path)
                    defer { close(descriptor) }
                    return Self.trickle(
                        descriptor, Array("POST /v1/operations/getHost HTTP/1.1\r\nX: ".utf8), UInt8(ascii: "x"))
                }
                #expect(wasCut)
                _ = try? await local(path).send(GetHostRequest())
            }
            #expect(host.calls.count == 1)
        }
    }

    private static func isCutOff(port: UInt16, after start: [UInt8], byByte byte: UInt8) async throws -> Bool {
        try await RawClient.onThread {
            let descriptor = try RawClient.connect(port: port)
            defer { close(descriptor) }
            return trickle(descriptor, start, byte)
        }
    }

    /// Writes a byte now and then until the peer has had enough of it. False when it never has.
    private static func trickle(_ descriptor: Int32, _ start: [UInt8], _ byte: UInt8) -> Bool {
        guard RawClient.write(descriptor, start) else { return true }
        let begin = ContinuousClock.now
        while ContinuousClock.now - begin < .seconds(50) {
            guard RawClient.write(descriptor, [byte]) else { return true }
            usleep(20_000)
        }
        return false
    }

    /// Requests that are none.
    private static let requests: [String] = [
        "\r\n\r\n\r\n", "GET\r\n\r\n", "GET /v1/operations/getHost HTTP/9.9\r\nHost: x\r\n\r\n",
        "POST /v1/operations/getHost HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n{}",
        "POST /v1/operations/getHost HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "POST /v1/operations/getHost HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
        "POST /v1/operations/getHost HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        "POST /v1/operations/getHost HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}",
        "POST /v1/operations/getHost HTTP/1.1\r\nHo\u{0}st: x\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "CONNECT getHost:443 HTTP/1.1\r\nHost: x\r\n\r\n", "POST /v1/operations/\u{1b}[31m HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /v1/operations/../../etc/passwd HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
    ]

    @Test(arguments: requests)
    func `a request that is none reaches no operation, and the next caller is served`(_ text: String) async throws {
        try await withFolder { folder in
            let path = "\(folder)/ferryd.sock"
            let host = RecordingHost()
            let limits = HTTPServerLimits(
                body: 1024, connections: 8, headTimeout: .seconds(1), bodyTimeout: .seconds(1))
            try await withServer(.unix(path: path, administratorGroup: nil), host, limits: limits) { _ in
                let answer = try await RawClient.onThread {
                    let descriptor = try RawClient.connect(path: path)
                    defer { close(descriptor) }
                    RawClient.write(descriptor, text)
                    shutdown(descriptor, Int32(SHUT_WR))
                    let begin = ContinuousClock.now
                    let answer = RawClient.read(descriptor)
                    #expect(ContinuousClock.now - begin < .seconds(50), "answered or cut off")
                    return answer
                }
                #expect(!answer.contains("HTTP/1.1 2"))
                _ = try? await local(path).send(GetHostRequest())
            }
            #expect(host.calls.count == 1)
        }
    }

    @Test func `a stranger's own certificate lets it knock and shows as a stranger's`() async throws {
        let host = RecordingHost()
        let (server, client) = (server, client)
        try await withServer(.loopback(server), host) { port in
            _ = try? await connection(port).send(MigrationStatusRequest(migration: "m"))
        }
        // Who it is, the responder learns from the key; what it may do is `Standing`'s to say.
        #expect(host.calls.map(\.caller) == [.remote(fingerprint: client.fingerprint, address: "127.0.0.1")])
        for permission in [Permission.read, .administer, .migrate] {
            #expect(throws: Failure.self) { try Standing.stranger.demand(permission, on: "NODE1") }
        }
        try Standing.stranger.demand(.presentToken, on: "NODE1")
    }
}
