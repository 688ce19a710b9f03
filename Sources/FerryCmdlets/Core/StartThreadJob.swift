import FerryEngine

/// Runs a script block or a script in the background, so many at a time.
struct StartThreadJob: Cmdlet {
    static let throttle = Parameter<Int>("ThrottleLimit", validate: [.range(1, 1_000_000)])

    static let streamingHost = Parameter<Value>("StreamingHost", validate: [.notNullOrEmpty])

    static let signature = Signature(
        "Start-ThreadJob", typeName: "Microsoft.PowerShell.ThreadJob.StartThreadJobCommand", defaultSet: "ScriptBlock",
        outputs: [JobObject.baseType],
        parameters: [
            StartJob.name, StartJob.initialization.at(nil), StartJob.input, StartJob.arguments, StartJob.folder,
            throttle, streamingHost,
        ],
        sets: [ParameterSet("ScriptBlock", [StartJob.block]), ParameterSet("FilePath", [StartJob.file])])

    private var items: [Value] = []

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.isBound(StartJob.input) { items.append(call[StartJob.input]) }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard let block = try JobScript.block(call, StartJob.block, StartJob.file, nil, io) else { return }
        var task = try ScriptTask(block, io)
        task.initialization = call[StartJob.initialization].map { Parcel(.object($0)) }
        task.arguments = call[StartJob.arguments].map { Parcel($0) }
        task.input = items.map { Parcel($0) }
        if call.isBound(Self.streamingHost) {
            guard call[Self.streamingHost].asObject is HostObject, let writer = io.runspace.host.threadWriter else {
                throw io.failing(
                    "StreamingHostNotSupported", .invalidArgument,
                    "The host that a thread job writes to is the $Host of a shell with a terminal or files of its own.",
                    target: call[Self.streamingHost], exception: "System.Management.Automation.PSArgumentException")
            }
            task.echo = writer
        }
        task.folder = try JobScript.folder(call, StartJob.folder, io)
        if call.isBound(Self.throttle) { io.jobs.threads.setLimit(call[Self.throttle]) }
        let job = io.jobs.make(
            name: call[StartJob.name], kind: JobKind.thread, location: "PowerShell", command: block.text, children: [])
        io.jobs.threads.submit(job, task.body)
        try io.emit(JobObject(job).value)
    }
}
