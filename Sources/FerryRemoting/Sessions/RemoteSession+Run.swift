import FerryCore
package import FerryEngine
import FerryLinux

/// A script to run in a session.
package struct RemoteCommand {
    package var script: String
    package var arguments: [Value] = []
    /// By folded name.
    package var using: [String: Parcel] = [:]
    package var input: [Value] = []
    /// `PSShowComputerName` of what it puts out.
    package var showsComputerName = true

    package init(_ script: String) { self.script = script }
}

extension RemoteSession {
    /// After a stop signal: a host that does not react by then is given up.
    private static let stopTime = Duration.seconds(10)

    /// Runs a script there and hands over each record as it comes.
    ///
    /// - Parameters:
    ///   - interrupt: raised, it sends the stop signal; the pipeline's own ending is waited for.
    ///   - host: answers what the script asks; without one it is told that nobody can.
    /// - Throws: `.interrupted` once the other side has stopped; the error that ended the script; a
    ///   `PSRemotingTransportException` when the session is lost.
    package func run(
        _ command: RemoteCommand, interrupt: Interrupt, host: (any Host)?, _ put: (JobRecord) throws(Stop) -> Void
    ) throws(Stop) {
        let pipeline = GUID()
        do throws(Failure) { try begin(pipeline) } catch { throw .error(RemotingError.lost(error, target.host)) }
        defer { end(pipeline) }
        try interrupt.withHandler({ [self] in stop(pipeline) }) { () throws(Stop) in
            do throws(Failure) { try send(command, pipeline) } catch {
                // Its reader knows better why it ended.
            }
            try follow(pipeline, command, interrupt, host, put)
        }
    }

    /// Runs a script there without a host of its own, and stops it when it takes longer than `limit`.
    ///
    /// - Throws: as the other `run`; `.interrupted` after the limit.
    package func run(_ command: RemoteCommand, within limit: Duration, _ put: (JobRecord) throws(Stop) -> Void)
        throws(Stop)
    {
        let interrupt = Interrupt()
        let isOver = Event()
        do throws(Failure) {
            _ = try WorkerThread("ssh-limit") { if !isOver.wait(until: .after(limit)) { interrupt.raise() } }
        } catch { throw .error(RemotingError.lost(error, target.host)) }
        defer { isOver.set() }
        try run(command, interrupt: interrupt, host: nil, put)
    }

    /// Asks the other side to stop the pipeline, and gives the session up when it does not end in time.
    ///
    /// On threads of their own: whoever asks must not be held up, and a channel that is full takes no signal.
    private func stop(_ pipeline: GUID) {
        do throws(Failure) {
            _ = try WorkerThread("ssh-signal") { [self] in
                do throws(Failure) { try channel.send(TransportElement(.signal, pipeline)) } catch {}
            }
            _ = try WorkerThread("ssh-stop") { [self] in
                if !hasEnded(pipeline, by: .after(Self.stopTime)) { fail(Self.unanswered(target.host)) }
            }
        } catch { fail(error) }
    }

    private static func unanswered(_ host: String) -> Failure {
        Failure(
            RemotingFault.timedOut,
            "The client did not receive a response for a signal operation in the specified time interval.",
            target: host)
    }

    private func send(_ command: RemoteCommand, _ pipeline: GUID) throws(Failure) {
        func message(_ tag: MessageTag, _ body: String) -> RemotingMessage {
            RemotingMessage(.server, tag, pool: id, pipeline: pipeline, body: body)
        }
        try channel.send(TransportElement(.command, pipeline))
        try channel.send(
            message(
                .createPipeline,
                PipelineRequest.body(
                    script: command.script, arguments: command.arguments, using: command.using,
                    expectsInput: !command.input.isEmpty)))
        guard !command.input.isEmpty else { return }
        for value in command.input { try channel.send(message(.pipelineInput, CLIXMLWriter.element(value))) }
        try channel.send(message(.endOfPipelineInput, ""))
    }

    private func follow(
        _ pipeline: GUID, _ command: RemoteCommand, _ interrupt: Interrupt, _ host: (any Host)?,
        _ put: (JobRecord) throws(Stop) -> Void
    ) throws(Stop) {
        while true {
            let messages: [RemotingMessage]
            do throws(Failure) { messages = try nextMessages() } catch {
                throw interrupt.isRaised ? .interrupted : .error(RemotingError.lost(error, target.host))
            }
            for message in messages {
                if try take(message, command, host, put) { return }
            }
        }
    }

    /// What became of one message.
    private enum Taken {
        case record(JobRecord)
        case nothing
        case finished(Stop?)
        case call(HostCall)
    }

    private func take(
        _ message: RemotingMessage, _ command: RemoteCommand, _ host: (any Host)?,
        _ put: (JobRecord) throws(Stop) -> Void
    ) throws(Stop) -> Bool {
        let taken: Taken
        do throws(Failure) { taken = try read(message, command) } catch {
            if message.tag.isRecord {
                // One record is lost, not what the session still has to say.
                try put(.error(Parcel(.object(RemotingError.unreadable(error, target.host)))))
                return false
            }
            fail(error)
            throw .error(RemotingError.lost(error, target.host))
        }
        switch taken {
        case .nothing: return false
        case .record(let record): try put(record)
        case .call(let call): try answer(call, of: message, host, put)
        case .finished(let stop):
            if let stop { throw stop }
            return true
        }
        return false
    }

