import FerryContract
import FerryCore
import FerryEngine

/// The parameters and the rule by which most commands choose machines: by name at the hosts of -ComputerName, or as objects,
/// which carry their own host.
enum MachineSelection {
    static let name = Parameter<[String]>(
        "Name", aliases: ["VMName"], position: 0, mandatory: true, pipeline: .byValue, validate: [.notNullOrEmpty],
        wildcards: true)
    static let machine = Parameter<[MachineReport]>("VM", position: 0, mandatory: true, pipeline: .byValue)
    static let computer = Parameter<[String]>("ComputerName", validate: [.notNullOrEmpty])

    /// What a set in which machines are named takes: where they are as well.
    static let byName: [any ParameterKey] = [
        name, UnavailableParameters.cimSession, computer, UnavailableParameters.credential,
    ]

    /// The two sets of commands about a host: its name, or a session with it.
    static func hostSets(_ computer: Parameter<[String]> = MachineSelection.computer) -> [ParameterSet] {
        [
            ParameterSet("ComputerName", [computer, UnavailableParameters.credential]),
            ParameterSet("CimSession", [UnavailableParameters.cimSession.mandatory()]),
        ]
    }

    /// The same in one set.
    static let anyHost: [any ParameterKey] = [
        UnavailableParameters.cimSession, computer, UnavailableParameters.credential,
    ]

    /// The same for commands whose input carries its host.
    static let anyHostOfInput: [any ParameterKey] = [
        UnavailableParameters.cimSession, computer.from(.byProperty), UnavailableParameters.credential,
    ]

    /// A machine and the host to ask about it.
    struct Chosen {
        var machine: MachineReport
        var host: any HostConnection
    }

    /// The machines a call names. What cannot be found is reported, one error each.
    static func chosen(by call: Call, _ io: CommandIO) throws(Stop) -> [Chosen] {
        if call.isBound(machine) {
            var chosen: [Chosen] = []
            for report in call[machine] {
                for host in try io.connections(to: [report.computerName]) {
                    chosen.append(Chosen(machine: report, host: host))
                }
            }
            return chosen
        }
        var chosen: [Chosen] = []
        for host in try io.connections(to: call[computer]) {
            chosen += try named(call[name], at: host, io).map { Chosen(machine: $0, host: host) }
        }
        return chosen
    }

    /// Machines of one host by name, wildcards allowed; literal names without a machine are reported.
    static func named(_ names: [String], ids: [String] = [], at host: any HostConnection, _ io: CommandIO) throws(Stop)
        -> [MachineReport]
    {
        let request = GetMachinesRequest(names: names, ids: ids)
        guard let response = try io.send(request, to: host, target: .string(names.first ?? host.hostName)) else {
            return []
        }
        for document in response.failures {
            try io.report(hostFailure: document.failure, target: .string(document.target ?? names.first ?? ""))
        }
        return response.machines
    }
}
