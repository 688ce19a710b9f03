import FerryEngine

/// Brings what jobs have put out so far, on every stream.
struct ReceiveJob: Cmdlet {
    static let keep = Parameter<Bool>.switch("Keep")
    static let wait = Parameter<Bool>.switch("Wait")
    static let autoRemove = Parameter<Bool>.switch("AutoRemoveJob")
    static let noRecurse = Parameter<Bool>.switch("NoRecurse")
    static let force = Parameter<Bool>.switch("Force")
    static let writeJob = Parameter<Bool>.switch("WriteJobInResults")
    static let location = Parameter<[String]>("Location", position: 1, wildcards: true)

    static let signature = Signature(
        "Receive-Job", typeName: "Microsoft.PowerShell.Commands.ReceiveJobCommand", defaultSet: "Location",
        parameters: [keep, wait, autoRemove, noRecurse, force, writeJob],
        sets: [
            ParameterSet("Location", [JobSelection.job, location]), JobSelection.idSet, JobSelection.nameSet,
            JobSelection.instanceSet,
        ])

    private var jobs: [Job] = []

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call[Self.wait], call[Self.keep] {
            throw io.failing(
                "BlockCannotBeUsedWithKeep", .invalidArgument,
                "The Wait and Keep parameters cannot be used together in the same command.",
                exception: "System.Management.Automation.PSArgumentException")
        }
        if call[Self.autoRemove], !call[Self.wait] {
            throw io.failing(
                "AutoRemoveCannotBeUsedWithoutWait", .invalidArgument,
                "The AutoRemoveJob parameter cannot be used without the Wait parameter.",
                exception: "System.Management.Automation.PSArgumentException")
        }
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for job in try JobSelection.chosen(by: call, io) where !jobs.contains(where: { $0 === job }) {
            jobs.append(job)
            if call[Self.writeJob] { try io.emit(JobObject(job).value) }
            if !call[Self.wait] { try receive(job, call, io) }
        }
    }

    /// With -Wait: as the records come, until every job is finished.
    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard call[Self.wait] else { return }
        let jobs = jobs
        try JobStreaming.follow(sources(of: jobs, call), io)
        if call[Self.autoRemove] { for job in jobs where job.state.isFinished { io.jobs.remove(job) } }
    }

    private func sources(of jobs: [Job], _ call: Call) -> [Job] {
        let patterns = call[Self.location].map { WildcardPattern($0) }
        let all = jobs.flatMap { $0.children.isEmpty || call[Self.noRecurse] ? [$0] : $0.children }
        return patterns.isEmpty ? all : all.filter { job in patterns.contains { $0.matches(job.location) } }
    }

    private func receive(_ job: Job, _ call: Call, _ io: CommandIO) throws(Stop) {
        for source in sources(of: [job], call) {
            let isFinished = source.state.isFinished
            for record in source.records(keeping: call[Self.keep]) { try record.write(to: io) }
            if isFinished { try JobStreaming.writeReason(of: source, io) }
        }
    }
}
