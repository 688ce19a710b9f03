import FerryEngine

/// Lines `name=value` as a hashtable.
struct ConvertFromStringData: Cmdlet {
    static let data = Parameter<String>("StringData", position: 0, mandatory: true, pipeline: .byValue)
        .allowing(.emptyString)
    static let delimiter = Parameter<String>("Delimiter", position: 1)
    static let signature = Signature(
        "ConvertFrom-StringData", typeName: "Microsoft.PowerShell.Commands.ConvertFromStringDataCommand",
        outputs: [.hashtable], parameters: [data, delimiter])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let sign = call[Self.delimiter].first ?? "="
        let table = TableObject()
        for line in CommandIO.lines(call[Self.data]) {
            let text = line.trimmed
            guard !text.isEmpty, !text.hasPrefix("#") else { continue }
            guard let place = text.firstIndex(of: sign) else {
                throw io.failing(
                    "InvalidOperation", .invalidOperation,
                    "Data line '\(text)' is not in 'name=value' format.",
                    exception: "System.Management.Automation.PSInvalidOperationException")
            }
            let name = String(text[..<place]).trimmed
            guard table[name] == nil else {
                throw io.failing(
                    "InvalidOperation", .invalidOperation,
                    "Data item '\(name)' in line '\(text)' is already defined.",
                    exception: "System.Management.Automation.PSInvalidOperationException")
            }
            table[name] = .string(unescaped(String(text[text.index(after: place)...]).trimmed))
        }
        try io.emit(.table(table))
    }

    private func unescaped(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            guard character == "\\", let next = rest.popFirst() else {
                result.append(character)
                continue
            }
            switch next {
            case "n": result.append("\n")
            case "t": result.append("\t")
            case "r": result.append("\r")
            case "0": result.append("\0")
            default: result.append(next)
            }
        }
        return result
    }
}
