package import FerryCore
package import FerryEngine
package import FerryLinux

/// A session on another host, driven from here through an `ssh` child: a `PSSession`.
///
/// ```
///   run (any one thread) ─▶ messages ─▶ ssh ─▶ the host's sshd ─▶ ferry -sshs
///            ▲                                                        │
///        [inbox] ◀─ reader's thread ◀─ lines ◀────────────────────────┘
/// ```
package final class RemoteSession: Sendable {
    package enum Phase: Sendable {
        case opening, opened, closed
        /// For good, with the reason.
        case broken(Failure)
    }

    /// Messages of a pipeline nobody has taken, and their bytes; the channel waits beyond, and so does the other side.
    private static let inboxLimit = 10_000
    private static let inboxByteLimit = LineChannel.backlogByteLimit
    private static let errorTextLimit = 8_192
    private static let closingTime = Duration.seconds(5)

    private struct State {
        var phase = Phase.opening
        var pipeline: GUID?
        var inbox: [RemotingMessage] = []
        var inboxBytes = 0
        var errorText: [UInt8] = []
        var hasNegotiated = false
    }

    package let target: RemoteTarget
    /// `RunspaceId` here and there.
    package let id = GUID()
    let channel: LineChannel
    private let process: ProcessHandle
    private let state = Monitor(State())
    private let errorEnded = Event()
    private let inputEnded = Event()
    let asking = Monitor(Asking())

    package var phase: Phase { state.read { $0.phase } }
    package var isBusy: Bool { state.read { $0.pipeline != nil } }

    // MARK: Opening

    /// Starts ssh and negotiates. Returns once the session can be used.
    ///
    /// - Throws: `transportFailed` with ssh's own words, `timedOut`, `versionMismatch`; `channelClosed` after `interrupt`.
    package static func open(_ target: RemoteTarget, _ interrupt: Interrupt) throws(Failure) -> RemoteSession {
        var ssh = Program(try Program.require("ssh", package: "openssh-client"), target.arguments)
        ssh.environment = Dictionary(
            Environment.all.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        return try open(target, through: ssh, interrupt)
    }

    /// - Parameter program: carries the lines to the host and back.
    package static func open(_ target: RemoteTarget, through program: Program, _ interrupt: Interrupt) throws(Failure)
        -> RemoteSession
    {
        var program = program
        let (input, output, error) = (try Pipe(), try Pipe(), try Pipe())
        program.input = .descriptor(input.takeReading())
        program.output = .descriptor(output.takeWriting())
        program.error = .descriptor(error.takeWriting())
        let session = RemoteSession(
            target, LineChannel(input: output.takeReading(), output: input.takeWriting()), try program.start())
        // Our copies of ssh's ends, or its end would never be seen.
        program.input = .null
        program.output = .null
        program.error = .null
        do throws(Failure) {
            try session.start(errors: error.takeReading())
            try session.negotiate(interrupt)
            return session
        } catch {
            session.abandon()
            throw error
        }
    }

    private init(_ target: RemoteTarget, _ channel: LineChannel, _ process: ProcessHandle) {
        self.target = target
        self.channel = channel
        self.process = process
    }

    private func start(errors: SharedDescriptor) throws(Failure) {
        _ = try WorkerThread("ssh-errors") { [self] in
            collect(errors)
            errorEnded.set()
        }
        _ = try WorkerThread("ssh-lines") { [self] in
            read()
            inputEnded.set()
        }
    }

    private func negotiate(_ interrupt: Interrupt) throws(Failure) {
        do throws(Failure) {
            try channel.send(RemotingMessage(.server, .sessionCapability, pool: id, body: MessageBody.capability))
            try channel.send(RemotingMessage(.server, .initRunspacePool, pool: id, body: Self.opening))
        } catch {
            // ssh has ended; the reader's thread knows why.
        }
        let deadline = Deadline.after(target.timeout)
        let phase: Phase?
        do throws(Stop) {
            phase = try interrupt.withHandler({ [state] in state.update { _ in } }) {
                state.wait(until: deadline) { state -> Phase? in
                    if case .opening = state.phase { return interrupt.isRaised ? .closed : nil }
                    return state.phase
                }
            }
        } catch { phase = .closed }
        switch phase {
        case .opened?: return
        case .broken(let failure)?: throw failure
        case .closed?, .opening?:
            throw Failure(RemotingFault.channelClosed, "Opening the remote session was stopped.", target: target.host)
        case nil:
            throw Failure(
                RemotingFault.timedOut,
                "The SSH client session has ended with error message: the session was not open after \(target.timeout).",
                target: target.host)
        }
    }

    private static var opening: String {
        CLIXMLWriter.message([
            ("MinRunspaces", .int(1)), ("MaxRunspaces", .int(1)),
            (
                "PSThreadOptions",
                .symbol(EnumType("System.Management.Automation.Runspaces.PSThreadOptions", [("Default", 0)]).value(0))
            ),
            (
                "ApartmentState",
                .symbol(EnumType("System.Management.Automation.Runspaces.ApartmentState", [("UNKNOWN", 2)]).value(2))
            ),
            ("HostInfo", PipelineRequest.hostInfo(hasHost: true)), ("ApplicationArguments", .null),
        ])
    }

    // MARK: Closing

    /// Ends the session on both sides; what runs in it is stopped. Idempotent.
    package func close() {
        asking.read { $0.interrupt }?.raise()
        let wasOpen = state.update { state in
            guard case .opened = state.phase else { return false }
            state.phase = .closed
            return true
        }
        if wasOpen {
            do throws(Failure) { try channel.send(TransportElement(.close, .empty)) } catch {}
            inputEnded.wait(until: .after(Self.closingTime))
        }
        abandon()
        // A question for completions has a thread of its own, which must not outlive what it asks.
        _ = asking.wait(until: .after(Self.closingTime)) { $0.interrupt == nil ? true : nil }
    }

    /// Ends ssh, whatever the other side says.
    private func abandon() {
        state.update { state in
            switch state.phase {
            case .opening, .opened: state.phase = .closed
            case .closed, .broken: break
            }
        }
        // A child that is gone already is what this wants.
        _ = try? process.terminate(grace: .seconds(2))
    }

    func fail(_ failure: Failure) {
        state.update { state in
            switch state.phase {
            case .opening, .opened: state.phase = .broken(failure)
            case .closed, .broken: break
            }
        }
        _ = try? process.terminate(grace: .seconds(2))
    }

    // MARK: Reader's threads

    private func collect(_ errors: SharedDescriptor) {
        while let bytes = try? errors.readSome(4_096, name: "ssh's messages"), !bytes.isEmpty {
            state.update { state in
                state.errorText += bytes
                if state.errorText.count > Self.errorTextLimit {
                    state.errorText.removeFirst(state.errorText.count - Self.errorTextLimit)
                }
            }
        }
    }

    private func read() {
        var parts = Defragmenters()
        do throws(Failure) {
            try channel.read { element throws(Failure) in
                switch element.kind {
                case .data:
                    if element.id != .empty, !parts.isOpen(element.id) {
                        // Only what runs is listened to: nobody would take the rest, nor bound what is kept of it.
                        guard state.read({ $0.pipeline == element.id }) else { return true }
                        parts.closeAll()
                        parts.open(element.id)
                    }
                    for bytes in try parts.add(element.payload, of: element.id) {
                        try take(RemotingMessage(bytes: bytes))
                    }
                case .closeAck:
                    if element.id == .empty { return false }
                    parts.close(element.id)
                    // We close a pipeline once it is over: its end was lost, and nothing more will come.
                    if state.read({ $0.pipeline == element.id }) {
                        throw Failure(
                            RemotingFault.unexpectedMessage, "The host closed a pipeline that it had not ended.",
                            target: target.host)
                    }
                case .dataAck, .commandAck, .signalAck: break
                case .command, .close, .signal:
                    throw Failure(
                        RemotingFault.unexpectedMessage, "The host sent a \(element.kind.rawValue) element.",
                        target: target.host)
                }
                return true
            }
            fail(ended())
        } catch {
            // A host whose shell prints something before the session speaks is the usual reason.
            errorEnded.wait(until: .after(.milliseconds(200)))
            fail(
                Failure(
                    RemotingFault.transportFailed,
                    "There is an error processing data from the background process. Error reported: \(error.message)",
                    target: target.host, cause: error))
        }
    }

    /// Why ssh ended, in its own words.
    private func ended() -> Failure {
        errorEnded.wait(until: .after(.seconds(2)))
        let text = String(decoding: state.read { $0.errorText }, as: UTF8.self).trimmed
        let message =
            text.isEmpty
            ? "The background process closed or ended abnormally."
            : "The background process reported an error with the following message: The SSH client session has ended with "
                + "error message: \(text)"
        return Failure(RemotingFault.transportFailed, message, target: target.host)
    }

    private func take(_ message: RemotingMessage) throws(Failure) {
        guard message.destination == .client else {
            throw Failure(
                RemotingFault.unexpectedMessage, "The host sent a message that is for a host.", target: target.host)
        }
        switch message.tag {
        case .sessionCapability:
            try MessageBody.checkCapability(message.body, of: "host")
            state.update { $0.hasNegotiated = true }
        case .runspacePoolState:
            let value = try CLIXMLReader.value(message.body)
            switch MessageBody.whole("RunspaceState", of: value) {
            case 2:
                state.update { state in
                    if case .opening = state.phase, state.hasNegotiated { state.phase = .opened }
                }
            case 3, 5:
                let reason = MessageBody.property("ExceptionAsErrorRecord", of: value)
                let text =
                    reason.flatMap { try? MessageBody.errorRecord($0) }?.message ?? "The remote session was ended."
                throw Failure(RemotingFault.transportFailed, text, target: target.host)
            default: break
            }
        case .pipelineOutput, .errorRecord, .pipelineState, .debugRecord, .verboseRecord, .warningRecord,
            .progressRecord,
            .informationRecord, .pipelineHostCall:
            // The other side waits, through the pipe, while the inbox is full.
            _ = state.wait { state -> Bool? in
                guard state.pipeline == message.pipeline else { return true }
                guard state.inbox.count < Self.inboxLimit, state.inboxBytes < Self.inboxByteLimit else { return nil }
                state.inbox.append(message)
                state.inboxBytes += message.body.count
                return true
            }
        default: break
        }
    }

    // MARK: For a run

    /// Reserves the session for one pipeline.
    ///
    /// - Throws: why the session cannot run it.
    func begin(_ pipeline: GUID) throws(Failure) {
        let failure = state.update { state -> Failure? in
            switch state.phase {
            case .broken(let failure): return failure
            case .closed, .opening:
                return Failure(RemotingFault.channelClosed, "The remote session is closed.", target: target.host)
            case .opened: break
            }
            guard state.pipeline == nil else {
                return Failure(
                    RemotingFault.unexpectedMessage,
                    "The pipeline was not run because a pipeline is already running in the remote session.",
                    target: target.host)
            }
            state.pipeline = pipeline
            state.inbox = []
            state.inboxBytes = 0
            return nil
        }
        if let failure { throw failure }
    }

    func end(_ pipeline: GUID) {
        state.update { state in
            state.pipeline = nil
            state.inbox = []
            state.inboxBytes = 0
        }
        do throws(Failure) { try channel.send(TransportElement(.close, pipeline)) } catch {}
    }

    /// Whether that pipeline is over, at the latest when `deadline` has passed.
    func hasEnded(_ pipeline: GUID, by deadline: Deadline) -> Bool {
        state.wait(until: deadline) { $0.pipeline == pipeline ? nil : true } ?? false
    }

    /// What came for the running pipeline, at least one.
    ///
    /// - Throws: why nothing more will come.
    func nextMessages() throws(Failure) -> [RemotingMessage] {
        let host = target.host
        let result = state.wait { state -> Result<[RemotingMessage], Failure>? in
            if !state.inbox.isEmpty {
                defer {
                    state.inbox = []
                    state.inboxBytes = 0
                }
                return .success(state.inbox)
            }
            switch state.phase {
            case .broken(let failure): return .failure(failure)
            case .closed:
                return .failure(Failure(RemotingFault.channelClosed, "The remote session was closed.", target: host))
            case .opening, .opened: return nil
            }
        }
        return try result?.get() ?? []
    }
}
