import FerryEngine
import FerryRemoting

/// Runs a script block here, or on other hosts through ssh.
struct InvokeCommand: Cmdlet {
    static let block = Parameter<ScriptBlock?>("ScriptBlock", aliases: ["Command"], position: 1, mandatory: true)
    static let file = Parameter<String>("FilePath", aliases: ["PSPath"], position: 1, mandatory: true)
    static let arguments = Parameter<[Value]>("ArgumentList", aliases: ["Args"])
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let noNewScope = Parameter<Bool>.switch("NoNewScope")
    static let throttle = Parameter<Int>("ThrottleLimit", validate: [.range(0, 2_147_483_647)])
    static let asJob = Parameter<Bool>.switch("AsJob")
    static let jobName = Parameter<String?>("JobName", validate: [.notNullOrEmpty])
    static let hideComputerName = Parameter<Bool>.switch("HideComputerName", aliases: ["HCN"])

    private static var remote: [any ParameterKey] { [throttle, asJob, jobName, hideComputerName] }

    private static func set(_ name: String, _ first: [any ParameterKey]) -> ParameterSet {
        ParameterSet(name, first + remote)
    }

    static let signature = Signature(
        "Invoke-Command", typeName: "Microsoft.PowerShell.Commands.InvokeCommandCommand", defaultSet: "InProcess",
        parameters: [arguments, input],
        sets: [
            ParameterSet("InProcess", [block.at(0), noNewScope]),
            set("Session", [RemoteSelection.session.from([]), block]),
            set("FilePathRunspace", [RemoteSelection.session.from([]), file]),
            RemoteSelection.hostSet("SSHHost", [RemoteSelection.hostName.at(nil), block.at(0)], remote),
            RemoteSelection.hostSet("FilePathSSHHost", [RemoteSelection.hostName.at(nil), file.at(nil)], remote),
            set("SSHHostHashParam", [RemoteSelection.connection, block.at(0)]),
            set("FilePathSSHHostHash", [RemoteSelection.connection, file.at(nil)]),
        ])

    private var items: [Value] = []

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.isBound(Self.input) { items.append(call[Self.input]) }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.parameterSet == "InProcess" {
            guard let block = call[Self.block] else { return }
            return try io.invoke(
                block, input: items, arguments: call[Self.arguments], inNewScope: !call[Self.noNewScope])
        }
        let places = try chosenPlaces(call, io)
        guard !places.isEmpty else { return }
        let block: ScriptBlock
        if let given = call[Self.block] {
            block = given
        } else {
            block = try io.runspace.makeScriptBlock(file: call[Self.file])
        }
        let work = RemoteFanOut.Work(
            script: block.text, arguments: call[Self.arguments].map { Parcel($0) },
            using: try Runspace.usingValues(of: block, io), input: items.map { Parcel($0) },
            showsComputerName: !call[Self.hideComputerName])
        let isJob = call[Self.asJob] || call.isBound(Self.jobName)
        if !isJob, places.count == 1 { return try RemoteFanOut.runHere(work, at: places[0], io) }
        let fanOut = RemoteFanOut(
            work: work, places: places,
            limit: call[Self.throttle] > 0 ? call[Self.throttle] : RemoteFanOut.usualLimit)
        let job = io.jobs.make(
            name: call[Self.jobName], kind: JobKind.remote, location: places.map(\.host).joined(separator: ","),
            command: block.text, children: places.map { (location: $0.host, command: block.text) }, isListed: isJob)
        fanOut.start(job)
        if isJob { return try io.emit(JobObject(job).value) }
        do throws(Stop) { try JobStreaming.follow(job.children, io) } catch {
            // Ctrl-C, or a command behind that wants no more: the other sides are stopped, and waited for.
            job.stop()
            io.waitForEnd(of: job)
            throw error
        }
    }

    private func chosenPlaces(_ call: Call, _ io: CommandIO) throws(Stop) -> [RemoteFanOut.Place] {
        if call.isBound(RemoteSelection.session) {
            let sessions = try RemoteSelection.sessions(by: call, io)
            guard Set(sessions.map(\.remote.id)).count == sessions.count else {
                throw io.failing(
                    "RemoteRunspaceInfoHasDuplicates", .invalidArgument,
                    "The Session parameter names a session more than once. Name each session once.",
                    exception: "System.ArgumentException")
            }
            return sessions.map { .session($0.remote) }
        }
        return try RemoteSelection.targets(by: call, io).map { .host($0) }
    }
}
