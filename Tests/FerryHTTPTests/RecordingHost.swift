import FerryContract
import FerryCore
import FerryHTTP
import Foundation
import Logging
import Synchronization

/// A host that answers from closures and remembers who asked for what.
final class RecordingHost: HostResponder {
    struct Call: Sendable, Hashable {
        var operation: OperationID
        var caller: Caller
        var size: Int
    }

    typealias Answer = @Sendable (OperationID, [UInt8], Caller) async throws(Failure) -> [UInt8]
    typealias Watch = @Sendable (String, UInt64) async throws(Failure) -> OperationReport

    private let recorded = Mutex<[Call]>([])
    private let answer: Answer
    private let watch: Watch

    var calls: [Call] { recorded.withLock { $0 } }

    init(
        answer: @escaping Answer = { (_, _, _) async throws(Failure) in Array("{}".utf8) },
        watch: @escaping Watch = { (id, after) async throws(Failure) in
            throw Failure(RouteFault.malformedIdentifier, "There is no operation \(id) after \(after).")
        }
    ) {
        self.answer = answer
        self.watch = watch
    }

    func perform(_ operation: OperationID, body: [UInt8], caller: Caller) async throws(Failure) -> [UInt8] {
        recorded.withLock { $0.append(Call(operation: operation, caller: caller, size: body.count)) }
        return try await answer(operation, body, caller)
    }

    func operation(_ id: String, after generation: UInt64, caller: Caller) async throws(Failure) -> OperationReport {
        try await watch(id, generation)
    }

    func cancelOperation(_ id: String, caller: Caller) async throws(Failure) {}
}

/// A folder that is gone when the test is.
func withFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "ferry-http-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}

/// Serves while `body` runs; `body` gets the port. The server has ended when this returns.
func withServer<Value: Sendable>(
    _ endpoint: HTTPEndpoint, _ host: RecordingHost, limits: HTTPServerLimits = .remote,
    _ body: @escaping @Sendable (UInt16) async throws -> Value
) async throws -> Value {
    let server = HTTPServer(endpoint: endpoint, limits: limits, responder: host, logger: quietLogger)
    let (ports, opened) = AsyncStream.makeStream(of: UInt16.self)
    return try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask {
            defer { opened.finish() }
            try await server.run { opened.yield($0) }
            return nil
        }
        group.addTask {
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else { return nil }
            return try await body(port)
        }
        defer { group.cancelAll() }
        while let result = try await group.next() {
            if let value = result { return value }
        }
        throw Failure(HTTPFault.listenFailed, "The server ended before the test did.")
    }
}

let quietLogger: Logger = {
    var logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    logger.logLevel = .critical
    return logger
}()

extension HTTPEndpoint {
    static func loopback(_ identity: HostIdentity) -> HTTPEndpoint {
        .tls(address: "127.0.0.1", port: 0, identity: identity)
    }
}

func expectFailure(_ fault: some FaultCode, _ body: () async throws(Failure) -> Void) async -> Failure? {
    do throws(Failure) {
        try await body()
        return nil
    } catch {
        return error.is(fault) ? error : nil
    }
}
