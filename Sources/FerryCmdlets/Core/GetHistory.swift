import FerryEngine

/// Lists the commands of this session.
struct GetHistory: Cmdlet {
    static let id = Parameter<[Int64]>(
        "Id", position: 0, pipeline: .byValue, validate: [.rangeKind(.positive)])
    static let count = Parameter<Int>("Count", position: 1, validate: [.range(0, 32767)])
    static let signature = Signature(
        "Get-History", typeName: "Microsoft.PowerShell.Commands.GetHistoryCommand", outputs: [CommandRecord.type],
        parameters: [id, count])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let entries = io.runspace.history.entries
        guard call.isBound(Self.id) else {
            let chosen = call.isBound(Self.count) ? entries.suffix(call[Self.count]) : entries[...]
            return try io.emit(contentsOf: chosen.map { .object($0) })
        }
        let ids = call[Self.id]
        if call.isBound(Self.count) {
            guard ids.count == 1 else {
                throw io.failing(
                    "GetHistoryNoCountWithMultipleIds", .invalidArgument,
                    "The count cannot be combined with multiple Ids.", target: .count(call[Self.count]),
                    exception: "System.ArgumentException")
            }
            // The entry and those before it.
            let upTo = entries.prefix { $0.id <= ids[0] }
            return try io.emit(contentsOf: upTo.suffix(call[Self.count]).map { .object($0) })
        }
        for id in ids {
            guard let entry = io.runspace.history.entry(id: id) else {
                try io.report(
                    "GetHistoryNoHistoryForId", .objectNotFound, "Cannot locate the history for Id \(id).",
                    target: .long(id), exception: "System.ArgumentException")
                continue
            }
            try io.emit(.object(entry))
        }
    }
}