    private func read(_ message: RemotingMessage, _ command: RemoteCommand) throws(Failure) -> Taken {
        if message.tag == .pipelineHostCall { return .call(try HostCall(body: message.body)) }
        let value = try CLIXMLReader.value(message.body)
        func text() -> String {
            MessageBody.property("InformationalRecord_Message", of: value)?.display ?? value.display
        }
        switch message.tag {
        case .pipelineOutput: return .record(.output(Parcel(marked(value, command.showsComputerName))))
        case .errorRecord: return .record(.error(Parcel(.object(try located(value)))))
        case .warningRecord: return .record(.warning(text()))
        case .verboseRecord: return .record(.verbose(text()))
        case .debugRecord: return .record(.debug(text()))
        case .informationRecord: return .record(.information(Parcel(.object(MessageBody.informationRecord(value)))))
        case .progressRecord: return .record(.progress(MessageBody.progressRecord(value)))
        case .pipelineState:
            switch MessageBody.whole("PipelineState", of: value) {
            case 3: return .finished(.interrupted)
            case 4: return .finished(nil)
            case 5:
                guard let reason = MessageBody.property("ExceptionAsErrorRecord", of: value) else {
                    return .finished(.error(RemotingError.failed(target.host)))
                }
                return .finished(.error(try located(reason)))
            case 0, 1, 2: return .nothing
            default:
                // Taken for nothing, it would be waited for without end.
                throw Failure(
                    RemotingFault.malformedMessage, "The host sent a state of a pipeline that there is not.",
                    target: target.host)
            }
        default: return .nothing
        }
    }

    private func located(_ value: Value) throws(Failure) -> ErrorRecord {
        let record = try MessageBody.errorRecord(value)
        record.origin = target.host
        return record
    }

    /// Where the object came from, as properties of it. Scalars have none.
    private func marked(_ value: Value, _ shows: Bool) -> Value {
        guard case .object(let object) = value else { return value }
        var added = object.added ?? PropertyBag()
        added["PSComputerName"] = .note(.string(target.host))
        added["RunspaceId"] = .note(.guid(id))
        added["PSShowComputerName"] = .note(.bool(shows))
        object.added = added
        return value
    }

    // MARK: Host calls

    private func answer(
        _ call: HostCall, of message: RemotingMessage, _ host: (any Host)?, _ put: (JobRecord) throws(Stop) -> Void
    ) throws(Stop) {
        var body: String
        do throws(Stop) {
            body = call.answer(try perform(call, host, put))
        } catch {
            guard case .error(let record) = error else { throw error }
            body = call.answer(failure: record)
        }
        guard call.wantsAnswer else { return }
        do throws(Failure) {
            try channel.send(
                RemotingMessage(.server, .pipelineHostResponse, pool: id, pipeline: message.pipeline, body: body))
        } catch { throw .error(RemotingError.lost(error, target.host)) }
    }

    private func perform(_ call: HostCall, _ host: (any Host)?, _ put: (JobRecord) throws(Stop) -> Void) throws(Stop)
        -> Value
    {
        func text(_ index: Int) -> String { index < call.arguments.count ? call.arguments[index].display : "" }
        func show(_ text: String) throws(Stop) {
            if let host { return host.write(text) }
            let endsLine = text.hasSuffix("\n")
            let record = InformationRecord(
                .string(endsLine ? String(text.dropLast()) : text), tags: ["PSHOST"], source: "Write-Host")
            record.endsWithNewline = endsLine
            try put(.information(Parcel(.object(record))))
        }
        switch call.method {
        case .write: try show(text(0))
        case .writeColored: try show(text(2))
        case .writeNewLine: try show("\n")
        case .writeLine: try show(text(0) + "\n")
        case .writeColoredLine: try show(text(2) + "\n")
        case .writeErrorLine: if let host { host.writeErrorLine(text(0)) } else { try show(text(0) + "\n") }
        case .writeDebugLine: try put(.debug(text(0)))
        case .writeVerboseLine: try put(.verbose(text(0)))
        case .writeWarningLine: try put(.warning(text(0)))
        case .writeProgress:
            if call.arguments.count > 1 { try put(.progress(MessageBody.progressRecord(call.arguments[1]))) }
        case .setShouldExit: break
        case .readLine:
            guard let host else { throw .error(RemotingError.nobody(call.method)) }
            return .optional(try host.readLine(prompt: ""))
        case .promptForChoice: return try choose(call, host)
        case .prompt: return try prompt(call, host)
        default: throw .error(RemotingError.nobody(call.method))
        }
        return .null
    }

    private func choose(_ call: HostCall, _ host: (any Host)?) throws(Stop) -> Value {
        guard let host, call.arguments.count > 3 else { throw .error(RemotingError.nobody(call.method)) }
        let choices = (call.arguments[2].elements ?? []).map { choice in
            Choice(
                MessageBody.property("label", of: choice)?.display ?? "",
                help: MessageBody.property("helpMessage", of: choice)?.display ?? "")
        }
        var standard = 0
        if case .number(let number) = call.arguments[3] { standard = Int(number.asInt64 ?? 0) }
        guard !choices.isEmpty else { throw .error(RemotingError.nobody(call.method)) }
        return .count(
            try host.choose(
                caption: call.arguments[0].display, message: call.arguments[1].display, choices: choices,
                defaultChoice: choices.indices.contains(standard) ? standard : 0))
    }

    private func prompt(_ call: HostCall, _ host: (any Host)?) throws(Stop) -> Value {
        guard let host, call.arguments.count > 2 else { throw .error(RemotingError.nobody(call.method)) }
        for index in [0, 1] where !call.arguments[index].display.isEmpty {
            host.write(call.arguments[index].display + "\n")
        }
        let answers = TableObject()
        for field in (call.arguments[2].elements ?? []).prefix(100) {
            let name = MessageBody.property("name", of: field)?.display ?? ""
            answers[name] = .optional(try host.readLine(prompt: name + ": "))
        }
        return .table(answers)
    }
}
