import FerryEngine

/// Brings what jobs have put out so far, on every stream.
struct ReceiveJob: Cmdlet {
    static let keep = Parameter<Bool>.switch("Keep")
    static let wait = Parameter<Bool>.switch("Wait")
    static let autoRemove = Parameter<Bool>.switch("AutoRemoveJob")
    static let noRecurse = Parameter<Bool>.switch("NoRecurse")
    static let force = Parameter<Bool>.switch("Force")
    static let writeJob = Parameter<Bool>.switch("WriteJobInResults")
    static let writeEvents = Parameter<Bool>.switch("WriteEvents")
    static let computer = Parameter<[String]>("ComputerName", aliases: ["Cn"], position: 1, wildcards: true)
    static let location = Parameter<[String]>("Location", position: 1, wildcards: true)

    static let signature = Signature(
        "Receive-Job", typeName: "Microsoft.PowerShell.Commands.ReceiveJobCommand", defaultSet: "Location",
        parameters: [keep, wait, autoRemove, noRecurse, force, writeJob, writeEvents],
        sets: [
            ParameterSet("Location", [JobSelection.job, location]),
            ParameterSet("ComputerName", [JobSelection.job, computer.mandatory()]), JobSelection.idSet,
            JobSelection.nameSet,
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
        let begun = jobs.map(\.state)
        try JobStreaming.follow(sources(of: jobs, call), io)
        if call[Self.writeEvents] {
            for (job, previous) in zip(jobs, begun) { try writeEvents(job, previous, io) }
        }
        if call[Self.autoRemove] { for job in jobs where job.state.isFinished { io.jobs.remove(job) } }
    }

    private func sources(of jobs: [Job], _ call: Call) -> [Job] {
        if call[Self.noRecurse] { return jobs.filter(\.children.isEmpty) }
        let patterns = (call[Self.location] + call[Self.computer]).map { WildcardPattern($0) }
        let all = jobs.flatMap { $0.children.isEmpty || call[Self.noRecurse] ? [$0] : $0.children }
        return patterns.isEmpty ? all : all.filter { job in patterns.contains { $0.matches(job.location) } }
    }

    /// The changes of a job's state, of those of its children and of its own: `JobStateEventArgs`.
    private func writeEvents(_ job: Job, _ previous: JobState, _ io: CommandIO) throws(Stop) {
        for changed in job.children + [job] {
            func info(_ state: JobState) -> Value {
                .object(
                    CustomObject(
                        [("State", state.value), ("Reason", .null)],
                        typeNames: ["System.Management.Automation.JobStateInfo"]))
            }
            try io.emit(
                JobEvent(info(changed.state), info(previous)).value)
        }
    }

    private func receive(_ job: Job, _ call: Call, _ io: CommandIO) throws(Stop) {
        for source in sources(of: [job], call) {
            let isFinished = source.state.isFinished
            for record in source.records(keeping: call[Self.keep]) { try record.write(to: io) }
            if isFinished { try JobStreaming.writeReason(of: source, io) }
        }
    }
}

/// `System.Management.Automation.JobStateEventArgs`.
final class JobEvent: HostedBody {
    private let now: Value
    private let before: Value

    init(_ now: Value, _ before: Value) {
        self.now = now
        self.before = before
    }

    private static let type = RuntimeType(
        "System.Management.Automation.JobStateEventArgs", bases: ["System.EventArgs", "System.Object"])
    var typeName: RuntimeType { Self.type }
    var propertyNames: [String] { ["JobStateInfo", "PreviousJobStateInfo"] }
    func property(_ name: String) throws(Stop) -> Value? {
        switch name.lowercased() {
        case "jobstateinfo": now
        case "previousjobstateinfo": before
        default: nil
        }
    }
}
