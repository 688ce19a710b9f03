/// A .NET exception as scripts see it: a type name, a message and what caused it.
package final class ExceptionObject: Object {
    package let exceptionType: RuntimeType
    package var message: String
    package private(set) var inner: ExceptionObject?
    /// The record this exception was raised with, if any: a rethrow keeps its id and target.
    package weak var record: ErrorRecord?
    /// The id of the record PowerShell's own exceptions carry when they were raised with none: a record's cause.
    var errorID: String?
    /// Further properties: `ParameterName`, `HResult`, a `Failure`'s `Advice` ….
    package var details: [(name: String, value: Value)] = []

    package init(_ typeName: String, _ message: String, inner: ExceptionObject? = nil) {
        exceptionType = ExceptionTypes.type(typeName)
        self.message = message
        self.inner = inner
    }

    deinit { if inner != nil { ReleaseQueue.release(&inner, leaving: nil) } }

    /// What `[Type]::new(…)` makes: a message and a cause, for arguments' exceptions also the argument's name.
    static func made(_ typeName: String, _ arguments: [Value]) -> ExceptionObject {
        // A cause's own text has all its causes in it.
        var texts = arguments.enumerated().map { $0 > 0 && $1.asObject is ExceptionObject ? "" : $1.display }
        var fallback = "Exception of type '\(typeName)' was thrown."
        var isNameFirst = false
        switch typeName.folded {
        case "system.argumentexception": fallback = "Value does not fall within the expected range."
        case "system.argumentnullexception":
            fallback = "Value cannot be null."
            isNameFirst = true
        case "system.argumentoutofrangeexception":
            fallback = "Specified argument was out of the range of valid values."
            isNameFirst = true
        default:
            return ExceptionObject(
                typeName, texts.first ?? fallback,
                inner: arguments.dropFirst().first?.asObject as? ExceptionObject)
        }
        // The cause stands last, or behind the message; ArgumentOutOfRangeException's third argument is its message.
        let inner = arguments.dropFirst().last?.asObject as? ExceptionObject
        if inner != nil { texts.removeLast() }
        var name: String?
        var message: String?
        if isNameFirst, inner == nil || texts.count > 1 {
            name = texts.first
            message = texts.count > 1 ? texts.last : nil
        } else {
            message = texts.first
            name = texts.count > 1 ? texts[1] : nil
        }
        var text = message ?? fallback
        if let name, !name.isEmpty { text += " (Parameter '\(name)')" }
        let made = ExceptionObject(typeName, text, inner: inner)
        made.details.append((name: "ParamName", value: .optional(name)))
        return made
    }

    package override var typeName: RuntimeType { exceptionType }

    package override var propertyNames: [String] {
        ["Message", "InnerException", "HResult", "Source", "StackTrace", "TargetSite", "Data", "HelpLink"]
            + (record == nil && errorID == nil ? [] : ["ErrorRecord"]) + details.map(\.name)
    }

    package override func property(_ name: String) throws(Stop) -> Value? {
        if let detail = details.first(where: { $0.name.folded == name.folded }) { return detail.value }
        return switch name.folded {
        case "message": .string(message)
        case "innerexception": inner.map { .object($0) } ?? .null
        case "hresult": .int(-2_146_233_087)
        case "source", "stacktrace", "targetsite", "helplink": .null
        case "data" where !details.contains { $0.name == "Data" }: .table(TableObject())
        case "errorrecord":
            if let known = record ?? errorID.map({ ErrorRecord(self, errorID: $0, category: .invalidArgument) }) {
                .object(known)
            } else {
                .null
            }
        default: nil
        }
    }

    /// `Type: message`, then each cause after ` ---> `.
    package override var text: String {
        var text = "\(exceptionType.fullName): \(message)"
        var cause = inner
        while let current = cause {
            text += "\n ---> \(current.exceptionType.fullName): \(current.message)"
            cause = current.inner
        }
        return text
    }
}

/// What `catch [Type]` needs: the base types of exceptions the engine raises.
enum ExceptionTypes {
    private static let system = "System.SystemException"

