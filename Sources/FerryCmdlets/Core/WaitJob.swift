import FerryEngine

/// Waits until jobs are finished.
struct WaitJob: Cmdlet {
    static let any = Parameter<Bool>.switch("Any")
    static let timeout = Parameter<Double>("Timeout", aliases: ["TimeoutSec"], validate: [.range(-1, 2_147_483_647)])
    static let force = Parameter<Bool>.switch("Force")

    static let signature = Signature(
        "Wait-Job", typeName: "Microsoft.PowerShell.Commands.WaitJobCommand", defaultSet: "SessionIdParameterSet",
        outputs: [JobObject.baseType], parameters: [any, timeout, force],
        sets: [
            JobSelection.idSet, JobSelection.jobSet, JobSelection.nameSet, JobSelection.instanceSet,
            JobSelection.stateSet, JobSelection.filterSet,
        ])

    private var jobs: [Job] = []

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for job in try JobSelection.chosen(by: call, io) where !jobs.contains(where: { $0 === job }) {
            jobs.append(job)
        }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard !jobs.isEmpty else { return }
        let jobs = jobs
        let wantsAny = call[Self.any]
        let seconds = call.isBound(Self.timeout) && call[Self.timeout] >= 0 ? call[Self.timeout] : nil
        let done = try io.waitForJobs(seconds: seconds) {
            wantsAny ? jobs.contains { $0.state.isFinished } : jobs.allSatisfy { $0.state.isFinished }
        }
        if wantsAny {
            if done, let first = jobs.first(where: { $0.state.isFinished }) { try io.emit(JobObject(first).value) }
            return
        }
        for job in jobs where job.state.isFinished { try io.emit(JobObject(job).value) }
    }
}
