import FerryCore
import FerryEngine
import FerryLinux
import FerryRemoting
import FerryTestKit
import Glibc

/// The client's end of a channel whose other end a server in this process serves.
final class ServedClient: Sendable {
    private struct Heard: Sendable {
        var messages: [RemotingMessage] = []
        var kinds: [TransportElement.Kind] = []
        var isOver = false
        var failure: Failure?
    }

    static let opening =
        "<Obj RefId=\"0\"><MS><I32 N=\"MinRunspaces\">1</I32><I32 N=\"MaxRunspaces\">1</I32></MS></Obj>"
    static func capability(_ version: String) -> String {
        "<Obj RefId=\"0\"><MS><Version N=\"protocolversion\">\(version)</Version></MS></Obj>"
    }

    let pool = GUID()
    let channel: LineChannel
    private let raw: SharedDescriptor
    private let heard = Monitor(Heard())

    init(
        inputByteLimit: Int = LineChannel.backlogByteLimit, _ prepare: @escaping @Sendable (Runspace) -> Void = { _ in }
    ) throws {
        // As every program of this package does: a server that has hung up is an error of the write.
        signal(SIGPIPE, SIG_IGN)
        let (there, back) = (try Pipe(), try Pipe())
        let server = LineChannel(input: there.takeReading(), output: back.takeWriting())
        raw = there.takeWriting()
        channel = LineChannel(input: back.takeReading(), output: raw)
        _ = try WorkerThread("served") { [heard] in
            var failure: Failure?
            do throws(Failure) {
                try RemotingServer(server, inputByteLimit: inputByteLimit, prepare: prepare).run()
            } catch { failure = error }
            heard.update { heard in
                heard.failure = failure
                heard.isOver = true
            }
        }
        _ = try WorkerThread("served-lines") { [channel, heard] in Self.listen(channel, heard) }
    }

    deinit { try? send(.close) }

    private static func listen(_ channel: LineChannel, _ heard: Monitor<Heard>) {
        var parts = Defragmenters()
        _ = try? channel.read { (element) throws(Failure) in
            var messages: [RemotingMessage] = []
            if element.kind == .data {
                if !parts.isOpen(element.id) { parts.open(element.id) }
                for bytes in try parts.add(element.payload, of: element.id) {
                    messages.append(try RemotingMessage(bytes: bytes))
                }
            }
            heard.update { heard in
                heard.kinds.append(element.kind)
                heard.messages += messages
            }
            return true
        }
    }

    // MARK: Saying

    func send(_ tag: MessageTag, pipeline: GUID = .empty, _ body: String) throws {
        try channel.send(RemotingMessage(.server, tag, pool: pool, pipeline: pipeline, body: body))
    }

    func send(_ kind: TransportElement.Kind, _ pipeline: GUID = .empty) throws {
        try channel.send(TransportElement(kind, pipeline))
    }

    func send(bytes: [UInt8]) throws { try raw.writeAll(bytes, name: "the server") }

    /// Negotiates and opens the pool.
    func open() throws {
        try send(.sessionCapability, Self.capability("2.3"))
        try send(.initRunspacePool, Self.opening)
        _ = try wait { $0.tag == .runspacePoolState }
    }

    /// Starts a script; its pipeline's identifier.
    func start(_ script: String, expectsInput: Bool = false, arguments: String = "") throws -> GUID {
        let id = GUID()
        try send(.command, id)
        try create(id, script, expectsInput: expectsInput, arguments: arguments)
        return id
    }

    func create(_ id: GUID, _ script: String, expectsInput: Bool = false, arguments: String = "") throws {
        try send(
            .createPipeline, pipeline: id,
            """
            <Obj RefId="0"><MS><B N="NoInput">\(!expectsInput)</B><Obj N="PowerShell" RefId="1"><MS><Obj N="Cmds" RefId="2">\
            <LST><Obj RefId="3"><MS><S N="Cmd">\(script)</S><B N="IsScript">true</B><Obj N="Args" RefId="4"><LST>\(arguments)\
            </LST></Obj></MS></Obj></LST></Obj></MS></Obj></MS></Obj>
            """)
    }

    // MARK: Hearing

    /// The first message, of those heard from the beginning on, that is wanted.
    func wait(_ isWanted: (RemotingMessage) -> Bool) throws -> RemotingMessage {
        let found = heard.wait(until: .scaled(.seconds(30))) { heard -> RemotingMessage?? in
            if let message = heard.messages.first(where: isWanted) { return .some(message) }
            return heard.isOver ? .some(nil) : nil
        }
        guard let message = found ?? nil else {
            throw Failure(LinuxFault.timedOut, "The server did not say it. \(tags)")
        }
        return message
    }

    /// `PSInvocationState` with which the pipeline ended.
    func end(of pipeline: GUID) throws -> Int {
        var state = 0
        _ = try wait { message in
            guard message.tag == .pipelineState, message.pipeline == pipeline else { return false }
            let text = String(decoding: message.body, as: UTF8.self)
            for number in 3...5 where text.contains("<I32 N=\"PipelineState\">\(number)</I32>") { state = number }
            return state > 0
        }
        return state
    }

    /// Bodies of a pipeline's messages with that tag, as text.
    func bodies(_ tag: MessageTag, of pipeline: GUID) -> [String] {
        heard.read { $0.messages }.filter { $0.tag == tag && $0.pipeline == pipeline }
            .map { String(decoding: $0.body, as: UTF8.self) }
    }

    var tags: [MessageTag] { heard.read { $0.messages.map(\.tag) } }
    var kinds: [TransportElement.Kind] { heard.read { $0.kinds } }

    /// What ended the server; nil when it ended in order.
    func failure() throws -> Failure? {
        guard heard.wait(until: .scaled(.seconds(30)), { $0.isOver ? true : nil }) == true else {
            throw Failure(LinuxFault.timedOut, "The server goes on.")
        }
        return heard.read { $0.failure }
    }
}
