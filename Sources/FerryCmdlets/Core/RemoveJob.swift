import FerryEngine

/// Takes jobs off the list.
struct RemoveJob: Cmdlet {
    static let force = Parameter<Bool>.switch("Force", aliases: ["F"])

    static let signature = Signature(
        "Remove-Job", typeName: "Microsoft.PowerShell.Commands.RemoveJobCommand", shouldProcess: .medium,
        defaultSet: "SessionIdParameterSet",
        sets: [
            ParameterSet("SessionIdParameterSet", [JobSelection.id, force]),
            ParameterSet("JobParameterSet", [JobSelection.job, force]),
            ParameterSet("NameParameterSet", [JobSelection.name, force]),
            ParameterSet("InstanceIdParameterSet", [JobSelection.instance, force]), JobSelection.stateSet,
            JobSelection.commandSet, ParameterSet("FilterParameterSet", [JobSelection.filter, force]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for job in try JobSelection.chosen(by: call, io) {
            if !job.state.isFinished, !call[Self.force] {
                try io.report(
                    "JobObjectNotFinishedCannotBeRemoved", .invalidOperation,
                    "The command cannot remove the job with the \(job.id) session identifier because the job is not "
                        + "finished. To remove the job, first stop the job, or use the Force parameter.",
                    target: JobObject(job).value, exception: "System.ArgumentException")
                continue
            }
            guard try io.confirms("Remove-Job", "Job Id: \(job.id), Name: \(job.name)") else { continue }
            job.stop()
            _ = try io.waitForJobs { job.state.isFinished }
            io.jobs.remove(job)
        }
    }
}
