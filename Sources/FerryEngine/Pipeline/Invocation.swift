package import FerryLanguage

/// Who was called, from where, as which name: the source of `$MyInvocation` and of error positions.
package final class Invocation {
    /// `Get-VM`, a function's name, a script's path; empty for a script block.
    package let commandName: String
    package let command: (any CommandDescription)?
    /// The command's text in the script: what error views underline.
    package let range: SourceRange?
    /// The name as the caller wrote it (an alias, a prefix with module).
    package let invocationName: String
    /// What the binder has bound; `nil` before.
    var bindings: Bindings?
    package var unboundArguments: [Value] = []
    package var expectsInput = false
    package var pipelineLength = 1
    package var pipelinePosition = 1

    package init(
        commandName: String, command: (any CommandDescription)? = nil, range: SourceRange?, invocationName: String
    ) {
        self.commandName = commandName
        self.command = command
        self.range = range
        self.invocationName = invocationName
    }

    private var unbound: TableObject?
    package var boundParameters: TableObject {
        if let bindings { return bindings.table }
        if let unbound { return unbound }
        let made = TableObject(kind: .dictionary)
        unbound = made
        return made
    }
}

/// `InvocationInfo`: `$MyInvocation`, `$_.InvocationInfo`.
package final class InvocationObject: Object {
    private let invocation: Invocation
    private let position: SourceRange?

    package init(_ invocation: Invocation, position: SourceRange? = nil) {
        self.invocation = invocation
        self.position = position ?? invocation.range
    }

    package override var typeName: RuntimeType { InvocationObject.type }
    private static let type = RuntimeType("System.Management.Automation.InvocationInfo")

    package override var propertyNames: [String] {
        [
            "MyCommand", "BoundParameters", "UnboundArguments", "ScriptLineNumber", "OffsetInLine", "HistoryId",
            "ScriptName", "Line", "Statement", "PositionMessage", "PSScriptRoot", "PSCommandPath", "InvocationName",
            "PipelineLength", "PipelinePosition", "ExpectingInput", "CommandOrigin", "DisplayScriptPosition",
        ]
    }

    package override func property(_ name: String) throws(Stop) -> Value? {
        let path = position?.source.path
        switch name.folded {
        case "mycommand": return invocation.command?.object ?? .null
        case "boundparameters": return .table(invocation.boundParameters)
        case "unboundarguments": return .list(ListObject(invocation.unboundArguments))
        case "scriptlinenumber": return .int(Int32(clamping: position?.startPosition.line ?? 0))
        case "offsetinline": return .int(Int32(clamping: position?.startPosition.column ?? 0))
        case "historyid": return .long(1)
        case "scriptname": return .string(path ?? "")
        case "line": return .string(position?.startLine ?? "")
        case "statement": return .string(position?.text ?? "")
        case "positionmessage": return .string(position.map(ErrorView.positionMessage) ?? "")
        case "psscriptroot": return .string(path.map(PathText.parent) ?? "")
        case "pscommandpath": return .optional(path)
        case "invocationname": return .string(invocation.invocationName)
        case "pipelinelength": return .int(Int32(clamping: invocation.pipelineLength))
        case "pipelineposition": return .int(Int32(clamping: invocation.pipelinePosition))
        case "expectinginput": return .bool(invocation.expectsInput)
        case "commandorigin": return .string("Internal")
        case "displayscriptposition": return .null
        default: return nil
        }
    }
}
