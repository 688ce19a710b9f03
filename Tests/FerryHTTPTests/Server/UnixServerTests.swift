import FerryContract
import FerryCore
import FerryHTTP
import Foundation
import Glibc
import Synchronization
import Testing

@Suite struct UnixServerTests {
    @Test func `the kernel says who calls over the socket`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/ferryd.sock"
            let host = RecordingHost()
            try await withServer(.unix(path: path, administratorGroup: nil), host) { _ in
                _ = try? await local(path).send(GetHostRequest())
            }
            #expect(host.calls.map(\.caller) == [.local(userID: geteuid(), groupID: getegid(), processID: getpid())])
        }
    }

    @Test func `the socket is the group's, or root's alone, and is gone at the end`() async throws {
        try await withFolder { folder in
            for (group, mode) in [(nil, mode_t(0o600)), (getegid(), 0o660)] as [(UInt32?, mode_t)] {
                let path = "\(folder)/ferryd.sock"
                let found = try await withServer(.unix(path: path, administratorGroup: group), RecordingHost()) { _ in
                    try mode_t(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int ?? 0)
                }
                #expect(found == mode)
                #expect(!FileManager.default.fileExists(atPath: path))
            }
        }
    }

    @Test func `a stale socket is replaced, a living one and a file are not`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/ferryd.sock"
            let endpoint = HTTPEndpoint.unix(path: path, administratorGroup: nil)
            try makeStaleSocket(path)
            try await withServer(endpoint, RecordingHost()) { _ in
                let second = HTTPServer(
                    endpoint: endpoint, limits: .local, responder: RecordingHost(), logger: quietLogger)
                let failure = await expectFailure(HTTPFault.socketInUse) { () async throws(Failure) in
                    try await second.run { _ in }
                }
                #expect(failure?.message.contains("another ferryd answers there") == true)
                // The living one was not harmed.
                let descriptor = try RawClient.connect(path: path)
                close(descriptor)
            }
            try "text".write(toFile: path, atomically: false, encoding: .utf8)
            let third = HTTPServer(endpoint: endpoint, limits: .local, responder: RecordingHost(), logger: quietLogger)
            let failure = await expectFailure(HTTPFault.socketInUse) { () async throws(Failure) in
                try await third.run { _ in }
            }
            #expect(failure?.message.contains("not a socket") == true)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "text")
        }
    }

    @Test func `a failure crosses with everything it knows`() async throws {
        let cause = Failure(RouteFault.malformedQuery, "Deep inside.", target: "x")
        let original = Failure(
            PermissionFault.accessDenied, "Nothing \"quoted\" is lost,\nnot even größere Zeichen.", target: "web01",
            cause: cause,
            advice: "Do the other thing.")
        try await withFolder { folder in
            let path = "\(folder)/ferryd.sock"
            let host = RecordingHost(answer: { (_, _, _) async throws(Failure) in throw original })
            let arrived = try await withServer(.unix(path: path, administratorGroup: nil), host) { _ in
                await expectFailure(PermissionFault.accessDenied) { () async throws(Failure) in
                    _ = try await local(path).send(GetHostRequest())
                }
            }
            #expect(arrived.map { FailureDocument($0) } == FailureDocument(original))
        }
    }

    @Test func `the status on the wire follows the category and the document is a problem document`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/ferryd.sock"
            let host = RecordingHost(answer: { (_, _, _) async throws(Failure) in
                throw Failure(PermissionFault.accessDenied, "No.")
            })
            let text = try await withServer(.unix(path: path, administratorGroup: nil), host) { _ in
                try await RawClient.onThread {
                    let descriptor = try RawClient.connect(path: path)
                    defer { close(descriptor) }
                    RawClient.write(
                        descriptor, "POST /v1/operations/getHost HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
                    return RawClient.read(descriptor, until: "}")
                }
            }
            #expect(text.hasPrefix("HTTP/1.1 403 "))
            #expect(text.lowercased().contains("content-type: application/problem+json"))
            #expect(text.contains(#""code":"Permission.accessDenied""#))
        }
    }

    @Test func `a body over the limit is refused, announced or not, and the server goes on`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/ferryd.sock"
            let host = RecordingHost()
            let limits = HTTPServerLimits(body: 64 << 10, connections: 8)
            try await withServer(.unix(path: path, administratorGroup: nil), host, limits: limits) { _ in
                let big = String(repeating: "x", count: 1 << 20)
                let failure = await #expect(throws: Failure.self) {
                    _ = try await local(path).send(AddTrustRequest(token: big))
                }
                #expect(
                    failure?.is(HTTPFault.bodyTooLarge) == true, Comment(rawValue: failure?.description ?? ""))
                #expect(failure?.message.contains("65536 bytes") == true)

                let chunked = try await RawClient.onThread {
                    let descriptor = try RawClient.connect(path: path)
                    defer { close(descriptor) }
                    RawClient.write(
                        descriptor,
                        "POST /v1/operations/addTrust HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
                    for _ in 0..<16 {
                        if !RawClient.write(descriptor, "10000\r\n\(String(repeating: "y", count: 65_536))\r\n") {
                            break
                        }
                    }
                    RawClient.write(descriptor, "0\r\n\r\n")
                    return RawClient.read(descriptor)
                }
                #expect(chunked.hasPrefix("HTTP/1.1 413 "))
                #expect(host.calls.isEmpty)
                _ = try? await local(path).send(GetHostRequest())
            }
            #expect(host.calls.count == 1)
        }
    }

    @Test(arguments: [
        "POST /v1/operations/getHost HTTP/1.1\r\nHost: x\r\n",
        "POST /v1/operations/getHost HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{",
        "",
    ])
    func `a client that stops half way is cut off`(start: String) async throws {
        try await withFolder { folder in
            let path = "\(folder)/ferryd.sock"
            let host = RecordingHost()
            let limits = HTTPServerLimits(
                body: 1024, connections: 8, headTimeout: .milliseconds(300), bodyTimeout: .milliseconds(300))
            let rest = try await withServer(.unix(path: path, administratorGroup: nil), host, limits: limits) { _ in
                try await RawClient.onThread {
                    let descriptor = try RawClient.connect(path: path)
                    defer { close(descriptor) }
                    RawClient.write(descriptor, start)
                    // Returns when the server closes; the socket's own limit would fail the expectation below.
                    let begin = ContinuousClock.now
                    let text = RawClient.read(descriptor)
                    #expect(ContinuousClock.now - begin < .seconds(50))
                    return text
                }
            }
            #expect(!rest.contains("200"))
            #expect(host.calls.isEmpty)
        }
    }

    @Test func `a body that trickles is cut off although every byte is activity`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/ferryd.sock"
            let host = RecordingHost()
            let limits = HTTPServerLimits(
                body: 1 << 20, connections: 8, headTimeout: .seconds(30), bodyTimeout: .milliseconds(500))
            try await withServer(.unix(path: path, administratorGroup: nil), host, limits: limits) { _ in
                let wasCut = try await RawClient.onThread {
                    let descriptor = try RawClient.connect(path: path)
                    defer { close(descriptor) }
                    RawClient.write(
                        descriptor, "POST /v1/operations/getHost HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
                    let begin = ContinuousClock.now
                    while ContinuousClock.now - begin < .seconds(50) {
                        if !RawClient.write(descriptor, "x") { return true }
                        usleep(10_000)
                    }
                    return false
                }
                #expect(wasCut)
            }
            #expect(host.calls.isEmpty)
        }
    }

    @Test func `headers beyond the limit are refused`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/ferryd.sock"
            let host = RecordingHost()
            let text = try await withServer(.unix(path: path, administratorGroup: nil), host) { _ in
                try await RawClient.onThread {
                    let descriptor = try RawClient.connect(path: path)
                    defer { close(descriptor) }
                    RawClient.write(
                        descriptor,
                        "GET / HTTP/1.1\r\nX: \(String(repeating: "a", count: 200_000))\r\n\r\n")
                    return RawClient.read(descriptor)
                }
            }
            #expect(!text.contains("HTTP/1.1 2"))
            #expect(host.calls.isEmpty)
        }
    }

    @Test func `an ending host answers long polls with what there is`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/ferryd.sock"
            let report = OperationReport(
                id: "0f8fad5b-d9cb-469f-a165-70867728950e", operation: .moveMachine, target: "web01", state: .running,
                progress: ProgressReport(generation: 7, activity: "Moving", stage: "Copying", percent: 40))
            let (waiting, started) = AsyncStream.makeStream(of: Void.self)
            let host = RecordingHost(watch: { (_, after) async throws(Failure) in
                if after >= 7 {
                    started.yield()
                    // Ends by cancellation only; the limit is the test's safety net.
                    try? await Task.sleep(for: .seconds(120))
                }
                return report
            })
            let server = HTTPServer(
                endpoint: .unix(path: path, administratorGroup: nil), limits: .local, responder: host,
                logger: quietLogger)
            let (ready, opened) = AsyncStream.makeStream(of: Void.self)
            let running = Task { try await server.run { _ in opened.yield() } }
            for await _ in ready { break }
            let poll = Task { try await local(path).operation(report.id, after: 7) }
            for await _ in waiting { break }
            let begin = ContinuousClock.now
            server.finishWaiting()
            #expect(try await poll.value == report)
            #expect(ContinuousClock.now - begin < .seconds(60))
            running.cancel()
            try await running.value
        }
    }

    @Test func `many calls at once are all answered`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/ferryd.sock"
            let host = RecordingHost(answer: { (_, body, _) async throws(Failure) in body })
            try await withServer(.unix(path: path, administratorGroup: nil), host, limits: .local) { _ in
                await withTaskGroup { group in
                    for _ in 0..<200 { group.addTask { _ = try? await local(path).send(GetHostRequest()) } }
                }
            }
            #expect(host.calls.count == 200)
        }
    }

    private func makeStaleSocket(_ path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: Array(path.utf8)) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
        close(descriptor)
    }
}

func local(_ path: String) -> HTTPHostConnection {
    HTTPHostConnection(hostName: "NODE1", address: .socket(path: path))
}
