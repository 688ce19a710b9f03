import FerryEngine
import FerryRemoting

/// Opens sessions on other hosts through ssh.
struct NewPSSession: Cmdlet {
    static let name = Parameter<[String]>("Name", validate: [.notNullOrEmpty])

    static let signature = Signature(
        "New-PSSession", typeName: "Microsoft.PowerShell.Commands.NewPSSessionCommand", defaultSet: "SSHHost",
        outputs: [SessionObject.type], parameters: [name],
        sets: [
            RemoteSelection.hostSet("SSHHost", [RemoteSelection.hostName]),
            ParameterSet("SSHHostHashParam", [RemoteSelection.connection]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let names = call[Self.name]
        for (index, target) in try RemoteSelection.targets(by: call, io).enumerated() {
            let name = index < names.count ? names[index] : nil
            if let session = try RemoteSelection.open(target, name: name, io) { try io.emit(session.value) }
        }
    }
}
