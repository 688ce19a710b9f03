import FerryEngine

/// Lists the session's jobs.
struct GetJob: Cmdlet {
    static let includeChildren = Parameter<Bool>.switch("IncludeChildJob")
    static let childState = Parameter<JobState?>("ChildJobState")
    static let hasMoreData = Parameter<Bool>("HasMoreData")
    static let newest = Parameter<Int>("Newest", validate: [.range(0, 2_147_483_647)])
    static let before = Parameter<DateTime?>("Before")
    static let after = Parameter<DateTime?>("After")

    static let signature = Signature(
        "Get-Job", typeName: "Microsoft.PowerShell.Commands.GetJobCommand", defaultSet: "SessionIdParameterSet",
        outputs: [JobObject.baseType],
        parameters: [includeChildren, childState, hasMoreData, newest, before, after],
        sets: [
            ParameterSet("SessionIdParameterSet", [JobSelection.id.mandatory(false)]), JobSelection.instanceSet,
            JobSelection.nameSet, JobSelection.stateSet, JobSelection.commandSet, JobSelection.filterSet,
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        var jobs = try JobSelection.chosen(by: call, io)
        if call[Self.includeChildren] { jobs = jobs.flatMap { [$0] + $0.children } }
        if let wanted = call[Self.childState] {
            jobs = jobs.flatMap { job in
                let children = job.children.filter { $0.state == wanted }
                return children.isEmpty ? [] : [job] + children
            }
        }
        if call.isBound(Self.hasMoreData) { jobs = jobs.filter { $0.hasMoreData == call[Self.hasMoreData] } }
        if let before = call[Self.before] { jobs = jobs.filter { ($0.ended ?? .now) < before } }
        if let after = call[Self.after] { jobs = jobs.filter { ($0.ended ?? .now) > after } }
        if call.isBound(Self.newest) { jobs = Array(jobs.suffix(call[Self.newest])) }
        for job in jobs { try io.emit(JobObject(job).value) }
    }
}
