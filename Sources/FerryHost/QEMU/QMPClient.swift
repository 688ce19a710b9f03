package import FerryCore
import FerryLinux
import FerryTransfer
import Synchronization

/// A conversation with one QEMU over its QMP socket.
///
/// Commands are synchronous: any thread may execute one, and it waits for its own answer. A thread of the client's own reads;
/// it hands answers to their commands by id and events to the subscribers. Once the connection has ended, for whatever reason,
/// every waiting and every later command fails at once with that reason, and `closed` is called once.
package final class QMPClient: Sendable {
    private struct Pending: Sendable {
        let command: String
        let start: ContinuousClock.Instant
        var answer: Result<JSONValue, Failure>?
    }

    private struct State: Sendable {
        var version: QEMUVersion?
        var newestID: Int64 = 0
        /// By id. A command whose deadline passed leaves; its late answer is dropped.
        var pending: [Int64: Pending] = [:]
        /// Ids whose commands gave up, with their start: QEMU still owes the answer.
        var overdue: [Int64: ContinuousClock.Instant] = [:]
        var newestSink = 0
        var sinks: [Int: QMPEventStream.Sink] = [:]
        var ending: Failure?
    }

    /// Enough for every command that does not wait for storage.
    package static let usualDeadline = Duration.seconds(30)
    /// How soon a command that waits notices its interruption.
    private static let interruptionStep = Duration.milliseconds(100)

    /// The machine whose QEMU this is, for messages.
    package let owner: String
    /// From QEMU's greeting.
    package let version: QEMUVersion
    private let socket: StreamSocket
    private let state: Monitor<State>
    private let sending = Mutex(())
    private let reader: WorkerThread

    /// Connects, reads the greeting and negotiates; the client is ready for commands when this returns.
    ///
    /// - Parameters:
    ///   - owner: machine name for messages.
    ///   - event: called on the reader's thread for every event, in order; must not block and must not execute commands.
    ///   - closed: called once on the reader's thread when the connection has ended; the same rules.
    /// - Throws: `HostFault.qemuGone` when nobody listens, `qemuNotResponding`, `qemuProtocol`.
    package static func connect(
        path: String, owner: String, deadline: Duration = usualDeadline,
        event: @escaping @Sendable (QMPEvent) -> Void = { _ in },
        closed: @escaping @Sendable (Failure) -> Void = { _ in }
    ) throws(Failure) -> QMPClient {
        let end = Deadline.after(deadline)
        let socket: StreamSocket
        do throws(Failure) { socket = try StreamSocket.connect(path: path, until: end) } catch {
            throw Failure(
                HostFault.qemuGone, "Cannot reach QEMU of virtual machine \(owner) at \(path).", target: owner,
                cause: error)
        }
        let state = Monitor(State())
        let reader = try WorkerThread("qmp-\(owner)") {
            let ending = read(socket, state, owner, event)
            let sinks = state.update { state in
                state.ending = ending
                return Array(state.sinks.values)
            }
            for sink in sinks { sink.close() }
            closed(ending)
        }
        let greeting: Result<QEMUVersion, Failure>? = state.wait(until: end) { state in
            if let version = state.version { return .success(version) }
            return state.ending.map { .failure($0) }
        }
        guard let greeting else {
            socket.shutDown()
            reader.join()
            throw notResponding(owner, "greet", deadline)
        }
        do throws(Failure) {
            let client = QMPClient(owner, try greeting.get(), socket, state, reader)
            _ = try client.execute("qmp_capabilities", deadline: end.remaining ?? deadline)
            return client
        } catch {
            socket.shutDown()
            reader.join()
            throw error
        }
    }

    private init(
        _ owner: String, _ version: QEMUVersion, _ socket: StreamSocket, _ state: Monitor<State>, _ reader: WorkerThread
    ) {
        self.owner = owner
        self.version = version
        self.socket = socket
        self.state = state
        self.reader = reader
    }

    deinit { socket.shutDown() }

    /// Executes a command and returns its `return` value.
    ///
    /// - Parameter interruption: once it is asked for, waiting ends as if the deadline had passed.
    /// - Throws: `qemuRefused`, `qemuDeviceNotFound`, `qemuDeviceNotActive` or `qemuCommandUnknown` by QEMU's error class, with
    ///   its own words; `qemuNotResponding` after `deadline` (QEMU may still carry the command out); `qemuGone` when the
    ///   connection ended.
    @discardableResult
    package func execute(
        _ command: String, _ arguments: [String: JSONValue] = [:], deadline: Duration = usualDeadline,
        interruption: CancellationToken? = nil
    ) throws(Failure) -> JSONValue {
        let end = Deadline.after(deadline)
        let start = ContinuousClock.now
        let id = try state.update { (state) throws(Failure) in
            if let ending = state.ending { throw ending }
            state.newestID += 1
            state.pending[state.newestID] = Pending(command: command, start: start, answer: nil)
            return state.newestID
        }
        var message: [String: JSONValue] = ["execute": .string(command), "id": .integer(id)]
        if !arguments.isEmpty { message["arguments"] = .object(arguments) }
        let line = Array((JSONValue.object(message).serialized + "\n").utf8)
        do throws(Failure) {
            // Half a line would garble every later command: a send that fails ends the conversation.
            try sending.withLock { _ throws(Failure) in try socket.writeFully(line, until: end) }
        } catch {
            let ending = state.update { state in
                state.pending.removeValue(forKey: id)
                return state.ending
            }
            socket.shutDown()
            if let ending { throw ending }
            throw error.is(LinuxFault.timedOut)
                ? Self.notResponding(owner, command, deadline)
                : Self.gone(owner, "the connection was lost while '\(command)' was sent", error)
        }
        var answer: Result<JSONValue, Failure>?
        repeat {
            let step = interruption == nil ? end : end.sooner(.after(Self.interruptionStep))
            answer = state.wait(until: step) { state in
                // An answer that came before the end still counts.
                guard let answer = state.pending[id]?.answer ?? state.ending.map({ .failure($0) }) else { return nil }
                state.pending.removeValue(forKey: id)
                return answer
            }
        } while answer == nil && !end.hasPassed && interruption?.isCancelled != true
        guard let answer else {
            let late: Result<JSONValue, Failure>? = state.update { state in
                guard let pending = state.pending.removeValue(forKey: id) else { return nil }
                if pending.answer == nil { state.overdue[id] = pending.start }
                return pending.answer
            }
            if let late { return try late.get() }
            throw Self.notResponding(
                owner, command, interruption?.isCancelled == true ? ContinuousClock.now - start : deadline)
        }
        return try answer.get()
    }

    /// Events from now on; nil means all of them. Subscribe before the command that causes them.
    package func events(_ names: Set<String>? = nil) -> QMPEventStream {
        QMPEventStream(names: names) { sink in
            let number = state.update { state in
                state.newestSink += 1
                state.sinks[state.newestSink] = sink
                if state.ending != nil { sink.close() }
                return state.newestSink
            }
            return { [weak self] in self?.state.update { _ = $0.sinks.removeValue(forKey: number) } }
        }
    }

    /// Executes `command` and waits for an event that it leads to.
    package func execute(
        _ command: String, _ arguments: [String: JSONValue] = [:], andWaitFor event: String,
        deadline: Duration = usualDeadline, where isWanted: @Sendable (QMPEvent) -> Bool = { _ in true }
    ) throws(Failure) -> QMPEvent {
        let end = Deadline.after(deadline)
        let stream = events([event])
        try execute(command, arguments, deadline: deadline)
        if let found = stream.next(until: end, where: isWanted) { return found }
        if let ending { throw ending }
        throw Self.notResponding(owner, "\(command)' with '\(event)", deadline)
    }

    /// Why the connection ended; nil while it lives.
    package var ending: Failure? { state.read { $0.ending } }

    /// How long QEMU has owed its oldest answer; zero when it owes none. More than seconds means it waits for storage.
    package var oldestDebt: Duration {
        let start = state.read { state in
            (state.pending.values.filter { $0.answer == nil }.map(\.start) + state.overdue.values).min()
        }
        return start.map { .now - $0 } ?? .zero
    }

    /// Waits for the answers that QEMU owes, so that what comes next need not wait behind them.
    ///
    /// - Throws: `TransferFault.storageWaiting` once the oldest is owed for longer than `limit`.
    package func awaitDebt(within limit: Duration = .seconds(5)) throws(Failure) {
        let isClear: Bool? = state.wait(until: .after(max(.zero, limit - oldestDebt))) { state in
            state.ending != nil || (state.overdue.isEmpty && state.pending.values.allSatisfy { $0.answer != nil })
                ? true : nil
        }
        guard isClear == nil else { return }
        throw Failure(
            TransferFault.storageWaiting,
            "QEMU of virtual machine \(owner) is waiting for storage: it has not answered for \(Int(oldestDebt.inSeconds.rounded())) seconds.",
            target: owner)
    }

    /// Ends the conversation; QEMU goes on. Returns once no callback runs any more. Not to be called from one.
    package func close() {
        socket.shutDown()
        reader.join()
    }

    // MARK: - The reader's thread

    private static func read(
        _ socket: StreamSocket, _ state: Monitor<State>, _ owner: String, _ event: @Sendable (QMPEvent) -> Void
    ) -> Failure {
        var lines = QMPLineReader()
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        do throws(Failure) {
            while true {
                var span = buffer.mutableSpan
                // SAFETY: UInt8 has no padding and every bit pattern is a value.
                var bytes = unsafe span.mutableBytes
                let count = try socket.read(into: &bytes, until: .never)
                guard count > 0 else { return gone(owner, "it has closed its socket", nil) }
                for line in try lines.append(buffer[..<count], owner: owner) {
                    try handle(try QMPMessage(line: line, owner: owner), state, owner, event)
                }
            }
        } catch {
            socket.shutDown()
            return error.is(HostFault.qemuProtocol) ? error : gone(owner, "the connection was lost", error)
        }
    }

    private static func handle(
        _ message: QMPMessage, _ state: Monitor<State>, _ owner: String, _ event: @Sendable (QMPEvent) -> Void
    ) throws(Failure) {
        switch message {
        case .greeting(let version): state.update { $0.version = version }
        case .answer(let id, let value): settle(id, .success(value), state)
        case .refusal(nil, _, let reason):
            throw Failure(
                HostFault.qemuProtocol, "QEMU of virtual machine \(owner) did not understand a command: \(reason)",
                target: owner)
        case .refusal(let id?, let kind, let reason):
            let command = state.read { $0.pending[id]?.command } ?? ""
            let fault: HostFault =
                switch kind {
                case "CommandNotFound": .qemuCommandUnknown
                case "DeviceNotFound": .qemuDeviceNotFound
                case "DeviceNotActive": .qemuDeviceNotActive
                default: .qemuRefused
                }
            let failure = Failure(
                fault, "QEMU of virtual machine \(owner) refused '\(command)': \(reason) (\(kind))", target: owner)
            settle(id, .failure(failure), state)
        case .event(let found):
            event(found)
            for sink in state.read({ Array($0.sinks.values) }) { sink.deliver(found) }
        }
    }

    private static func settle(_ id: Int64, _ answer: Result<JSONValue, Failure>, _ state: Monitor<State>) {
        state.update { state in
            state.overdue.removeValue(forKey: id)
            state.pending[id]?.answer = answer
        }
    }

    private static func gone(_ owner: String, _ reason: String, _ cause: Failure?) -> Failure {
        Failure(HostFault.qemuGone, "QEMU of virtual machine \(owner) is gone: \(reason).", target: owner, cause: cause)
    }

    private static func notResponding(_ owner: String, _ command: String, _ deadline: Duration) -> Failure {
        Failure(
            HostFault.qemuNotResponding,
            "QEMU of virtual machine \(owner) has not answered '\(command)' within \(deadline): it is waiting for storage, or was stopped.",
            target: owner)
    }
}
