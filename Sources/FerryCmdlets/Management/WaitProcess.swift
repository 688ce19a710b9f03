import FerryEngine
import Foundation

/// Waits until processes have ended.
struct WaitProcess: Cmdlet {
    static let name = Parameter<[String]>(
        "Name", aliases: ["ProcessName"], position: 0, mandatory: true, pipeline: .byProperty, wildcards: true)
    static let id = Parameter<[Int]>("Id", aliases: ["PID"], mandatory: true, pipeline: .byProperty)
    static let input = Parameter<[Value]>("InputObject", mandatory: true, pipeline: .byValue)
    static let timeout = Parameter<Int>("Timeout", aliases: ["TimeoutSec"], position: 1)
    static let any = Parameter<Bool>.switch("Any")
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let signature = Signature(
        "Wait-Process", typeName: "Microsoft.PowerShell.Commands.WaitProcessCommand", defaultSet: "Name",
        parameters: [timeout, any, passThru],
        sets: [ParameterSet("Name", [name]), ParameterSet("Id", [id]), ParameterSet("InputObject", [input])])

    private var waiting: [ProcessObject] = []

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        switch call.parameterSet {
        case "Id": waiting += try io.processes(ids: call[Self.id])
        case "InputObject": waiting += call[Self.input].compactMap { $0.hosted(ProcessObject.self) }
        default: waiting += try io.processes(names: call[Self.name])
        }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        let deadline = call.isBound(Self.timeout) ? Date().addingTimeInterval(Double(call[Self.timeout])) : nil
        if call[Self.any] {
            while waiting.allSatisfy(\.isRunning), deadline.map({ Date() < $0 }) ?? true { try io.sleep(seconds: 0.02) }
            if call[Self.passThru] { for process in waiting where !process.isRunning { try io.emit(process.value) } }
            guard waiting.allSatisfy(\.isRunning) else { return }
        }
        for process in waiting {
            if try process.wait(until: deadline, io) {
                if call[Self.passThru], !call[Self.any] { try io.emit(process.value) }
                continue
            }
            try io.report(
                "ProcessNotTerminated", .closeError,
                "This command stopped operation because process \"\(process.processName) (\(process.id))\" is not stopped in "
                    + "the specified time-out.", target: process.value, exception: "System.TimeoutException")
        }
    }
}
