package import FerryCore
package import FerryEngine
import FerryLinux

/// A session that a client drives through a channel: `ferry -sshs`, as sshd's subsystem starts it.
///
/// ```
///   channel's thread:   lines ─▶ fragments ─▶ messages ─▶ requests ─┐
///   session's thread:   one runspace, one pipeline after another ◀──┘ ─▶ records, states, host calls
/// ```
///
/// The end of the input is a client that has gone: `run` returns and the process ends, and nothing is stopped first. What
/// commands have asked of a host goes on there.
package final class RemotingServer: Sendable {
    /// Pipelines that exist at once; a client opens one at a time.
    private static let pipelineLimit = 64
    private static let inputLimit = 1_000_000
    /// How long a session that is closed may take to let its pipeline go.
    private static let closingTime = Duration.seconds(5)

    private struct State {
        var current: GUID?
        var waiting: [PipelineRequest] = []
        var isOpen = false
        var isClosed = false
        var isDone = false
        /// Of input that waits.
        var inputBytes: Int { waiting.reduce(0) { $0 + $1.inputBytes } }
    }

    private let channel: LineChannel
    private let link: ServerLink
    private let interrupt = Interrupt()
    private let state = Monitor(State())
    private let inputByteLimit: Int
    private let prepare: @Sendable (Runspace) -> Void

    /// - Parameters:
    ///   - inputByteLimit: of the session's input that no pipeline has begun to use.
    ///   - prepare: gives a new runspace its commands and services.
    package init(
        _ channel: LineChannel, inputByteLimit: Int = LineChannel.backlogByteLimit,
        prepare: @escaping @Sendable (Runspace) -> Void
    ) {
        self.channel = channel
        self.inputByteLimit = inputByteLimit
        self.prepare = prepare
        link = ServerLink(channel)
    }

    /// What the channel's thread remembers of a peer.
    private struct Peer {
        var parts = Defragmenters()
        /// Of the pipelines that are open, those it has said the commands of.
        var created: Set<GUID> = []
        /// Pipelines whose input is still coming.
        var unfinished: [GUID: PipelineRequest] = [:]
        /// Of that input.
        var inputBytes: Int { unfinished.values.reduce(0) { $0 + $1.inputBytes } }
        var hasNegotiated = false
        var isOpen = false
    }

    /// Serves until the client closes the session or goes away.
    ///
    /// - Throws: what the client did wrong; the session cannot go on then.
    package func run() throws(Failure) {
        _ = try WorkerThread("remote-session", stackBytes: Runspace.stackBytes) { [self] in work() }
        var peer = Peer()
        defer {
            link.close()
            state.update { $0.isClosed = true }
        }
        try channel.read { element throws(Failure) in try take(element, &peer) }
    }

    // MARK: The channel's thread

    private func take(_ element: TransportElement, _ peer: inout Peer) throws(Failure) -> Bool {
        let id = element.id
        switch element.kind {
        case .command:
            guard peer.parts.count < Self.pipelineLimit, !peer.parts.isOpen(id), id != .empty else {
                throw unexpected("a pipeline that exists, or one too many")
            }
            peer.parts.open(id)
            try channel.send(TransportElement(.commandAck, id))
        case .data:
            try channel.send(TransportElement(.dataAck, id))
            for bytes in try peer.parts.add(element.payload, of: id) { try take(RemotingMessage(bytes: bytes), &peer) }
        case .signal:
            guard id != .empty else { throw unexpected("a Signal to a session") }
            stop(id, &peer)
            try channel.send(TransportElement(.signalAck, id))
        case .close:
            if id == .empty {
                let hasStopped = close()
                try channel.send(TransportElement(.closeAck, id))
                guard hasStopped else { throw Self.unstoppable }
                return false
            }
            stop(id, &peer)
            peer.parts.close(id)
            peer.created.remove(id)
            try channel.send(TransportElement(.closeAck, id))
        case .dataAck, .commandAck, .closeAck, .signalAck: throw unexpected("a \(element.kind.rawValue) element")
        }
        return true
    }

    private func unexpected(_ what: String) -> Failure {
        Failure(RemotingFault.unexpectedMessage, "The client sent \(what), which is not its turn to send.")
    }

    private func take(_ message: RemotingMessage, _ peer: inout Peer) throws(Failure) {
        guard message.destination == .server else { throw unexpected("a message that is for a client") }
        switch message.tag {
        case .sessionCapability:
            try MessageBody.checkCapability(message.body, of: "client")
            peer.hasNegotiated = true
            link.setPool(message.pool)
            link.send(.sessionCapability, MessageBody.capability)
        case .initRunspacePool:
            guard peer.hasNegotiated, !peer.isOpen else { throw unexpected("INIT_RUNSPACEPOOL") }
            peer.isOpen = true
            state.update { $0.isOpen = true }
        case .createPipeline:
            guard peer.isOpen, peer.parts.isOpen(message.pipeline), peer.created.insert(message.pipeline).inserted
            else { throw unexpected("CREATE_PIPELINE") }
            let request = try PipelineRequest(message.pipeline, body: message.body)
            if request.expectsInput { peer.unfinished[request.id] = request } else { submit(request) }
        case .pipelineInput:
            guard let count = peer.unfinished[message.pipeline]?.input.count else { return }
            guard count < Self.inputLimit else {
                throw Failure(RemotingFault.tooLarge, "A pipeline got more than \(Self.inputLimit) objects of input.")
            }
            guard peer.inputBytes + state.read({ $0.inputBytes }) + message.body.count <= inputByteLimit else {
                throw Failure(
                    RemotingFault.tooLarge,
                    "The session's pipelines got more than \(inputByteLimit) bytes of input that none has used yet.")
            }
            let value = Parcel(try CLIXMLReader.value(message.body))
            peer.unfinished[message.pipeline]?.input.append(value)
            peer.unfinished[message.pipeline]?.inputBytes += message.body.count
        case .endOfPipelineInput:
            if let request = peer.unfinished.removeValue(forKey: message.pipeline) { submit(request) }
        case .pipelineHostResponse, .runspacePoolHostResponse: try link.deliver(message.body)
        case .setMaxRunspaces, .setMinRunspaces, .getAvailableRunspaces, .resetRunspaceState:
            try answerAvailability(message)
        case .publicKey: return
        default: throw unexpected("\(message.tag)")
        }
    }

    /// There is one runspace, whatever the client would like.
    private func answerAvailability(_ message: RemotingMessage) throws(Failure) {
        let value = try CLIXMLReader.value(message.body)
        let call = MessageBody.property("ci", of: value) ?? .long(0)
        let answer: Value = message.tag == .getAvailableRunspaces ? .long(1) : .bool(true)
        link.send(
            .runspaceAvailability,
            CLIXMLWriter.message([("SetMinMaxRunspacesResponse", answer), ("ci", call)]))
    }

    private func submit(_ request: PipelineRequest) { state.update { $0.waiting.append(request) } }

    private func stop(_ id: GUID, _ peer: inout Peer) {
        let wasUnfinished = peer.unfinished.removeValue(forKey: id) != nil
        let wasWaiting = state.update { state in
            let waits = state.waiting.contains { $0.id == id }
            state.waiting.removeAll { $0.id == id }
            // Under the lock: once it is let go of, the next pipeline may have begun, and would be the one that stops.
            if state.current == id { interrupt.raise() }
            return waits
        }
        if wasWaiting || wasUnfinished { link.sendState(of: id, 3, Self.stopped) }
    }

    /// The client ends the session on purpose: what runs is stopped.
    ///
    /// - Returns: false when it has not ended in time.
    private func close() -> Bool {
        state.update { state in
            state.isClosed = true
            state.waiting = []
            interrupt.raise()
        }
        link.close()
        return state.wait(until: .after(Self.closingTime)) { $0.isDone ? true : nil } ?? false
    }

    private static var unstoppable: Failure {
        Failure(
            RemotingFault.timedOut,
            "The pipeline that ran when the session was closed did not stop within \(closingTime).",
            advice: "See on the host what its script has left behind.")
    }

    private static var stopped: ErrorRecord {
        ErrorRecord(
            ExceptionObject("System.Management.Automation.PipelineStoppedException", "The pipeline has been stopped."),
            errorID: "PipelineStopped", category: .operationStopped)
    }

    // MARK: The session's thread

    private func work() {
        defer { state.update { $0.isDone = true } }
        guard state.wait(until: .never, { $0.isOpen ? true : $0.isClosed ? false : nil }) == true else { return }
        let runspace = Runspace(host: ServerHost(link, interrupt), interrupt: interrupt)
        defer { runspace.close() }
        prepare(runspace)
        link.send(
            .applicationPrivateData,
            CLIXMLWriter.message([
                (
                    "ApplicationPrivateData",
                    .table(
                        TableObject([
                            ("PSVersionTable", .table(TableObject([("PSVersion", .version(VersionNumber(7, 5, 0)))])))
                        ]))
                )
            ]))
        link.send(.runspacePoolState, CLIXMLWriter.message([("RunspaceState", .int(2))]))
        while let request = next() {
            run(request, runspace)
            state.update { $0.current = nil }
        }
    }

    private func next() -> PipelineRequest? {
        let request: PipelineRequest?? = state.wait { state -> PipelineRequest?? in
            if state.isClosed { return .some(nil) }
            guard !state.waiting.isEmpty else { return nil }
            let request = state.waiting.removeFirst()
            state.current = request.id
            // Under the lock: a signal for this pipeline comes before or after, and raises it only after.
            interrupt.clear()
            return request
        }
        return request ?? nil
    }

    private func run(_ request: PipelineRequest, _ runspace: Runspace) {
        link.setPipeline(request.id)
        defer { link.setPipeline(.empty) }
        link.sendState(of: request.id, 1)
        runspace.usingValues = request.using.mapValues { $0.open() }
        let streams = JobHost.streams { [link] in link.send($0) }
        do throws(Stop) {
            var parts: [PipelinePart] = []
            for part in request.parts {
                let arguments = part.arguments.map { argument in
                    guard let name = argument.name else { return Argument(value: argument.value.open()) }
                    return Argument(.parameter(name.trimmed(of: "-:"), argument.value.open()))
                }
                parts.append(
                    part.isScript
                        ? .script(try runspace.makeScriptBlock(part.text), arguments)
                        : .command(part.text, arguments))
            }
            try runspace.run(
                parts, input: request.input.map { $0.open() }, streams: streams,
                output: ClosureSink { [link] value throws(Stop) in
                    try runspace.interrupt.check()
                    link.output(value, runspace)
                })
            finish(request.id, interrupt.isRaised ? .interrupted : nil, runspace)
        } catch {
            finish(request.id, error.cause, runspace)
        }
    }

    private func finish(_ id: GUID, _ stop: Stop?, _ runspace: Runspace) {
        switch stop {
        case .interrupted?: link.sendState(of: id, 3, Self.stopped)
        case .error(let record)?:
            runspace.record(record)
            link.sendState(of: id, 5, record)
        case .exiting(let code)?:
            link.call(.setShouldExit, [.int(code)])
            link.sendState(of: id, 4)
        default: link.sendState(of: id, 4)
        }
    }
}
