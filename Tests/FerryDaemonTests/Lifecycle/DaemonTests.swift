import FerryContract
import FerryCore
import FerryDaemon
import FerryHTTP
import FerryHost
import FerryLinux
import FerryTestKit
import Foundation
import Glibc
import Testing

@Suite(.needs(.root)) struct DaemonTests {
    @Test func `an administrator on this computer is answered`() async throws {
        let node = try TestNode("NODE1")
        let report = try await node.run { try await node.local.send(GetHostRequest()) }
        #expect(report.name == "NODE1")
        #expect(!FileManager.default.fileExists(atPath: node.configuration.socket))
    }

    @Test func `a host whose port for other hosts is another program's starts, says so, and listens once it is free`()
        async throws
    {
        let node = try TestNode("NODE1")
        let holder = try HeldPort(node.address, node.port)
        try await node.run {
            let listener = { () async throws -> CapabilityReport in
                try #require(
                    try await node.local.send(GetHostRequest()).capabilities.first { $0.name == "Control port" })
            }
            let closed = try await listener()
            #expect(!closed.isAvailable)
            #expect(closed.detail.contains("\(node.address):\(node.port) (listenAddress, controlPort)"))
            #expect(closed.detail.contains("another program already listens there"))
            let told = try await node.local.send(GetEventsRequest(ids: [1000]))
            #expect(told.count { $0.message.contains("cannot listen on \(node.address):\(node.port)") } == 1)
            // Administrators are served meanwhile.
            #expect(try await node.local.send(GetMachinesRequest()).machines.isEmpty)
            holder.close()
            let limit = ContinuousClock.now + .seconds(60)
            while try await !listener().isAvailable, ContinuousClock.now < limit {
                try await Task.sleep(for: .milliseconds(20))
            }
            let open = try await listener()
            #expect(open.isAvailable && open.detail == "TCP \(node.port)")
            let key = try node.identity.fingerprint
            let stranger = node.remote(fingerprint: key, try HostIdentity.make(hostName: "NODE2"))
            let refusal = await failure { _ = try await stranger.send(GetHostRequest()) }
            #expect(refusal?.is(PermissionFault.accessDenied) == true)
        }
    }

    @Test func `a host with a damaged list of trusted hosts starts, trusts nobody and says why`() async throws {
        let node = try TestNode("NODE1")
        try Folder.create(node.folder.file("state"), mode: 0o711)
        try DurableFile.replace(node.folder.file("state/trust.json"), with: Array("{ \"list\": ".utf8))
        try await node.run {
            let refusal = await failure { _ = try await node.local.send(GetTrustsRequest()) }
            #expect(refusal?.is(HostFault.documentDamaged) == true)
            let told = try await node.local.send(GetEventsRequest(ids: [1000]))
            #expect(told.contains { $0.message.contains("No host is trusted by 'NODE1'") })
        }
    }

    @Test func `two hosts come to trust each other, and what trust opens is the migration calls alone`() async throws {
        let (one, two) = (try TestNode("NODE1"), try TestNode("NODE2"))
        try await one.run {
            try await two.run {
                let token = try await one.local.send(NewTrustTokenRequest(validitySeconds: 600, address: nil))
                let key = try one.identity.fingerprint
                #expect(token.fingerprint == key)

                // Before: whoever shows a key may present a token, and nothing else.
                let stranger = one.remote(fingerprint: key, try two.identity)
                for refusal in [
                    await failure { _ = try await stranger.send(GetHostRequest()) },
                    await failure { _ = try await stranger.send(GetMachinesRequest()) },
                    await failure { _ = try await stranger.send(RemoveTrustRequest(name: "NODE2")) },
                    await failure { _ = try await stranger.send(abandon) },
                    await failure { _ = try await stranger.operation(someID, after: 0) },
                    await failure { try await stranger.cancelOperation(someID) },
                ] {
                    #expect(
                        refusal?.is(PermissionFault.accessDenied) == true, Comment(rawValue: "\(refusal, default: "-")")
                    )
                    #expect(refusal?.message.hasPrefix("You do not have the required permission") == true)
                }

                let added = try await two.local.send(AddTrustRequest(token: token.token))
                #expect(added.name == "NODE1")
                #expect(added.fingerprint == key)
                #expect(try await one.local.send(GetTrustsRequest()).map(\.name) == ["NODE2"])
                #expect(try await two.local.send(GetTrustsRequest()).map(\.name) == ["NODE1"])

                // After: the migration calls reach the migrations' own checks; everything else is closed.
                let trusted = one.remote(fingerprint: key, try two.identity)
                let answered = await failure { _ = try await trusted.send(abandon) }
                #expect(answered?.is(PermissionFault.accessDenied) != true)
                for refusal in [
                    await failure { _ = try await trusted.send(GetHostRequest()) },
                    await failure { _ = try await trusted.send(GetMachinesRequest()) },
                    await failure { _ = try await trusted.send(GetTrustsRequest()) },
                    await failure {
                        _ = try await trusted.send(NewTrustTokenRequest(validitySeconds: 60, address: nil))
                    },
                    await failure {
                        _ = try await trusted.send(StopMachineRequest(machine: "m", turnOff: true, force: true))
                    },
                ] {
                    #expect(refusal?.is(PermissionFault.accessDenied) == true)
                }

                // A second host with a key of its own gets nothing from the first one's trust.
                let other = one.remote(fingerprint: key, try HostIdentity.make(hostName: "NODE2"))
                let denied = await failure { _ = try await other.send(abandon) }
                #expect(denied?.is(PermissionFault.accessDenied) == true)

                // The token is used up.
                let again = await failure { _ = try await two.local.send(AddTrustRequest(token: token.token)) }
                #expect(again?.is(TrustFault.tokenUsed) == true, Comment(rawValue: "\(again, default: "-")"))

                // Removing takes the right away at once, on connections that are open as well.
                _ = try await one.local.send(RemoveTrustRequest(name: "node2"))
                let removed = await failure { _ = try await trusted.send(abandon) }
                #expect(removed?.is(PermissionFault.accessDenied) == true)
            }
        }
    }

    @Test func `a token for a host that is down says so and stays good`() async throws {
        let (one, two) = (try TestNode("NODE1"), try TestNode("NODE2"))
        let token = try await one.run {
            try await one.local.send(NewTrustTokenRequest(validitySeconds: 600, address: nil))
        }
        try await two.run {
            let refusal = await failure { _ = try await two.local.send(AddTrustRequest(token: token.token)) }
            #expect(refusal?.is(ConnectionFault.activelyRefused) == true, Comment(rawValue: "\(refusal, default: "-")"))
            _ = try await one.run { try await two.local.send(AddTrustRequest(token: token.token)) }
            #expect(try await two.local.send(GetTrustsRequest()).map(\.address) == [one.address])
        }
    }

    @Test func `a host keeps its key and its trust over a restart`() async throws {
        let (one, two) = (try TestNode("NODE1"), try TestNode("NODE2"))
        let before = try await one.run {
            try await two.run {
                let token = try await one.local.send(NewTrustTokenRequest(validitySeconds: 600, address: nil))
                _ = try await two.local.send(AddTrustRequest(token: token.token))
                return try await one.local.send(GetTrustsRequest())
            }
        }
        let after = try await one.run { try await one.local.send(GetTrustsRequest()) }
        #expect(before == after)
    }

    @Test func `a token that names this host with another key is told apart from a refused connection`() async throws {
        let (one, two) = (try TestNode("NODE1"), try TestNode("NODE2"))
        let token = try await one.run {
            try await one.local.send(NewTrustTokenRequest(validitySeconds: 600, address: nil))
        }
        // NODE1 is set up anew, at the same address.
        try FileManager.default.removeItem(atPath: one.folder.file("state/\(HostIdentity.fileName)"))
        try await one.run {
            try await two.run {
                let refusal = await failure { _ = try await two.local.send(AddTrustRequest(token: token.token)) }
                #expect(refusal?.is(ConnectionFault.keyMismatch) == true, Comment(rawValue: "\(refusal, default: "-")"))
            }
        }
    }

    @Test func `a second ferryd on the same state folder is refused and harms nothing`() async throws {
        let node = try TestNode("NODE1")
        try await node.run {
            let second = await failure { try await Daemon(node.configuration, logger: quietLogger).run() }
            #expect(second?.is(HostFault.stateFolderInUse) == true)
            _ = try await node.local.send(GetHostRequest())
        }
    }

    @Test func `a socket in use is refused with its key`() async throws {
        let node = try TestNode("NODE1")
        try await node.run {
            let sameSocket = try TestNode("NODE3", options: ["--socket", node.configuration.socket])
            let socket = await failure { try await Daemon(sameSocket.configuration, logger: quietLogger).run() }
            #expect(socket?.is(HTTPFault.socketInUse) == true, Comment(rawValue: "\(socket, default: "-")"))
            _ = try await node.local.send(GetHostRequest())
        }
    }

    @Test func `a socket that a killed ferryd left is replaced`() async throws {
        let node = try TestNode("NODE1")
        let left = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: Array(node.configuration.socket.utf8))
        }
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(left, generic, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        close(left)
        #expect(try await node.run { try await node.local.send(GetHostRequest()) }.name == "NODE1")
    }

    @Test(.needs(.program("setpriv", package: "util-linux"), .program("perl", package: "perl-base")))
    func `the group administers by any of its memberships, others get the permission error`() async throws {
        let node = try TestNode("NODE1", options: ["--administrator-group", "daemon"])
        chmodForAll(node.folder.path, 0o711)
        try await node.run {
            let socket = node.configuration.socket
            // The file keeps others out; a member may connect whichever of its groups it is.
            #expect(try await ask(socket, "--reuid=nobody", "--regid=nogroup", "--clear-groups") == "Permission denied")
            for groups in [["--regid=daemon", "--clear-groups"], ["--regid=nogroup", "--groups=daemon"]] {
                let answer = try await ask(socket, ["--reuid=nobody"] + groups)
                #expect(answer.contains("HTTP/1.1 200"), Comment(rawValue: answer))
                #expect(answer.contains("NODE1"))
            }
            // And who gets in all the same is known by the kernel's word.
            chmodForAll(socket, 0o666)
            let answer = try await ask(socket, "--reuid=nobody", "--regid=nogroup", "--clear-groups")
            #expect(answer.contains("HTTP/1.1 403"), Comment(rawValue: answer))
            #expect(answer.contains("You do not have the required permission to complete this task."))
        }
    }

    @Test func `an operation that is not known is told to an administrator as such`() async throws {
        let node = try TestNode("NODE1")
        let refusal = try await node.run {
            await failure { _ = try await node.local.operation(someID, after: 0) }
        }
        #expect(refusal?.is(HostFault.operationNotFound) == true)
    }

    private func chmodForAll(_ path: String, _ mode: mode_t) { _ = unsafe chmod(path, mode) }

    private func ask(_ socket: String, _ identity: String...) async throws -> String { try await ask(socket, identity) }

    /// Asks for the host over the socket, as another user. What perl says of a refused connection is the answer then.
    private func ask(_ socket: String, _ identity: [String]) async throws -> String {
        let script = """
            use IO::Socket::UNIX;
            my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or do { print "$!"; exit };
            print $s "POST /v1/operations/getHost HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\nContent-Length: 2\\r\\n\\r\\n{}";
            print while <$s>;
            """
        let program = try Program.require("setpriv", package: "util-linux")
        return try await BlockingWork.value("ask") { () throws(Failure) in
            try Command(program, identity + ["perl", "-e", script, socket]).runSuccessfully().outputText
        }
    }

    private var abandon: AbandonMigrationRequest { AbandonMigrationRequest(migration: someID) }
    private var someID: String { "0f8fad5b-d9cb-469f-a165-70867728950e" }
}
