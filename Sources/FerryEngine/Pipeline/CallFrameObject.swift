import FerryLanguage

/// `CallStackFrame`: one call of the stack, as `Get-PSCallStack` shows it.
package final class CallFrameObject: Object {
    private let context: CallContext
    private let position: SourceRange?

    init(_ context: CallContext) {
        self.context = context
        position = context.position
    }

    private static let type = RuntimeType("System.Management.Automation.CallStackFrame")
    package override var typeName: RuntimeType { Self.type }
    package override var text: String { "\(command), \(location)" }

    private var command: String { context.label }
    private var line: Int { position?.startPosition.line ?? 0 }
    private var path: String? { position?.source.path ?? context.scriptPath }
    private var location: String { path.map { "\(PathText.leaf($0)): line \(line)" } ?? "<No file>" }

    /// `{Name=web01, Force=True}`
    private var arguments: String {
        let named = context.bound.pairs.map { "\($0.key.display)=\($0.value.display)" }
        let loose = context.invocation?.unboundArguments.map(\.display) ?? []
        return "{" + (named + loose).joined(separator: ", ") + "}"
    }

    package override var propertyNames: [String] {
        [
            "Command", "Location", "Arguments", "ScriptName", "ScriptLineNumber", "InvocationInfo", "Position",
            "FunctionName",
        ]
    }

    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "command": return .string(command)
        case "location": return .string(location)
        case "arguments": return .string(arguments)
        case "scriptname": return .optional(path)
        case "scriptlinenumber": return .count(line)
        case "invocationinfo":
            return context.invocation.map { .object(InvocationObject($0)) } ?? .null
        case "position": return .optional(position?.text)
        case "functionname":
            return .string(context.functionName)
        default: return nil
        }
    }
}

extension CallContext {
    /// The function's name; a script file is a block without one.
    var functionName: String { scriptPath.map(PathText.leaf) == label ? "<ScriptBlock>" : label }
}

extension Runspace {
    /// The calls that are open where `frame` is, innermost first.
    package func callStack(from frame: Frame) -> [Value] {
        var found: [Value] = []
        var context: CallContext? = frame.context
        while let current = context {
            found.append(.object(CallFrameObject(current)))
            context = current.caller
        }
        return found
    }
}
