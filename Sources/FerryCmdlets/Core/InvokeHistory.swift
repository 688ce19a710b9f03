import FerryEngine

/// Runs a command of this session's history again; it takes this command's place in the history.
struct InvokeHistory: Cmdlet {
    static let id = Parameter<String>("Id", position: 0, pipeline: .byProperty)
    static let signature = Signature(
        "Invoke-History", typeName: "Microsoft.PowerShell.Commands.InvokeHistoryCommand", shouldProcess: .medium,
        parameters: [id])

    private var wanted: String?
    private var count = 0

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        count += 1
        if call.isBound(Self.id) { wanted = call[Self.id] }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        if count > 1 {
            throw io.failing(
                "InvokeHistoryMultipleCommandsError", .invalidArgument,
                "Cannot process multiple history commands. You can only run a single command by using Invoke-History.",
                exception: "System.ArgumentException")
        }
        let history = io.runspace.history
        let entry = try chosen(io)
        if history.invoked.contains(entry.id) {
            throw io.failing(
                "InvokeHistoryLoopDetected", .invalidOperation,
                "The Invoke-History cmdlet is called repeatedly, in a loop.",
                exception: "System.InvalidOperationException")
        }
        history.invoked.append(entry.id)
        history.replaceRunning(by: entry.commandLine)
        guard try io.confirms("Invoke-History", entry.commandLine) else { return }
        io.runspace.writeHostLine(entry.commandLine)
        try io.run(text: entry.commandLine)
        history.invoked.removeAll { $0 == entry.id }
    }

    private func chosen(_ io: CommandIO) throws(Stop) -> CommandRecord {
        let history = io.runspace.history
        guard let wanted else {
            if let last = history.entries.last { return last }
            throw io.failing(
                "InvokeHistoryNoLastHistoryEntryFound", .invalidOperation, "Cannot locate most recent history.",
                exception: "System.InvalidOperationException")
        }
        guard let id = Int64(wanted) else {
            if let entry = history.entries.last(where: { $0.commandLine.hasPrefix(wanted) }) { return entry }
            throw io.failing(
                "InvokeHistoryNoHistoryForCommandline", .objectNotFound,
                "Cannot locate the history for command line \(wanted).", target: .string(wanted),
                exception: "System.ArgumentException")
        }
        guard id > 0 else {
            throw io.failing(
                "InvokeHistoryInvalidIdGetHistory", .invalidArgument,
                "The identifier \(id) is not a valid value for a History identifier. Specify a positive number, and then "
                    + "try again. (Parameter 'Id')", target: .long(id), exception: "System.ArgumentOutOfRangeException")
        }
        guard let entry = history.entry(id: id) else {
            throw io.failing(
                "InvokeHistoryNoHistoryForId", .objectNotFound, "Cannot locate the history for Id \(id).",
                target: .long(id), exception: "System.ArgumentException")
        }
        return entry
    }
}
