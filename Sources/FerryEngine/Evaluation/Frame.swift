import FerryLanguage

/// What running code needs around it: its scope, where its messages go, who called it.
package final class Frame {
    package let runspace: Runspace
    package let scope: Scope
    var streams: Streams
    /// The call this code is the body of; blocks that run in their caller's scope share it.
    let context: CallContext
    /// Positional arguments nobody declared: `$args`.
    var arguments: [Value]
    /// Pipeline input collected for `$input`.
    var input: [Value] = []

    init(runspace: Runspace, scope: Scope, streams: Streams, context: CallContext, arguments: [Value] = []) {
        self.runspace = runspace
        self.scope = scope
        self.streams = streams
        self.context = context
        self.arguments = arguments
    }

    /// The same place with messages going elsewhere.
    func redirected(_ streams: Streams) -> Frame {
        let frame = Frame(runspace: runspace, scope: scope, streams: streams, context: context, arguments: arguments)
        frame.input = input
        return frame
    }
}

/// One invocation of a function, script or script block.
final class CallContext {
    let caller: CallContext?
    let invocation: Invocation?
    /// `$PSBoundParameters`.
    let bound: TableObject
    /// `$PSCmdlet` of an advanced function.
    var io: CommandIO?
    /// The file the body is written in.
    let scriptPath: String?
    /// The function's name, `<ScriptBlock>` or the script's name, for stack traces.
    let label: String
    /// What is being executed at this moment; position of a command called from here.
    var position: SourceRange?

    init(
        caller: CallContext?, invocation: Invocation?, bound: TableObject = TableObject(kind: .dictionary),
        scriptPath: String?, label: String
    ) {
        self.caller = caller
        self.invocation = invocation
        self.bound = bound
        self.scriptPath = scriptPath
        self.label = label
    }
}
