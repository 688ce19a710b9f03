import FerryEngine

/// JSON text as objects.
struct ConvertFromJson: Cmdlet {
    static let input = Parameter<String>("InputObject", position: 0, mandatory: true, pipeline: .byValue)
        .allowing(.emptyString)
    static let asHashtable = Parameter<Bool>.switch("AsHashtable")
    static let depth = Parameter<Int>("Depth", validate: [.range(1, 2_147_483_647)])
    static let noEnumerate = Parameter<Bool>.switch("NoEnumerate")
    static let dateKind = Parameter<String>("DateKind", validate: [.set(["Default", "Local", "Utc", "String"])])

    static let signature = Signature(
        "ConvertFrom-Json", typeName: "Microsoft.PowerShell.Commands.ConvertFromJsonCommand",
        parameters: [input, asHashtable, depth, noEnumerate, dateKind])

    private static let dates: [String: JSONReader.Dates] = ["local": .local, "utc": .universal, "string": .text]
    private var texts: [String] = []

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { texts.append(call[Self.input]) }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard !texts.isEmpty, texts.contains(where: { !$0.trimmed.isEmpty }) else { return }
        // Several inputs are a text each when the first is whole by itself, else the lines of one.
        if texts.count > 1, (try? parse(texts[0], call)) != nil {
            for text in texts where !text.trimmed.isEmpty { try emit(text, call, io) }
        } else {
            try emit(texts.joined(separator: "\n"), call, io)
        }
    }

    private func parse(_ text: String, _ call: Call) throws(JSONReader.Invalid) -> Value {
        // Reading nests as the text does: beyond this the thread's stack would be in danger.
        let limit = min(call.isBound(Self.depth) ? call[Self.depth] : 1024, 1024)
        var reader = JSONReader(
            text, asHashtable: call[Self.asHashtable], depthLimit: limit,
            dates: Self.dates[call[Self.dateKind].folded] ?? .asWritten)
        return try reader.read()
    }

    private func emit(_ text: String, _ call: Call, _ io: CommandIO) throws(Stop) {
        let value: Value
        do throws(JSONReader.Invalid) { value = try parse(text, call) } catch {
            let reason = "\(error.reason), line \(error.line), position \(error.column)."
            if let id = error.id {
                throw io.failing(
                    id, .invalidOperation, error.reason, exception: "System.InvalidOperationException")
            }
            throw io.failing(
                "System.ArgumentException", .notSpecified, "Conversion from JSON failed with error: \(reason)",
                exception: "System.ArgumentException")
        }
        if call[Self.noEnumerate] { try io.emit(value) } else { try io.emit(enumerating: value) }
    }
}
