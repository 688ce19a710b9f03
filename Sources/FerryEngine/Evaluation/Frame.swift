import FerryLanguage

/// What running code needs around it: its scope, where its messages go, who called it.
package final class Frame {
    package let runspace: Runspace
    package let scope: Scope
    var streams: Streams
    /// The call this code is the body of; blocks that run in their caller's scope share it.
    let context: CallContext
    /// Positional arguments nobody declared: `$args`. Here as below, what is empty in most calls is not even an empty array.
    var arguments: [Value] {
        get { loose ?? [] }
        set { loose = newValue.isEmpty ? nil : newValue }
    }
    private var loose: [Value]?
    /// Pipeline input collected for `$input`.
    var input: [Value] {
        get { collected ?? [] }
        set {
            collected = newValue.isEmpty ? nil : newValue
            if cursor != nil { cursor = nil }
        }
    }
    private var collected: [Value]?
    /// Where a script that steps through `$input` by itself is in it.
    var cursor: EnumeratorObject?
    /// Where `$input` comes from instead, when it is read only on demand.
    var source: InputSource?

    init(runspace: Runspace, scope: Scope, streams: Streams, context: CallContext) {
        self.runspace = runspace
        self.scope = scope
        self.streams = streams
        self.context = context
    }

    /// The same place with messages going elsewhere.
    func redirected(_ streams: Streams) -> Frame {
        let frame = Frame(runspace: runspace, scope: scope, streams: streams, context: context)
        frame.loose = loose
        frame.collected = collected
        frame.source = source
        return frame
    }
}

/// One invocation of a function, script or script block.
final class CallContext {
    let caller: CallContext?
    /// What is being executed at this moment; position of a command called from here.
    var position: SourceRange?
    /// A call that went straight to its function: what `$MyInvocation` and `$PSBoundParameters` are made of when asked for.
    private let plan: CallPlan?
    private let values: [Value]?
    /// What such calls do without.
    private var details: Details?

    private final class Details {
        var invocation: Invocation?
        var bound: TableObject?
        var io: CommandIO?
        var path: String?
        var name = ""
    }

    init(
        caller: CallContext?, invocation: Invocation?, bound: TableObject? = nil, scriptPath: String?, label: String
    ) {
        self.caller = caller
        plan = nil
        values = nil
        let details = Details()
        details.invocation = invocation
        details.bound = bound
        details.path = scriptPath
        details.name = label
        self.details = details
    }

    init(caller: CallContext, _ plan: CallPlan, _ values: [Value]) {
        self.caller = caller
        self.plan = plan
        self.values = values
    }

    private func made() -> Details {
        if let details { return details }
        let made = Details()
        details = made
        return made
    }

    @inline(__always) func isAt(_ range: SourceRange) -> Bool { position == range }

    /// Whether this is the call of that function, or one that it made.
    func isInside(_ function: CommandIO) -> Bool {
        var context: CallContext? = self
        while let current = context {
            if current.io === function { return true }
            context = current.caller
        }
        return false
    }

    /// The file the body is written in.
    var scriptPath: String? { plan?.function.compiled.syntax.range.source.path ?? details?.path }

    /// The function's name, `<ScriptBlock>` or the script's name, for stack traces.
    var label: String { plan?.function.name ?? details?.name ?? "" }

    /// `$PSCmdlet` of an advanced function.
    var io: CommandIO? {
        get { details?.io }
        set { if newValue != nil || details != nil { made().io = newValue } }
    }

    var invocation: Invocation? {
        if let plan, details?.invocation == nil { made().invocation = plan.invocation(values ?? []) }
        return details?.invocation
    }

    /// `$PSBoundParameters`.
    var bound: TableObject {
        if let bound = details?.bound { return bound }
        let bound = invocation?.boundParameters ?? TableObject(kind: .dictionary)
        made().bound = bound
        return bound
    }
}
