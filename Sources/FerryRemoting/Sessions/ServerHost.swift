import FerryEngine

/// The host of a runspace that works for a client: its calls travel to the client's own host.
///
/// Used on the runspace's thread; answers arrive on the channel's.
final class ServerHost: Host {
    private let link: ServerLink
    /// How often progress travels at most: a client is not to wait for a picture it cannot see.
    private static let progressInterval = Duration.milliseconds(200)
    private var lastProgress: ContinuousClock.Instant?
    private let interrupt: Interrupt

    init(_ link: ServerLink, _ interrupt: Interrupt) {
        self.link = link
        self.interrupt = interrupt
    }

    var name: String { "ServerRemoteHost" }
    var isInteractive: Bool { true }
    var width: Int { 120 }
    var allowsColor: Bool { false }
    var usesStandardStreams: Bool { false }

    func write(_ text: String) {
        if text.hasSuffix("\n") {
            link.call(.writeLine, [.string(String(text.dropLast()))])
        } else {
            link.call(.write, [.string(text)])
        }
    }

    func write(_ text: String, foreground: ConsoleColor?, background: ConsoleColor?) {
        guard foreground != nil || background != nil else { return write(text) }
        let endsLine = text.hasSuffix("\n")
        func number(_ color: ConsoleColor) -> Value {
            if case .symbol(let symbol) = color.value { .count(Int(symbol.number)) } else { .int(7) }
        }
        link.call(
            endsLine ? .writeColoredLine : .writeColored,
            [
                number(foreground ?? .gray), number(background ?? .black),
                .string(endsLine ? String(text.dropLast()) : text),
            ])
    }

    func writeError(_ text: String, record: ErrorRecord) { link.send(.error(Parcel(.object(record)))) }
    func writeErrorLine(_ text: String) { link.call(.writeErrorLine, [.string(text)]) }
    func writeWarning(_ text: String) { link.send(.warning(text)) }
    func writeVerbose(_ text: String) { link.send(.verbose(text)) }
    func writeDebug(_ text: String) { link.send(.debug(text)) }

    func writeProgress(_ record: ProgressRecord) {
        let now = ContinuousClock.now
        if !record.isCompleted, let lastProgress, now - lastProgress < Self.progressInterval { return }
        lastProgress = now
        link.send(.progress(record))
    }

    func readLine(prompt: String) throws(Stop) -> String? {
        if !prompt.isEmpty { link.call(.write, [.string(prompt)]) }
        let answer = try link.ask(.readLine, [], interrupt)
        return answer.isNull ? nil : answer.display
    }

    /// A line without echo needs the session key of the protocol's key exchange, which this server does not make.
    func readSecret(prompt: String) throws(Stop) -> String? {
        throw .runtime(
            "SecureInputNotSupported", .notImplemented,
            "A script of this remote session cannot ask for a password. Ask before the session, and hand the credential over.",
            exception: "System.Management.Automation.PSNotSupportedException")
    }

    func choose(caption: String, message: String, choices: [Choice], defaultChoice: Int) throws(Stop) -> Int {
        let described = choices.map { choice -> Value in
            .object(CustomObject([("label", .string(choice.label)), ("helpMessage", .string(choice.help))]))
        }
        let answer = try link.ask(
            .promptForChoice,
            [
                .string(caption), .string(message), .list(ListObject(described, kind: .arrayList)),
                .count(defaultChoice),
            ], interrupt)
        guard case .number(let number) = answer, let index = number.asInt64, choices.indices.contains(Int(index)) else {
            return defaultChoice
        }
        return Int(index)
    }

    /// The protocol has the call, and no host of PowerShell's answers it.
    func enterNestedPrompt() throws(Stop) {
        throw .runtime(
            "RemoteHostMethodNotImplemented", .notImplemented,
            "Remote host method EnterNestedPrompt is not implemented.",
            exception: "System.Management.Automation.Remoting.PSRemotingDataStructureException")
    }

    func setShouldExit(_ code: Int32) { link.call(.setShouldExit, [.int(code)]) }

    func clear() {}
}
