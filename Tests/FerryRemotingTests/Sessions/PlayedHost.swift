import FerryCore
import FerryEngine
import FerryLinux
import FerryRemoting
import Glibc

/// A host that opens a session as it must, and answers every command as a test wants it to.
final class PlayedHost {
    typealias Answer = @Sendable (PlayedHost.Voice) throws -> Void

    /// With which the host speaks of one pipeline.
    struct Voice {
        let channel: LineChannel
        let pool: GUID
        let pipeline: GUID

        func say(_ tag: MessageTag, _ body: String) throws {
            try channel.send(RemotingMessage(.client, tag, pool: pool, pipeline: pipeline, body: body))
        }

        /// `PSInvocationState`: the pipeline is over.
        func complete() throws {
            try say(.pipelineState, "<Obj RefId=\"0\"><MS><I32 N=\"PipelineState\">4</I32></MS></Obj>")
        }
    }

    /// The side that is tested.
    let session: RemoteSession

    init(_ answer: @escaping Answer) throws {
        signal(SIGPIPE, SIG_IGN)
        let (there, back) = (try Pipe(), try Pipe())
        // In the place of ssh; it ends when the host hangs up.
        var relay = Program("/bin/sh", ["-c", "exec 5<&0; cat <&5 >&4 2>/dev/null & exec cat <&3"])
        relay.kept = [there.takeReading(), back.takeWriting()]
        let channel = LineChannel(input: back.takeReading(), output: there.takeWriting())
        _ = try WorkerThread("played-host") { try? Self.play(channel, answer) }
        guard let target = RemoteTarget(written: "played") else {
            throw Failure(RemotingFault.malformedMessage, "A plain name is no host.")
        }
        session = try RemoteSession.open(target, through: relay, Interrupt())
    }

    deinit { session.close() }

    private static func play(_ channel: LineChannel, _ answer: Answer) throws {
        var parts = Defragmenters()
        try channel.read { (element) throws(Failure) in
            switch element.kind {
            case .command: parts.open(element.id)
            case .close:
                try channel.send(TransportElement(.closeAck, element.id))
                return element.id != .empty
            default: break
            }
            for bytes in try parts.add(element.payload, of: element.id) {
                let message = try RemotingMessage(bytes: bytes)
                let voice = Voice(channel: channel, pool: message.pool, pipeline: message.pipeline)
                do {
                    switch message.tag {
                    case .sessionCapability: try voice.say(.sessionCapability, ServedClient.capability("2.3"))
                    case .initRunspacePool:
                        try voice.say(
                            .runspacePoolState, "<Obj RefId=\"0\"><MS><I32 N=\"RunspaceState\">2</I32></MS></Obj>")
                    case .createPipeline: try answer(voice)
                    default: break
                    }
                } catch {
                    // The session has hung up, and its test knows what that means.
                    return false
                }
            }
            return true
        }
    }

    /// What a command puts out, in order: values as they display, errors by their identifiers.
    func run() throws -> [String] {
        var heard: [String] = []
        try session.run(RemoteCommand("anything"), interrupt: Interrupt(), host: nil) { record in
            switch record {
            case .output(let parcel): heard.append(parcel.open().display)
            case .error(let parcel):
                heard.append((parcel.open().asObject as? ErrorRecord)?.fullyQualifiedErrorID ?? "no record")
            default: heard.append("\(record)")
            }
        }
        return heard
    }
}
