import FerryCore
import FerryEngine
import FerryLinux

/// What a server's runspace says to its client: records of the pipeline that runs, and calls to the client's host.
final class ServerLink: Sendable {
    private struct State {
        /// Let go of at the end: hosts and runspaces may outlive the session, its pipes must not.
        var channel: LineChannel?
        var pool = GUID.empty
        var pipeline = GUID.empty
        var lastCall: Int64 = 0
        /// Calls whose answers have yet to come.
        var awaited: Set<Int64> = []
        /// Answers that have come to those, as bodies.
        var answers: [Int64: [UInt8]] = [:]
        var isClosed: Bool { channel == nil }
    }

    private let state: Monitor<State>

    init(_ channel: LineChannel) { state = Monitor(State(channel: channel)) }

    func setPool(_ pool: GUID) { state.update { $0.pool = pool } }
    func setPipeline(_ pipeline: GUID) { state.update { $0.pipeline = pipeline } }
    func close() { state.update { $0.channel = nil } }

    /// For the session itself, or one of its pipelines.
    ///
    /// A client that has gone does not stop what its commands do: sending is given up, nothing else.
    func send(_ tag: MessageTag, pipeline: GUID = .empty, _ body: String) {
        let (channel, pool) = state.read { ($0.channel, $0.pool) }
        do throws(Failure) {
            try channel?.send(RemotingMessage(.client, tag, pool: pool, pipeline: pipeline, body: body))
        } catch { close() }
    }

    /// A record of the running pipeline.
    func send(_ record: JobRecord) {
        let pipeline = state.read { $0.pipeline }
        func message(_ tag: MessageTag, _ body: String) { send(tag, pipeline: pipeline, body) }
        switch record {
        case .output(let parcel): message(.pipelineOutput, CLIXMLWriter.element(parcel.open()))
        case .error(let parcel):
            guard let record = parcel.open().asObject as? ErrorRecord else { return }
            message(.errorRecord, CLIXMLWriter.message(MessageBody.properties(of: record)))
        case .warning(let text): message(.warningRecord, MessageBody.informational(text))
        case .verbose(let text): message(.verboseRecord, MessageBody.informational(text))
        case .debug(let text): message(.debugRecord, MessageBody.informational(text))
        case .information(let parcel):
            guard let record = parcel.open().asObject as? InformationRecord else { return }
            message(.informationRecord, MessageBody.information(record))
        case .progress(let record): message(.progressRecord, MessageBody.progress(record))
        }
    }

    func output(_ value: Value, _ runspace: Runspace) {
        send(.pipelineOutput, pipeline: state.read { $0.pipeline }, CLIXMLWriter.element(value, runspace))
    }

    /// `PSInvocationState` of a pipeline: 1 running, 3 stopped, 4 completed, 5 failed.
    func sendState(of pipeline: GUID, _ number: Int, _ reason: ErrorRecord? = nil) {
        var properties: [(String, Value)] = [("PipelineState", .count(number))]
        if let reason {
            properties.append(("ExceptionAsErrorRecord", .object(CustomObject(MessageBody.properties(of: reason)))))
        }
        send(.pipelineState, pipeline: pipeline, CLIXMLWriter.message(properties))
    }

    // MARK: Host calls

    func call(_ method: HostCall.Method, _ arguments: [Value]) {
        let pipeline = state.read { $0.pipeline }
        send(
            pipeline == .empty ? .runspacePoolHostCall : .pipelineHostCall, pipeline: pipeline,
            HostCall.body(id: HostCall.voidID, method, arguments))
    }

    /// Waits for the client's answer; a stop signal ends the wait, and so does the end of the channel.
    func ask(_ method: HostCall.Method, _ arguments: [Value], _ interrupt: Interrupt) throws(Stop) -> Value {
        let (id, pipeline) = state.update { state in
            state.lastCall += 1
            state.awaited.insert(state.lastCall)
            return (state.lastCall, state.pipeline)
        }
        defer {
            state.update { state in
                state.awaited.remove(id)
                state.answers[id] = nil
            }
        }
        send(.pipelineHostCall, pipeline: pipeline, HostCall.body(id: id, method, arguments))
        let body: [UInt8]? = try interrupt.withHandler({ [state] in state.update { _ in } }) {
            state.wait { state -> [UInt8]?? in
                if let body = state.answers[id] { return .some(body) }
                return state.isClosed || interrupt.isRaised ? .some(nil) : nil
            } ?? nil
        }
        guard let body else { throw .interrupted }
        let value: Value
        do throws(Failure) { value = try CLIXMLReader.value(body) } catch { throw .error(ErrorRecord(error)) }
        if let failed = MessageBody.property("me", of: value) {
            throw .error((try? MessageBody.errorRecord(failed)) ?? Self.failedCall(method))
        }
        return MessageBody.property("mr", of: value) ?? .null
    }

    private static func failedCall(_ method: HostCall.Method) -> ErrorRecord {
        ErrorRecord(
            ExceptionObject(
                "System.Management.Automation.Host.HostException", "Remote host call to \"\(method.name)\" failed."),
            errorID: "RemoteHostCallFailed", category: .invalidResult)
    }

    /// An answer from the client. Late ones, second ones and those to what was never asked are dropped.
    func deliver(_ body: [UInt8]) throws(Failure) {
        let value = try CLIXMLReader.value(body)
        guard case .number(let number)? = MessageBody.property("ci", of: value), let id = number.asInt64 else {
            throw Failure(RemotingFault.malformedMessage, "Remoting data is missing CallId property.")
        }
        state.update { state in
            if state.awaited.remove(id) != nil { state.answers[id] = body }
        }
    }
}
