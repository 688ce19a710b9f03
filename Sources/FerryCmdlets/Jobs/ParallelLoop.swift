import FerryCore
import FerryEngine

/// `ForEach-Object -Parallel`: the block for each object in runspaces of their own, in place or as a job.
struct ParallelLoop {
    static let block = Parameter<ScriptBlock?>("Parallel", mandatory: true)
    static let throttle = Parameter<Int>("ThrottleLimit", validate: [.range(1, 2_147_483_647)])
    static let timeout = Parameter<Int>("TimeoutSeconds", validate: [.range(0, 2_147_483)])
    static let asJob = Parameter<Bool>.switch("AsJob")
    static let newRunspaces = Parameter<Bool>.switch("UseNewRunspace")
    static var parameters: [any ParameterKey] { [block, throttle, timeout, asJob, newRunspaces] }

    private static let defaultLimit = 5
    /// Common parameters that would mean something else in each of the runspaces.
    private static let unsupported = ["ErrorAction", "WarningAction", "InformationAction", "PipelineVariable"]

    private let work: ParallelWork?
    private let task: ScriptTask
    private let limit: Int
    private let command: String
    /// The objects of a job, which starts at the end.
    private var items: [Parcel] = []
    private var timedOut = false

    init(_ call: Call, _ io: CommandIO) throws(Stop) {
        let block = call[Self.block] ?? .unbound
        command = block.text
        limit = call.isBound(Self.throttle) ? call[Self.throttle] : Self.defaultLimit
        let isJob = call[Self.asJob]
        for name in Self.unsupported where call.isBound(name) {
            throw io.failing(
                "ParallelCommonParametersNotSupported", .notImplemented,
                "The following common parameters are not currently supported in the Parallel parameter set: "
                    + Self.unsupported.joined(separator: ", "),
                exception: "System.Management.Automation.PSNotSupportedException")
        }
        if isJob, call.isBound(Self.timeout) {
            throw io.failing(
                "ParallelCannotUseTimeoutWithJob", .invalidOperation,
                "The TimeoutSeconds parameter cannot be used with the AsJob parameter.",
                exception: "System.Management.Automation.PSInvalidOperationException")
        }
        task = try ScriptTask(block, io)
        if task.using.values.contains(where: { $0.open().asScriptBlock != nil }) {
            throw io.failing(
                "ParallelUsingVariableCannotBeScriptBlock", .invalidOperation,
                "A ForEach-Object -Parallel using variable cannot be a script block. Passed-in script block variables are not "
                    + "supported with ForEach-Object -Parallel, and can result in undefined behavior.",
                exception: "System.Management.Automation.PSInvalidOperationException")
        }
        let seconds = call[Self.timeout]
        work =
            isJob
            ? nil
            : ParallelWork(
                task, limit: limit, reusesRunspaces: !call[Self.newRunspaces], seconds: seconds > 0 ? seconds : nil)
    }

    /// Blocks while the limit is reached, and writes what the others put out meanwhile.
    mutating func add(_ item: Value, _ io: CommandIO) throws(Stop) {
        if item.asScriptBlock != nil {
            return try io.report(
                "ParallelPipedInputObjectCannotBeScriptBlock", .invalidOperation,
                "A piped input object to ForEach-Object -Parallel cannot be a script block.",
                exception: "System.Management.Automation.PSInvalidOperationException")
        }
        guard let work else {
            items.append(Parcel(item))
            return
        }
        while !timedOut {
            switch try work.next(wantsRoom: true, io.interrupt) {
            case .records(let records): for record in records { try record.write(to: io) }
            case .timedOut:
                timedOut = true
                try reportStopped(work.stop(), io)
            case .free, .finished:
                do throws(Failure) { try work.submit(item) } catch { throw io.failing(error) }
                return
            }
        }
    }

    mutating func finish(_ io: CommandIO) throws(Stop) {
        guard let work else { return try startJob(io) }
        while !timedOut {
            switch try work.next(wantsRoom: false, io.interrupt) {
            case .records(let records): for record in records { try record.write(to: io) }
            case .timedOut:
                timedOut = true
                try reportStopped(work.stop(), io)
            case .finished, .free: return
            }
        }
    }

    /// Each block that the time ran out for ends with an error of its own.
    private func reportStopped(_ count: Int, _ io: CommandIO) throws(Stop) {
        for _ in 0..<count {
            let record = ErrorRecord(
                ExceptionObject(
                    "System.Management.Automation.PipelineStoppedException", "The pipeline has been stopped."),
                errorID: "PSTaskException", category: .invalidOperation, target: .null)
            // The id stands alone: the error is the task's, not the command's.
            record.commandTypeName = ""
            record.activity = "ForEach-Object"
            try io.report(record)
        }
    }

    /// Whatever happened, no worker stays behind.
    func stop() {
        work?.close()
        work?.stop()
    }

    private func startJob(_ io: CommandIO) throws(Stop) {
        let job = io.jobs.make(
            name: nil, kind: JobKind.task, location: "PowerShell", command: command,
            children: items.map { _ in (location: "PowerShell", command: command) })
        let queue = JobQueue(limit: limit)
        for (child, item) in zip(job.children, items) {
            var own = task
            own.item = item
            queue.submit(child, own.body)
        }
        try io.emit(JobObject(job).value)
    }
}
