import FerryEngine

/// The session's latest errors in full.
struct GetError: Cmdlet {
    static let newest = Parameter<Int>("Newest", aliases: ["Last"], validate: [.range(1, 2_147_483_647)])
    static let input = Parameter<Value>("InputObject", position: 0, pipeline: .byValue)
    static let signature = Signature(
        "Get-Error", typeName: "Microsoft.PowerShell.Commands.GetErrorCommand", defaultSet: "Newest",
        sets: [ParameterSet("Newest", [newest]), ParameterSet("Error", [input.mandatory()])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let count = call.isBound(Self.newest) ? call[Self.newest] : 1
        let found = call.parameterSet == "Error" ? [call[Self.input]] : Array(io.runspace.errors.elements.prefix(count))
        for value in found {
            guard let record = value.asObject as? ErrorRecord else { continue }
            try io.emit(.string(try text(record, io)))
        }
    }

    /// The record's and the exception's properties, one a line, as PowerShell shows them.
    private func text(_ record: ErrorRecord, _ io: CommandIO) throws(Stop) -> String {
        let exception = record.exception
        var lines = [
            "", "Exception             : ", "    Type    : \(exception.typeName.fullName)",
            "    Message : \(exception.message)",
        ]
        for name in ["CategoryInfo", "FullyQualifiedErrorId", "TargetObject"] {
            let value = try io.property(name, of: .object(record)) ?? .null
            lines.append(Self.label(name) + value.display)
        }
        if let invocation = try io.property("InvocationInfo", of: .object(record)), !invocation.isNull {
            lines.append(Self.label("InvocationInfo"))
            for name in ["MyCommand", "ScriptLineNumber", "OffsetInLine", "ScriptName", "Line", "PositionMessage"] {
                let value = try io.property(name, of: invocation) ?? .null
                if value.isNull || value.display.isEmpty { continue }
                let padded = name + String(repeating: " ", count: 16 - name.count)
                lines.append("    \(padded) : " + value.display.replacing("\n", with: "\n                       "))
            }
        }
        if let trace = try io.property("ScriptStackTrace", of: .object(record)), !trace.isNull, !trace.display.isEmpty {
            lines.append(
                Self.label("ScriptStackTrace") + trace.display.replacing("\n", with: "\n                        "))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func label(_ name: String) -> String {
        name + String(repeating: " ", count: max(0, 22 - name.count)) + ": "
    }
}
