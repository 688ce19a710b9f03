import FerryEngine

/// Ends jobs early.
struct StopJob: Cmdlet {
    static let passthru = Parameter<Bool>.switch("PassThru")

    static let signature = Signature(
        "Stop-Job", typeName: "Microsoft.PowerShell.Commands.StopJobCommand", shouldProcess: .medium,
        defaultSet: "SessionIdParameterSet", outputs: [JobObject.baseType], parameters: [passthru],
        sets: [
            JobSelection.idSet, JobSelection.jobSet, JobSelection.nameSet, JobSelection.instanceSet,
            JobSelection.stateSet, JobSelection.filterSet,
        ])

    private var stopped: [Job] = []

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for job in try JobSelection.chosen(by: call, io) where !job.state.isFinished {
            guard try io.confirms("Stop-Job", "Job Id: \(job.id), Name: \(job.name)") else { continue }
            job.stop()
            stopped.append(job)
        }
        if call[Self.passthru] {
            for job in try JobSelection.chosen(by: call, io) { try io.emit(JobObject(job).value) }
        }
    }

    /// Not before they have ended: what they were doing is over when the prompt is back.
    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        let jobs = stopped
        _ = try io.waitForJobs { jobs.allSatisfy { $0.state.isFinished } }
    }
}
