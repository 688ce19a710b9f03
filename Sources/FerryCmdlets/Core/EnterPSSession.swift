import FerryEngine
import FerryRemoting

/// Makes typed commands go to another host, until Exit-PSSession.
struct EnterPSSession: Cmdlet {
    private static let host = Parameter<String>("HostName", position: 0, mandatory: true, validate: [.notNullOrEmpty])
    private static let session = Parameter<Value>(
        "Session", position: 0, mandatory: true, pipeline: .byValue, type: SessionObject.type)
    private static let id = Parameter<Int>("Id", position: 0, mandatory: true, pipeline: .byProperty)
    private static let name = Parameter<String>("Name", mandatory: true, pipeline: .byProperty)

    static let signature = Signature(
        "Enter-PSSession", typeName: "Microsoft.PowerShell.Commands.EnterPSSessionCommand", defaultSet: "SSHHost",
        sets: [
            RemoteSelection.hostSet("SSHHost", [host]), ParameterSet("Session", [session]),
            ParameterSet("Id", [id]), ParameterSet("Name", [name]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let table = SessionTable.of(io.runspace)
        guard io.runspace.isPrompt else {
            throw io.failing(
                "HostDoesNotSupportPushRunspace", .invalidArgument,
                "The current host does not support the Enter-PSSession cmdlet. Use Invoke-Command in scripts.",
                exception: "System.Management.Automation.PSInvalidOperationException")
        }
        if call.parameterSet == "SSHHost" {
            guard let target = try RemoteSelection.targets(by: call, io).first,
                let session = try RemoteSelection.open(target, name: nil, io)
            else { return }
            return table.enter(session, endsWhenLeft: true)
        }
        guard let session = try RemoteSelection.sessions(by: call, io).first else { return }
        guard session.state == "Opened" else {
            throw io.failing(
                "PushedRunspaceMustBeOpen", .invalidArgument,
                "The session state is \(session.state). Only a session in the Opened state can be entered.",
                target: session.value, exception: "System.Management.Automation.PSInvalidOperationException")
        }
        table.enter(session, endsWhenLeft: false)
    }
}
