/// One command of the history: `Microsoft.PowerShell.Commands.HistoryInfo`.
package final class CommandRecord: Object {
    package internal(set) var id: Int64 = 0
    package internal(set) var commandLine: String
    package internal(set) var status = PipelineStatus.running
    package let started: DateTime
    package internal(set) var ended: DateTime

    package init(_ commandLine: String, started: DateTime, ended: DateTime? = nil, status: PipelineStatus = .running) {
        self.commandLine = commandLine
        self.started = started
        self.ended = ended ?? started
        self.status = status
    }

    package static let type = RuntimeType("Microsoft.PowerShell.Commands.HistoryInfo")
    package override var typeName: RuntimeType { Self.type }
    package override var text: String { commandLine }
    package override var propertyNames: [String] {
        ["Id", "CommandLine", "ExecutionStatus", "StartExecutionTime", "EndExecutionTime", "Duration"]
    }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "id": .long(id)
        case "commandline": .string(commandLine)
        case "executionstatus": status.value
        case "startexecutiontime": .date(started)
        case "endexecutiontime": .date(ended)
        case "duration": .span(TimeSpan(ticks: max(0, ended.ticks - started.ticks)))
        default: nil
        }
    }
}
