import FerryEngine

/// `System.Management.Automation.Job` as scripts see it: the job itself, live.
final class JobObject: JobBody {
    let job: Job

    init(_ job: Job) { self.job = job }

    static let baseType = RuntimeType("System.Management.Automation.Job")
    private static func type(_ name: String, _ bases: String...) -> RuntimeType {
        RuntimeType(name, bases: bases + [baseType.fullName, "System.Object"])
    }
    private static let remoting = type("System.Management.Automation.PSRemotingJob")
    private static let child = type("System.Management.Automation.PSRemotingChildJob")
    private static let thread = type("Microsoft.PowerShell.ThreadJob.ThreadJob", "System.Management.Automation.Job2")
    private static let task = type("System.Management.Automation.PSTasks.PSTaskJob")
    private static let machine = type("Microsoft.HyperV.PowerShell.Commands.VirtualizationJob")

    /// The job may be looked at from any thread.
    var isImmutable: Bool { true }

    var typeName: RuntimeType {
        switch job.kind {
        case JobKind.thread: Self.thread
        case JobKind.task: Self.task
        case JobKind.machine: Self.machine
        case "": Self.child
        default: Self.remoting
        }
    }

    var propertyNames: [String] {
        [
            "State", "HasMoreData", "StatusMessage", "Location", "Command", "JobStateInfo", "Finished", "InstanceId",
            "Id",
            "Name", "ChildJobs", "PSBeginTime", "PSEndTime", "PSJobTypeName", "Output", "Error", "Progress", "Verbose",
            "Debug", "Warning", "Information",
        ]
    }

    func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "id": return .count(job.id)
        case "name": return .string(job.name)
        case "psjobtypename": return .string(job.kind)
        case "state": return job.state.value
        case "hasmoredata": return .bool(job.hasMoreData)
        case "location": return .string(job.location)
        case "command": return .string(job.command)
        case "statusmessage": return .string("")
        case "instanceid": return .guid(job.instanceID)
        case "childjobs": return .list(ListObject(job.children.map { JobObject($0).value }))
        case "psbegintime": return job.begun.map { .date($0) } ?? .null
        case "psendtime": return job.ended.map { .date($0) } ?? .null
        case "finished": return .bool(job.state.isFinished)
        case "jobstateinfo":
            let reason = job.reason?.open().asObject as? ErrorRecord
            return .object(
                CustomObject(
                    [("State", job.state.value), ("Reason", reason.map { .object($0.exception) } ?? .null)],
                    typeNames: ["System.Management.Automation.JobStateInfo"]))
        case "output": return stream { if case .output = $0 { true } else { false } }
        case "error": return stream { if case .error = $0 { true } else { false } }
        case "progress": return stream { if case .progress = $0 { true } else { false } }
        case "verbose": return stream { if case .verbose = $0 { true } else { false } }
        case "debug": return stream { if case .debug = $0 { true } else { false } }
        case "warning": return stream { if case .warning = $0 { true } else { false } }
        case "information": return stream { if case .information = $0 { true } else { false } }
        default: return nil
        }
    }

    private func stream(_ wants: (JobRecord) -> Bool) -> Value {
        .list(ListObject(job.records(keeping: true).filter(wants).map(\.value)))
    }

    func isEqual(to other: any HostedBody) -> Bool { (other as? JobObject)?.job === job }
}

/// `PSJobTypeName`s.
enum JobKind {
    static let background = "BackgroundJob"
    static let thread = "ThreadJob"
    static let task = "PSTaskJob"
    static let remote = "RemoteJob"
    static let machine = "VirtualizationJob"
}
