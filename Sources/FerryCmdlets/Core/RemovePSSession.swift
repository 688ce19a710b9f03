import FerryEngine
import FerryRemoting

/// Ends sessions on other hosts; what runs in them is stopped.
struct RemovePSSession: Cmdlet {
    static let signature = Signature(
        "Remove-PSSession", typeName: "Microsoft.PowerShell.Commands.RemovePSSessionCommand", shouldProcess: .medium,
        defaultSet: "Id",
        sets: [
            ParameterSet("Id", [RemoteSelection.id]), ParameterSet("Session", [RemoteSelection.session]),
            ParameterSet("Name", [RemoteSelection.name]), ParameterSet("InstanceId", [RemoteSelection.instance]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for session in try RemoteSelection.sessions(by: call, io)
        where try io.confirms("Remove-PSSession", session.remote.target.host) {
            SessionTable.of(io.runspace).remove(session)
        }
    }
}
