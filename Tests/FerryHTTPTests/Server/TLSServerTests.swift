import FerryContract
import FerryCore
import FerryHTTP
import Foundation
import Testing

@Suite struct TLSServerTests {
    @Test func `both sides know each other by their keys`() async throws {
        let server = try HostIdentity.make(hostName: "NODE1")
        let client = try HostIdentity.make(hostName: "NODE2")
        let host = RecordingHost()
        try await withServer(.loopback(server), host) { port in
            let connection = HTTPHostConnection(
                hostName: "NODE1",
                address: .tls(address: "127.0.0.1", port: port, fingerprint: server.fingerprint), identity: client)
            for _ in 1...3 { try? await connection.cancelOperation("0f8fad5b-d9cb-469f-a165-70867728950e") }
            _ = try? await connection.send(MigrationStatusRequest(migration: "m"))
        }
        let call = try #require(host.calls.first)
        #expect(call.operation == .migrationStatus)
        #expect(call.caller == .remote(fingerprint: client.fingerprint, address: "127.0.0.1"))
    }

    @Test func `a host with another key than the pinned one gets no request`() async throws {
        let server = try HostIdentity.make(hostName: "NODE1")
        let client = try HostIdentity.make(hostName: "NODE2")
        let pinned = try HostIdentity.make(hostName: "NODE1").fingerprint
        let host = RecordingHost()
        let failure = try await withServer(.loopback(server), host) { port in
            let connection = HTTPHostConnection(
                hostName: "NODE1", address: .tls(address: "127.0.0.1", port: port, fingerprint: pinned),
                identity: client)
            return await expectFailure(ConnectionFault.keyMismatch) { () async throws(Failure) in
                _ = try await connection.send(GetHostRequest())
            }
        }
        #expect(failure?.message.contains(pinned) == true)
        #expect(failure?.message.contains(server.fingerprint) == true)
        #expect(failure?.advice.contains("Remove-VMHostTrust") == true)
        #expect(host.calls.isEmpty)
    }

    @Test func `a remembered certificate is not accepted for another fingerprint or after the host changed its key`()
        async throws
    {
        let client = try HostIdentity.make(hostName: "NODE2")
        let first = try HostIdentity.make(hostName: "NODE1")
        let second = try HostIdentity.make(hostName: "NODE1")
        let host = RecordingHost()
        let port = try await withServer(.loopback(first), host) { port in
            let connection = HTTPHostConnection(
                hostName: "NODE1", address: .tls(address: "127.0.0.1", port: port, fingerprint: first.fingerprint),
                identity: client)
            _ = try? await connection.send(GetHostRequest())
            return port
        }
        #expect(host.calls.count == 1)
        let other = RecordingHost()
        let endpoint = HTTPEndpoint.tls(address: "127.0.0.1", port: port, identity: second)
        try await withServer(endpoint, other) { port in
            let connection = HTTPHostConnection(
                hostName: "NODE1", address: .tls(address: "127.0.0.1", port: port, fingerprint: first.fingerprint),
                identity: client)
            for _ in 1...2 {
                _ = await expectFailure(ConnectionFault.keyMismatch) { () async throws(Failure) in
                    _ = try await connection.send(GetHostRequest())
                }
            }
        }
        #expect(other.calls.isEmpty)
    }

    @Test func `a client without a certificate is refused in the handshake`() async throws {
        let server = try HostIdentity.make(hostName: "NODE1")
        let host = RecordingHost()
        let failure = try await withServer(.loopback(server), host) { port in
            let connection = HTTPHostConnection(
                hostName: "NODE1", address: .tls(address: "127.0.0.1", port: port, fingerprint: server.fingerprint))
            do {
                _ = try await connection.send(GetHostRequest())
                return nil as Failure?
            } catch { return error as? Failure }
        }
        #expect(
            failure?.is(ConnectionFault.keyRefused) == true, Comment(rawValue: failure?.description ?? "no failure"))
        #expect(host.calls.isEmpty)
    }

    @Test func `TLS 1.2 is refused, 1.3 is spoken`() async throws {
        try await withFolder { folder in
            let server = try HostIdentity.make(hostName: "NODE1")
            _ = try HostIdentity.open(folder: folder, hostName: "NODE2")
            let key = "\(folder)/\(HostIdentity.fileName)"
            try await withServer(.loopback(server), RecordingHost()) { port in
                let old = await openssl(port, key, "-tls1_2")
                #expect(!old.contains("Cipher is TLS"))
                #expect(old.contains("Cipher is (NONE)") || old.contains("alert"), Comment(rawValue: old))
                let new = await openssl(port, key, "-tls1_3")
                #expect(new.contains("TLSv1.3"), Comment(rawValue: new))
            }
        }
    }

    @Test func `plain HTTP on the TLS port is cut off and the server goes on`() async throws {
        let server = try HostIdentity.make(hostName: "NODE1")
        let client = try HostIdentity.make(hostName: "NODE2")
        let host = RecordingHost()
        try await withServer(.loopback(server), host) { port in
            let answer = try await RawClient.exchange(port: port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(!answer.contains("HTTP/1.1 200"))
            let connection = HTTPHostConnection(
                hostName: "NODE1", address: .tls(address: "127.0.0.1", port: port, fingerprint: server.fingerprint),
                identity: client)
            _ = try? await connection.send(GetHostRequest())
        }
        #expect(host.calls.count == 1)
    }

    @Test func `a port in use is refused with the key that sets it`() async throws {
        let identity = try HostIdentity.make(hostName: "NODE1")
        try await withServer(.loopback(identity), RecordingHost()) { port in
            let second = HTTPServer(
                endpoint: .tls(address: "127.0.0.1", port: port, identity: identity), limits: .remote,
                responder: RecordingHost(), logger: quietLogger)
            let failure = await expectFailure(HTTPFault.addressInUse) { () async throws(Failure) in
                try await second.run { _ in }
            }
            #expect(failure?.message.contains("127.0.0.1:\(port) (listenAddress, controlPort)") == true)
        }
        let nowhere = HTTPServer(
            endpoint: .tls(address: "203.0.113.7", port: 0, identity: identity), limits: .remote,
            responder: RecordingHost(),
            logger: quietLogger)
        let failure = await expectFailure(HTTPFault.listenFailed) { () async throws(Failure) in
            try await nowhere.run { _ in }
        }
        #expect(failure?.message.contains("none of this computer's") == true)
    }

    private func openssl(_ port: UInt16, _ key: String, _ version: String) async -> String {
        await withCheckedContinuation { continuation in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = [
                "-c",
                "exec openssl s_client -connect 127.0.0.1:\(port) \(version) -cert \(key) -key \(key) </dev/null 2>&1",
            ]
            let output = Pipe()
            process.standardOutput = output
            process.terminationHandler = { _ in
                let data = (try? output.fileHandleForReading.readToEnd()) ?? Data()
                continuation.resume(returning: String(decoding: data, as: UTF8.self))
            }
            do { try process.run() } catch { continuation.resume(returning: "\(error)") }
        }
    }
}
