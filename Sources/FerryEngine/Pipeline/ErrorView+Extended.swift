extension ErrorRecord {
    private static let extendedType = "System.Management.Automation.ErrorRecord#PSExtendedError"

    /// The same error as Get-Error gives it: shown in full.
    package func extended() -> ErrorRecord {
        let copy = replacing(exception)
        copy.insertedTypeNames = [Self.extendedType]
        return copy
    }

    var isExtended: Bool { insertedTypeNames.first == Self.extendedType }
}

extension ErrorView {
    /// The record's and the exception's properties, one a line, as PowerShell shows them.
    static func extended(_ record: ErrorRecord, _ runspace: Runspace) -> String {
        func property(_ name: String, of value: Value) -> Value {
            (try? Members.property(name, of: value, runspace)) ?? .null
        }
        let exception = record.exception
        var lines = [
            "", "Exception             : ", "    Type    : \(exception.typeName.fullName)",
            "    Message : \(exception.message)",
        ]
        let whole = Value.object(record)
        for name in ["CategoryInfo", "FullyQualifiedErrorId", "TargetObject"] {
            lines.append(label(name) + property(name, of: whole).display)
        }
        let invocation = property("InvocationInfo", of: whole)
        if !invocation.isNull {
            lines.append(label("InvocationInfo"))
            for name in ["MyCommand", "ScriptLineNumber", "OffsetInLine", "ScriptName", "Line", "PositionMessage"] {
                let value = property(name, of: invocation)
                if value.isNull || value.display.isEmpty { continue }
                let padded = name + String(repeating: " ", count: 16 - name.count)
                lines.append("    \(padded) : " + value.display.replacing("\n", with: "\n                       "))
            }
        }
        let trace = property("ScriptStackTrace", of: whole)
        if !trace.isNull, !trace.display.isEmpty {
            lines.append(
                label("ScriptStackTrace") + trace.display.replacing("\n", with: "\n                        "))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func label(_ name: String) -> String {
        name + String(repeating: " ", count: max(0, 22 - name.count)) + ": "
    }
}
