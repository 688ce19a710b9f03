import FerryEngine

/// Adds commands to this session's history, such as those exported by another.
struct AddHistory: Cmdlet {
    static let input = Parameter<[Value]>("InputObject", position: 0, pipeline: .byValue)
    static let passthru = Parameter<Bool>.switch("Passthru")
    static let signature = Signature(
        "Add-History", typeName: "Microsoft.PowerShell.Commands.AddHistoryCommand", outputs: [CommandRecord.type],
        parameters: [input, passthru])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for value in call[Self.input] {
            guard let record = try Self.record(of: value, io) else {
                throw io.failing(
                    "AddHistoryInvalidInput", .invalidData,
                    "Cannot add history because the input object has a format that is not valid.", target: value,
                    exception: "System.IO.InvalidDataException")
            }
            io.runspace.history.add(record, limit: io.runspace.maximumHistoryCount)
            if call[Self.passthru] { try io.emit(.object(record)) }
        }
    }

    /// A record of a history, or an object with its properties.
    private static func record(of value: Value, _ io: CommandIO) throws(Stop) -> CommandRecord? {
        guard case .string(let line)? = try io.property("CommandLine", of: value), !line.isEmpty,
            let statusValue = try io.property("ExecutionStatus", of: value),
            let status = PipelineStatus(rawValue: statusValue.display),
            [.completed, .failed, .stopped].contains(status),
            let started = try date(io.property("StartExecutionTime", of: value)),
            let ended = try date(io.property("EndExecutionTime", of: value))
        else { return nil }
        return CommandRecord(line, started: started, ended: ended, status: status)
    }

    private static func date(_ value: Value?) throws(Stop) -> DateTime? {
        guard let value, case .date(let date) = try Conversion.convert(value, to: .dateTime) else { return nil }
        return date
    }
}
