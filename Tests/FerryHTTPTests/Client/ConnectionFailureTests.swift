import FerryContract
import FerryCore
import FerryHTTP
import Foundation
import Glibc
import Testing

@Suite struct ConnectionFailureTests {
    @Test func `without ferryd the socket's path is named`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/none.sock"
            let failure = await expectFailure(ConnectionFault.notRunning) { () async throws(Failure) in
                _ = try await local(path).send(GetHostRequest())
            }
            #expect(failure?.message.contains(" is not running on this computer") == true)
            #expect(failure?.message.contains(path) == true)
            #expect(failure?.advice.contains("systemctl start ferryd") == true)
        }
    }

    @Test func `a host that refuses is told in Hyper-V's words`() async throws {
        let identity = try HostIdentity.make(hostName: "NODE2")
        // A port that was just free: bound once, never listened on.
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, size) == 0 && getsockname(descriptor, generic, &size) == 0
            }
        }
        try #require(bound)
        let connection = HTTPHostConnection(
            hostName: "NODE1",
            address: .tls(
                address: "127.0.0.1", port: UInt16(bigEndian: address.sin_port), fingerprint: identity.fingerprint),
            identity: identity)
        let failure = await expectFailure(ConnectionFault.activelyRefused) { () async throws(Failure) in
            _ = try await connection.send(GetHostRequest())
        }
        #expect(
            failure?.message.contains("No connection could be made because the target machine actively refused it.")
                == true)
        #expect(failure?.message.contains("(0x8007274D)") == true)
        #expect(failure?.message.contains("'NODE1'") == true)
        // The reason alone, for callers that say the rest themselves.
        #expect(failure?.causes.map(\.message) == [ConnectionFault.refusedText])
    }

    @Test func `a host that never answers times out`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/ferryd.sock"
            let host = RecordingHost(answer: { (_, _, _) async throws(Failure) in
                try? await Task.sleep(for: .seconds(120))
                return []
            })
            let failure = try await withServer(.unix(path: path, administratorGroup: nil), host) { _ in
                let connection = HTTPHostConnection(
                    hostName: "NODE1", address: .socket(path: path),
                    patience: ClientPatience(answer: .milliseconds(300)))
                return await expectFailure(ConnectionFault.timedOut) { () async throws(Failure) in
                    _ = try await connection.send(GetHostRequest())
                }
            }
            #expect(failure?.message.contains("(0x8007274C)") == true)
        }
    }

    @Test func `an answer that is not the contract's says so`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/ferryd.sock"
            let host = RecordingHost(answer: { (_, _, _) async throws(Failure) in Array("[1,2".utf8) })
            try await withServer(.unix(path: path, administratorGroup: nil), host) { _ in
                let failure = await expectFailure(RouteFault.malformedAnswer) { () async throws(Failure) in
                    _ = try await local(path).send(GetHostRequest())
                }
                #expect(failure?.message.contains("'NODE1'") == true)
            }
        }
    }

    @Test func `a name that nobody knows is not a refused connection`() async throws {
        let identity = try HostIdentity.make(hostName: "NODE2")
        let connection = HTTPHostConnection(
            hostName: "NODE9",
            address: .tls(address: "node9.invalid", port: 6601, fingerprint: identity.fingerprint), identity: identity)
        let failure = await expectFailure(ConnectionFault.nameNotResolved) { () async throws(Failure) in
            _ = try await connection.send(GetHostRequest())
        }
        #expect(failure?.message.contains("node9.invalid") == true)
    }
}
