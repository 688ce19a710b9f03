import FerryCore
import FerryEngine
import FerryLinux
import FerryTestKit

/// What a test and the commands of a served session tell each other.
final class ServerProbe: Sendable {
    let mark = Event()
    let release = Event()
    let hasBegunDuringSignal = Event()

    /// Gives a runspace the commands below.
    var prepare: @Sendable (Runspace) -> Void {
        { [self] runspace in
            runspace.services[ObjectIdentifier(ServerProbe.self)] = self
            runspace.register(
                CommandModule(
                    "Probe", commands: [SetMark.self, WaitRelease.self, WaitSignal.self, ReadAnswer.self]))
        }
    }

    private static func of(_ io: CommandIO) -> ServerProbe? { io.runspace.service(ServerProbe.self) }

    private struct SetMark: Cmdlet {
        static let signature = Signature("Set-Mark")
        mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { ServerProbe.of(io)?.mark.set() }
    }

    /// Does not hear a signal, once the mark is set.
    private struct WaitRelease: Cmdlet {
        static let signature = Signature("Wait-Release")
        mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
            guard let probe = ServerProbe.of(io) else { return }
            probe.mark.set()
            probe.release.wait(until: .scaled(.seconds(30)))
        }
    }

    /// Ends as soon as a signal comes, and holds the signal up meanwhile.
    private struct WaitSignal: Cmdlet {
        static let signature = Signature("Wait-Signal")
        mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
            guard let probe = ServerProbe.of(io) else { return }
            let signalled = Event()
            try io.interrupt.withHandler({
                signalled.set()
                if probe.mark.wait(until: .after(.seconds(1))) { probe.hasBegunDuringSignal.set() }
            }) { () throws(Stop) in
                signalled.wait(until: .scaled(.seconds(30)))
                throw .interrupted
            }
        }
    }

    private struct ReadAnswer: Cmdlet {
        static let signature = Signature("Read-Answer")
        mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
            try io.emit(.optional(try io.host.readLine(prompt: "")))
        }
    }
}
