import FerryEngine

/// Joins the texts of objects to one string.
struct JoinString: Cmdlet {
    static let input = Parameter<[Value]>("InputObject", pipeline: .byValue)
    static let property = Parameter<Value>("Property", position: 0)
    static let separator = Parameter<String>("Separator", position: 1)
    static let prefix = Parameter<String>("OutputPrefix", aliases: ["op"])
    static let suffix = Parameter<String>("OutputSuffix", aliases: ["os"])
    static let singleQuote = Parameter<Bool>.switch("SingleQuote")
    static let doubleQuote = Parameter<Bool>.switch("DoubleQuote")
    static let format = Parameter<String>("FormatString")
    static let useCulture = Parameter<Bool>.switch("UseCulture")

    static let signature = Signature(
        "Join-String", typeName: "Microsoft.PowerShell.Commands.Utility.JoinStringCommand", defaultSet: "default",
        parameters: [input, property, separator, prefix, suffix, useCulture],
        sets: [
            ParameterSet("default", []), ParameterSet("SingleQuote", [singleQuote]),
            ParameterSet("DoubleQuote", [doubleQuote]), ParameterSet("Format", [format]),
        ])

    private var texts: [String] = []

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for item in call[Self.input] where !item.isNull {
            var value = item
            if call.isBound(Self.property) {
                guard let column = try io.columns([call[Self.property]], of: item).first else { continue }
                value = try io.read(column, of: item)
            }
            var text = value.display
            if call[Self.singleQuote] { text = "'" + text + "'" }
            if call[Self.doubleQuote] { text = "\"" + text + "\"" }
            if call.isBound(Self.format) { text = try CompositeFormat.text(call[Self.format], [value], io.runspace) }
            texts.append(text)
        }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        let separator = call.isBound(Self.separator) ? call[Self.separator] : io.variable("OFS").display
        try io.emit(.string(call[Self.prefix] + texts.joined(separator: separator) + call[Self.suffix]))
    }
}
