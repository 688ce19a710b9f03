import FerryEngine
import Glibc

/// Ends processes: asks nothing of them, as PowerShell.
struct StopProcess: Cmdlet {
    static let id = Parameter<[Int]>("Id", position: 0, mandatory: true, pipeline: .byProperty)
    static let name = Parameter<[String]>(
        "Name", aliases: ["ProcessName"], mandatory: true, pipeline: .byProperty, wildcards: true)
    static let input = Parameter<[Value]>("InputObject", position: 0, mandatory: true, pipeline: .byValue)
    static let force = Parameter<Bool>.switch("Force")
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let signature = Signature(
        "Stop-Process", typeName: "Microsoft.PowerShell.Commands.StopProcessCommand", shouldProcess: .medium,
        defaultSet: "Id", parameters: [force, passThru],
        sets: [ParameterSet("Id", [id]), ParameterSet("Name", [name]), ParameterSet("InputObject", [input])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let found: [ProcessObject] =
            switch call.parameterSet {
            case "Name": try io.processes(names: call[Self.name])
            case "InputObject": call[Self.input].compactMap { $0.hosted(ProcessObject.self) }
            default: try io.processes(ids: call[Self.id])
            }
        for process in found where try io.confirms("Stop-Process", "\(process.processName) (\(process.id))") {
            if kill(process.id, SIGKILL) != 0, errno != ESRCH {
                try io.report(
                    "CouldNotStopProcess", .closeError,
                    "Cannot stop process \"\(process.processName) (\(process.id))\" because of the following error: "
                        + (errno == EPERM ? "Operation not permitted" : "system error \(errno)"),
                    target: process.value, exception: "Microsoft.PowerShell.Commands.ProcessCommandException")
            } else if call[Self.passThru] {
                try io.emit(process.value)
            }
        }
    }
}
