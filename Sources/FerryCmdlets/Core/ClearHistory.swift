import FerryEngine

/// Forgets commands of this session.
struct ClearHistory: Cmdlet {
    static let id = Parameter<[Int]>("Id", position: 0, validate: [.range(1, 2_147_483_647)])
    static let line = Parameter<[String]>("CommandLine", mandatory: true, validate: [.notNullOrEmpty])
    static let count = Parameter<Int>("Count", position: 1, validate: [.range(1, 2_147_483_647)])
    static let newest = Parameter<Bool>.switch("Newest")
    static let signature = Signature(
        "Clear-History", typeName: "Microsoft.PowerShell.Commands.ClearHistoryCommand", shouldProcess: .medium,
        defaultSet: "IDParameter", parameters: [count, newest],
        sets: [ParameterSet("IDParameter", [id]), ParameterSet("CommandLineParameter", [line])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for entry in try chosen(call, io) where try io.confirms("Clear-History", entry.commandLine) {
            io.runspace.history.remove(entry)
        }
    }

    private func chosen(_ call: Call, _ io: CommandIO) throws(Stop) -> [CommandRecord] {
        let history = io.runspace.history
        func limited(_ entries: [CommandRecord]) -> [CommandRecord] {
            guard call.isBound(Self.count) else { return entries }
            return Array(call[Self.newest] ? entries.suffix(call[Self.count]) : entries.prefix(call[Self.count]))
        }
        if call.isBound(Self.line) {
            let patterns = call[Self.line]
            if patterns.count > 1, call.isBound(Self.count) {
                throw io.failing(
                    "NoCountWithMultipleCmdLine", .invalidArgument,
                    "The count cannot be combined with multiple CommandLine parameters.",
                    exception: "System.ArgumentException")
            }
            var found: [CommandRecord] = []
            for pattern in patterns {
                let wildcard = WildcardPattern(pattern)
                let matching = limited(history.entries.filter { wildcard.matches($0.commandLine.trimmed) })
                if matching.isEmpty {
                    try io.report(
                        "NoHistoryForCommandline", .objectNotFound,
                        "Cannot locate the history for command line \(pattern).", target: .string(pattern),
                        exception: "System.ArgumentException")
                }
                found += matching
            }
            return found
        }
        guard call.isBound(Self.id) else { return limited(history.entries) }
        let ids = call[Self.id]
        if call.isBound(Self.count) {
            guard ids.count == 1 else {
                throw io.failing(
                    "NoCountWithMultipleIds", .invalidArgument, "The count cannot be combined with multiple Ids.",
                    exception: "System.ArgumentException")
            }
            let id = Int64(ids[0])
            return limited(history.entries.filter { call[Self.newest] ? $0.id <= id : $0.id >= id })
        }
        var found: [CommandRecord] = []
        for id in ids {
            if let entry = history.entry(id: Int64(id)) {
                found.append(entry)
            } else {
                try io.report(
                    "NoHistoryForId", .objectNotFound, "Cannot locate the history for Id \(id).", target: .count(id),
                    exception: "System.ArgumentException")
            }
        }
        return found
    }
}
