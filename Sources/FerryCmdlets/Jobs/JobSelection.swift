import FerryEngine

/// The parameters by which the job commands choose jobs, and PowerShell's errors for those that are not there.
enum JobSelection {
    static let id = Parameter<[Int]>("Id", position: 0, mandatory: true, pipeline: .byProperty)
    static let instance = Parameter<[GUID]>("InstanceId", position: 0, mandatory: true, pipeline: .byProperty)
    static let name = Parameter<[String]>(
        "Name", position: 0, mandatory: true, pipeline: .byProperty, validate: [.notNullOrEmpty], wildcards: true)
    static let job = Parameter<[Value]>(
        "Job", position: 0, mandatory: true, pipeline: .byValueAndProperty, type: .array(of: JobObject.baseType))
    static let state = Parameter<JobState?>("State", position: 0, mandatory: true, pipeline: .byProperty)
    static let command = Parameter<[String]>(
        "Command", mandatory: true, pipeline: .byProperty, validate: [.notNullOrEmpty], wildcards: true)

    static let filter = Parameter<TableObject?>("Filter", position: 0, mandatory: true, pipeline: .byProperty)

    static let filterSet = ParameterSet("FilterParameterSet", [filter])
    static let idSet = ParameterSet("SessionIdParameterSet", [id])
    static let instanceSet = ParameterSet("InstanceIdParameterSet", [instance])
    static let nameSet = ParameterSet("NameParameterSet", [name])
    static let stateSet = ParameterSet("StateParameterSet", [state])
    static let jobSet = ParameterSet("JobParameterSet", [job])
    static let commandSet = ParameterSet("CommandParameterSet", [command])

    /// The jobs a call names; every job when it names none. What is not found is reported.
    static func chosen(by call: Call, _ io: CommandIO) throws(Stop) -> [Job] {
        let all = io.jobs.jobs
        // No kind of job here has properties of its own to be chosen by.
        if call.isBound(filter) { return [] }
        if call.isBound(job) { return call[job].compactMap { $0.hosted(JobObject.self)?.job } }
        if call.isBound(state), let wanted = call[state] { return all.filter { $0.state == wanted } }
        if call.isBound(command) {
            let patterns = call[command].map { WildcardPattern($0) }
            return all.filter { job in patterns.contains { $0.matches(job.command) || $0.matches(job.command.trimmed) }
            }
        }
        var choice = ListedChoice(of: all + all.flatMap(\.children))
        if call.isBound(id) {
            try choice.add(call[id], by: { $0.id }) { wanted throws(Stop) in
                try notFound(
                    "JobWithSpecifiedSessionNotFound",
                    "The command cannot find a job with the job ID \(wanted). Verify the value of the Id parameter and "
                        + "then try the command again.", .count(wanted), io)
            }
        } else if call.isBound(instance) {
            try choice.add(call[instance], by: { $0.instanceID }) { wanted throws(Stop) in
                try notFound(
                    "JobWithSpecifiedInstanceIdNotFound",
                    "The command cannot find a job with the instance ID \(wanted.text). Verify the value of the "
                        + "InstanceId parameter and then try the command again.", .guid(wanted), io)
            }
        } else if call.isBound(name) {
            try choice.add(named: call[name], by: { $0.name }) { wanted throws(Stop) in
                try notFound(
                    "JobWithSpecifiedNameNotFound",
                    "The command cannot find the job because the job name \(wanted) was not found. Verify the value of the "
                        + "Name parameter, and then try the command again.", .string(wanted), io)
            }
        } else {
            return all
        }
        return choice.chosen
    }

    private static func notFound(_ id: String, _ text: String, _ target: Value, _ io: CommandIO) throws(Stop) {
        try io.report(
            id, .objectNotFound, text, target: target, exception: "System.Management.Automation.PSArgumentException")
    }
}
