import FerryCore
import FerryEngine
import FerryRemoting

/// One script on many hosts or sessions at a time: each a job of its own, so many at once.
struct RemoteFanOut {
    /// `Invoke-Command -ThrottleLimit`'s default.
    static let usualLimit = 32

    enum Place: Sendable {
        case session(RemoteSession)
        /// A session is made for the command and ended after it.
        case host(RemoteTarget)

        var host: String {
            switch self {
            case .session(let session): session.target.host
            case .host(let target): target.host
            }
        }
    }

    /// A command without its runspace.
    struct Work: Sendable {
        var script: String
        var arguments: [Parcel]
        var using: [String: Parcel]
        var input: [Parcel]
        var showsComputerName: Bool

        var command: RemoteCommand {
            var command = RemoteCommand(script)
            command.arguments = arguments.map { $0.open() }
            command.using = using
            command.input = input.map { $0.open() }
            command.showsComputerName = showsComputerName
            return command
        }
    }

    var work: Work
    var places: [Place]
    var limit: Int

    /// Starts the children of `job`, one for each place in order.
    func start(_ job: Job) {
        let queue = JobQueue(limit: limit)
        for (child, place) in zip(job.children, places) {
            let work = work
            queue.submit(child) { job in Self.run(work, at: place, job) }
        }
    }

    private static func run(_ work: Work, at place: Place, _ job: Job) {
        let interrupt = Interrupt()
        guard job.begin(stop: { interrupt.raise() }) else { return }
        let session: RemoteSession
        switch place {
        case .session(let open): session = open
        case .host(let target):
            do throws(Failure) { session = try RemoteSession.open(target, interrupt) } catch {
                if interrupt.isRaised { return job.finish(.stopped) }
                let record = RemotingError.notOpened(error, target.host, activity: "Invoke-Command")
                return job.finish(.failed, reason: Parcel(.object(record)))
            }
        }
        do throws(Stop) {
            try session.run(work.command, interrupt: interrupt, host: nil) { record throws(Stop) in job.append(record) }
            job.finish(.completed)
        } catch {
            job.finish(with: error)
        }
        if case .host = place { session.close() }
    }

    /// One place, on the calling command's own thread: what the script asks, the caller's host asks.
    static func runHere(_ work: Work, at place: Place, _ io: CommandIO) throws(Stop) {
        let session: RemoteSession
        switch place {
        case .session(let open): session = open
        case .host(let target):
            do throws(Failure) { session = try RemoteSession.open(target, io.interrupt) } catch {
                try io.interrupt.check()
                return try io.relay(RemotingError.notOpened(error, target.host, activity: io.call.signature.name))
            }
        }
        defer { if case .host = place { session.close() } }
        var own: Stop?
        do throws(Stop) {
            try session.run(work.command, interrupt: io.interrupt, host: io.runspace.host) { record throws(Stop) in
                do throws(Stop) { try record.write(to: io) } catch {
                    own = error
                    throw error
                }
            }
        } catch {
            if let own { throw own }
            try io.interrupt.check()
            // What ended the script there is an error of one place here, not the end of the caller's.
            if let record = error.cause.record { try io.relay(record) }
        }
    }
}
