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
    var input: [Value] = [] {
        didSet { if cursor != nil { cursor = nil } }
    }
    /// Where a script that steps through `$input` by itself is in it.
    var cursor: EnumeratorObject?
    /// Where `$input` comes from instead, when it is read only on demand.
    var source: InputSource?

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
        frame.source = source
        return frame
    }
}

/// One invocation of a function, script or script block.
final class CallContext {
    let caller: CallContext?
    private var madeInvocation: Invocation?
    private var madeBound: TableObject?
    /// A call that went straight to its function: what `$MyInvocation` and `$PSBoundParameters` are made of when asked for.
    private let direct: DirectCall?
    /// `$PSCmdlet` of an advanced function.
    var io: CommandIO?
    private let path: String?
    private let name: String
    /// What is being executed at this moment; position of a command called from here.
    var position: SourceRange?

    init(
        caller: CallContext?, invocation: Invocation?, bound: TableObject? = nil, scriptPath: String?, label: String
    ) {
        self.caller = caller
        madeInvocation = invocation
        madeBound = bound
        direct = nil
        path = scriptPath
        name = label
    }

    /// Whether this is the call of that function, or one that it made.
    func isInside(_ function: CommandIO) -> Bool {
        var context: CallContext? = self
        while let current = context {
            if current.io === function { return true }
            context = current.caller
        }
        return false
    }

    init(caller: CallContext, _ direct: DirectCall) {
        self.caller = caller
        self.direct = direct
        path = nil
        name = ""
    }

    /// The file the body is written in.
    var scriptPath: String? { direct?.plan.function.compiled.syntax.range.source.path ?? path }

    /// The function's name, `<ScriptBlock>` or the script's name, for stack traces.
    var label: String { direct?.plan.function.name ?? name }

    var invocation: Invocation? {
        if madeInvocation == nil { madeInvocation = direct?.invocation }
        return madeInvocation
    }

    /// `$PSBoundParameters`.
    var bound: TableObject {
        if let madeBound { return madeBound }
        let made = invocation?.boundParameters ?? TableObject(kind: .dictionary)
        madeBound = made
        return made
    }
}