    /// The nearest base; names not listed derive from `System.Exception`.
    private static let parents: [String: String] = [
        "System.SystemException": "System.Exception",
        "System.Management.Automation.RuntimeException": system,
        "System.ArithmeticException": system,
        "System.DivideByZeroException": "System.ArithmeticException",
        "System.OverflowException": "System.ArithmeticException",
        "System.ArgumentException": system,
        "System.ArgumentNullException": "System.ArgumentException",
        "System.ArgumentOutOfRangeException": "System.ArgumentException",
        "System.FormatException": system,
        "System.InvalidCastException": system,
        "System.InvalidOperationException": system,
        "System.ObjectDisposedException": "System.InvalidOperationException",
        "System.NotSupportedException": system,
        "System.NotImplementedException": system,
        "System.NullReferenceException": system,
        "System.IndexOutOfRangeException": system,
        "System.UnauthorizedAccessException": system,
        "System.TimeoutException": system,
        "System.OutOfMemoryException": system,
        "System.OperationCanceledException": system,
        "System.Collections.Generic.KeyNotFoundException": system,
        "System.IO.IOException": system,
        "System.IO.FileNotFoundException": "System.IO.IOException",
        "System.IO.DirectoryNotFoundException": "System.IO.IOException",
        "System.IO.PathTooLongException": "System.IO.IOException",
        "System.Management.Automation.ActionPreferenceStopException": "System.Management.Automation.RuntimeException",
        "System.Management.Automation.CmdletInvocationException": "System.Management.Automation.RuntimeException",
        "System.Management.Automation.CommandNotFoundException": "System.Management.Automation.RuntimeException",
        "System.Management.Automation.MethodException": "System.Management.Automation.ExtendedTypeSystemException",
        "System.Management.Automation.MethodInvocationException": "System.Management.Automation.MethodException",
        "System.Management.Automation.GetValueException": "System.Management.Automation.ExtendedTypeSystemException",
        "System.Management.Automation.GetValueInvocationException": "System.Management.Automation.GetValueException",
        "System.Management.Automation.SetValueException": "System.Management.Automation.ExtendedTypeSystemException",
        "System.Management.Automation.SetValueInvocationException": "System.Management.Automation.SetValueException",
        "System.Management.Automation.ExtendedTypeSystemException": "System.Management.Automation.RuntimeException",
        "System.Management.Automation.ParameterBindingException": "System.Management.Automation.RuntimeException",
        "System.Management.Automation.ParameterBindingValidationException":
            "System.Management.Automation.ParameterBindingException",
        "System.Management.Automation.ParameterBindingArgumentTransformationException":
            "System.Management.Automation.ParameterBindingException",
        "System.Management.Automation.ParseException": "System.Management.Automation.RuntimeException",
        "System.Management.Automation.IncompleteParseException": "System.Management.Automation.ParseException",
        "System.Management.Automation.PipelineStoppedException": "System.Management.Automation.RuntimeException",
        "System.Management.Automation.PSInvalidCastException": "System.InvalidCastException",
        "System.Management.Automation.PSArgumentException": "System.ArgumentException",
        "System.Management.Automation.PSArgumentNullException": "System.ArgumentNullException",
        "System.Management.Automation.PSArgumentOutOfRangeException": "System.ArgumentOutOfRangeException",
        "System.Management.Automation.PSInvalidOperationException": "System.InvalidOperationException",
        "System.Management.Automation.PSNotSupportedException": "System.NotSupportedException",
        "System.Management.Automation.PSNotImplementedException": "System.NotImplementedException",
        "System.Management.Automation.SessionStateException": "System.Management.Automation.RuntimeException",
        "System.Management.Automation.SessionStateUnauthorizedAccessException":
            "System.Management.Automation.SessionStateException",
        "System.Management.Automation.ItemNotFoundException": "System.Management.Automation.SessionStateException",
        "System.Management.Automation.DriveNotFoundException": "System.Management.Automation.SessionStateException",
        "System.Management.Automation.ScriptCallDepthException": system,
        "System.Management.Automation.ScriptRequiresException": "System.Management.Automation.RuntimeException",
        "System.Management.Automation.ValidationMetadataException": "System.Management.Automation.MetadataException",
        "System.Management.Automation.MetadataException": "System.Management.Automation.RuntimeException",
        "System.Management.Automation.ApplicationFailedException": "System.Management.Automation.RuntimeException",
        "System.Management.Automation.Host.HostException": "System.Management.Automation.RuntimeException",
        "System.Management.Automation.WildcardPatternException": "System.Management.Automation.RuntimeException",
        "System.Management.Automation.ArgumentTransformationMetadataException":
            "System.Management.Automation.MetadataException",
        "Microsoft.PowerShell.Commands.WriteErrorException": system,
        "Microsoft.PowerShell.Commands.HelpNotFoundException": system,
        "Microsoft.PowerShell.Commands.ServiceCommandException": system,
        "Microsoft.PowerShell.Commands.ProcessCommandException": system,
    ]

    private static let known: [String: RuntimeType] = Dictionary(
        uniqueKeysWithValues: parents.keys.map { ($0, made($0)) })

    /// The type of that name, with its bases.
    static func type(_ name: String) -> RuntimeType { known[name] ?? made(name) }

    private static func made(_ name: String) -> RuntimeType {
        var bases: [String] = []
        var next = parents[name] ?? (name == "System.Exception" ? nil : "System.Exception")
        while let base = next {
            bases.append(base)
            next = parents[base] ?? (base == "System.Exception" ? nil : "System.Exception")
        }
        return RuntimeType(name, kind: .exception, bases: bases + ["System.Object"])
    }

    /// A type named in a script, with or without `System.` or the automation namespace.
    static func named(_ name: String) -> RuntimeType? {
        let key = name.folded
        for prefix in ["", "System.", "System.Management.Automation."] {
            let wanted = (prefix + key).folded
            if wanted == "system.exception" { return type("System.Exception") }
            if let known = parents.keys.first(where: { $0.folded == wanted }) { return type(known) }
        }
        return nil
    }
}
