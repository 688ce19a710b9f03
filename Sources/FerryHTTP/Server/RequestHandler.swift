import FerryContract
import FerryCore
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore

/// Turns one HTTP request into one call of the responder and its answer, or its failure, into the response.
struct RequestHandler: Sendable {
    let evidence: CallerEvidence
    let limits: HTTPServerLimits
    let responder: any HostResponder
    let inFlight: RequestsInFlight
    let logger: Logger

    init(
        endpoint: HTTPEndpoint, limits: HTTPServerLimits, responder: any HostResponder, inFlight: RequestsInFlight,
        logger: Logger
    ) {
        evidence = CallerEvidence(endpoint: endpoint)
        self.limits = limits
        self.responder = responder
        self.inFlight = inFlight
        self.logger = logger
    }

    @concurrent
    func respond(to request: Request, on channel: any Channel, _ writer: consuming ResponseWriter) async throws {
        let caller = try await evidence.caller(on: channel)
        var body = request.body.makeAsyncIterator()
        let outcome: Result<[UInt8], Failure>
        do throws(Failure) {
            let route = try Route(method: request.method.rawValue, path: request.head.path ?? "")
            let content: [UInt8] =
                if case .perform = route { try await read(&body, of: request, on: channel) } else { [] }
            outcome = .success(try await answer(route, content, caller))
        } catch {
            outcome = .failure(error)
        }

        switch outcome {
        case .success(let answer):
            try await send(answer, status: .ok, type: "application/json", writer)
        case .failure(let failure):
            logger.debug("refused a request", metadata: ["code": "\(failure.code)", "caller": "\(caller)"])
            // Refused before its body was read: most clients listen only after they have sent everything.
            let mustClose = failure.is(HTTPFault.bodyTooLarge)
            if mustClose { await discard(&body, on: channel) }
            let document = (try? ContractJSON.encode(FailureDocument(failure))) ?? []
            try await send(
                document, status: HTTPResponse.Status(code: failure.category.httpStatus),
                type: "application/problem+json",
                closing: mustClose, writer)
            if mustClose { try await channel.close() }
        }
    }

    private func answer(_ route: Route, _ body: [UInt8], _ caller: Caller) async throws(Failure) -> [UInt8] {
        switch route {
        case .perform(let operation):
            return try await inFlight.run(.call) { [responder] () async throws(Failure) in
                try await responder.perform(operation, body: body, caller: caller)
            }
        case .watch(let id, let generation):
            let report = try await inFlight.run(.wait) { [responder] () async throws(Failure) in
                try await responder.operation(id, after: generation, caller: caller)
            }
            return try ContractJSON.encode(report)
        case .cancel(let id):
            try await responder.cancelOperation(id, caller: caller)
            return try ContractJSON.encode(Acknowledgement())
        }
    }

    /// The whole body, within the limit and the time for it. A peer that sends too slowly is cut off: it gets no answer that it
    /// would take as slowly.
    @concurrent
    private func read(
        _ body: inout RequestBody.AsyncIterator, of request: Request, on channel: any Channel
    ) async throws(Failure) -> [UInt8] {
        let tooLarge = Failure(
            HTTPFault.bodyTooLarge, "The request is larger than the \(limits.body) bytes that this host accepts.")
        let length = request.headers[.contentLength].flatMap { Int($0) }
        if let length, length > limits.body { throw tooLarge }

        let deadline = channel.eventLoop.scheduleTask(in: .milliseconds(Int64(limits.bodyTimeout.milliseconds))) {
            channel.close(promise: nil)
        }
        defer { deadline.cancel() }
        var bytes: [UInt8] = []
        var isTooLarge = false
        do {
            while !isTooLarge, let part = try await body.next() {
                isTooLarge = bytes.count + part.readableBytes > limits.body
                if !isTooLarge { bytes.append(contentsOf: part.readableBytesView) }
            }
        } catch {
            throw Failure(HTTPFault.bodyCutShort, "The connection ended within a request's body.")
        }
        if isTooLarge { throw tooLarge }
        // The body's end and the connection's end look alike above; only the announced length tells them apart.
        if let length, bytes.count != length {
            throw Failure(HTTPFault.bodyCutShort, "The connection ended within a request's body.")
        }
        return bytes
    }

    /// Reads what a refused peer goes on sending, for a bounded time and amount: closing with unread bytes would reset the
    /// connection and take the refusal with it.
    @concurrent
    private func discard(_ body: inout RequestBody.AsyncIterator, on channel: any Channel) async {
        let deadline = channel.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
        defer { deadline.cancel() }
        var rest = 64 << 20
        while rest > 0, let part = try? await body.next() { rest -= part.readableBytes }
    }

    @concurrent
    private func send(
        _ body: [UInt8], status: HTTPResponse.Status, type: String, closing: Bool = false,
        _ writer: consuming ResponseWriter
    ) async throws {
        var fields: HTTPFields = [.contentType: type, .contentLength: "\(body.count)"]
        if closing { fields[.connection] = "close" }
        try await writer.write(
            response: HTTPResponse(status: status, headerFields: fields),
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}
