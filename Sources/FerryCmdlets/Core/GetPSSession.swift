import FerryEngine

/// Lists the sessions on other hosts.
struct GetPSSession: Cmdlet {
    static let signature = Signature(
        "Get-PSSession", typeName: "Microsoft.PowerShell.Commands.GetPSSessionCommand", defaultSet: "Name",
        outputs: [SessionObject.type],
        sets: [
            ParameterSet("Name", [RemoteSelection.name.mandatory(false)]),
            ParameterSet("Id", [RemoteSelection.id]), ParameterSet("InstanceId", [RemoteSelection.instance]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for session in try RemoteSelection.sessions(by: call, io) { try io.emit(session.value) }
    }
}
