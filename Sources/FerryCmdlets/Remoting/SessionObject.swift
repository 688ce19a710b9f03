package import FerryEngine
package import FerryRemoting

/// `System.Management.Automation.Runspaces.PSSession`.
package final class SessionObject: HostedBody {
    package let remote: RemoteSession
    let id: Int
    let name: String

    init(_ remote: RemoteSession, id: Int, name: String) {
        self.remote = remote
        self.id = id
        self.name = name
    }

    static let type = RuntimeType("System.Management.Automation.Runspaces.PSSession")
    package var typeName: RuntimeType { Self.type }
    package var text: String { "[PSSession]\(name)" }
    package var isImmutable: Bool { true }

    package var propertyNames: [String] {
        [
            "State", "IdleTimeout", "OutputBufferingMode", "DisconnectedOn", "ExpiresOn", "ComputerType",
            "ComputerName",
            "ContainerId", "VMName", "VMId", "ConfigurationName", "InstanceId", "Id", "Name", "Availability",
            "ApplicationPrivateData", "Runspace", "Transport",
        ]
    }

    /// `RunspaceState`.
    package var state: String {
        switch remote.phase {
        case .opening: "Opening"
        case .opened: "Opened"
        case .closed: "Closed"
        case .broken: "Broken"
        }
    }

    package func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "state": .string(state)
        case "computername": .string(remote.target.host)
        case "computertype": .string("RemoteMachine")
        case "configurationname": .string("DefaultShell")
        case "instanceid": .guid(remote.id)
        case "id": .count(id)
        case "name": .string(self.name)
        case "transport": .string("SSH")
        case "availability": .string(state != "Opened" ? "None" : remote.isBusy ? "Busy" : "Available")
        case "idletimeout": .int(-1)
        case "outputbufferingmode": .string("None")
        case "disconnectedon", "expireson", "containerid", "vmname", "vmid", "applicationprivatedata", "runspace": .null
        default: nil
        }
    }

    package func isEqual(to other: any HostedBody) -> Bool { (other as? SessionObject) === self }
}
