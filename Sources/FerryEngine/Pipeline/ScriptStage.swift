import FerryLanguage

/// A function, script file or script block in a pipeline.
final class ScriptStage: Stage {
    private let compiled: CompiledBlock
    private let frame: Frame
    private let output: Sink
    private let binder: ParameterBinder?
    private let scope: Scope
    /// Scopes do not own theirs, and a closure's private one may have no other owner: `& (& $makeBlock 3) 4`.
    private let session: Session
    private let isDotSourced: Bool
    /// `exit` in a script file ends that file.
    private let isScriptFile: Bool
    private var input: [Value] = []
    private var ranProcess = false
    /// Some block ran, so there is something to clean up.
    private var ranAny = false
    private let index: Int

    /// A script block: `& { }`, `. { }`.
    convenience init(block: ScriptBlock, _ request: StageRequest) throws(Stop) {
        let session = block.session ?? request.frame.scope.session
        try self.init(block.compiled, session: session, name: "", request, isScriptFile: false)
    }

    /// - Parameter name: of the function; empty for a script block, the path for a script file.
    init(_ compiled: CompiledBlock, session: Session, name: String, _ request: StageRequest, isScriptFile: Bool)
        throws(Stop)
    {
        let runspace = request.frame.runspace
        try runspace.checkDepth()
        self.compiled = compiled
        self.session = session
        self.isScriptFile = isScriptFile
        index = request.index
        isDotSourced = request.dotSourced
        let caller = request.frame.scope
        let outer: Scope = session === caller.session ? caller : (session.current ?? session.top)
        if request.dotSourced {
            scope = outer
            outer.adopt(compiled.layout)
        } else {
            scope = Scope(
                parent: outer, kind: isScriptFile ? .script : .local, session: session, layout: compiled.layout)
        }
        let context = CallContext(
            caller: request.frame.context, invocation: request.invocation,
            scriptPath: compiled.syntax.range.source.path,
            label: isScriptFile ? PathText.leaf(name) : (name.isEmpty ? "<ScriptBlock>" : name))
        frame = Frame(runspace: runspace, scope: scope, streams: request.frame.streams, context: context)
        var signature = try runspace.signature(
            of: compiled, name: isScriptFile ? PathText.leaf(name) : name, frame)
        let dynamic = try DynamicParameters.make(compiled, signature, request, frame)
        if !dynamic.isEmpty { signature = signature.adding(dynamic.map(\.spec)) }
        let isAdvanced = signature.hasCommonParameters
        let binder = try ParameterBinder(
            signature: signature, request.arguments, request.invocation, request.frame, isScript: true)
        self.binder = binder
        for parameter in dynamic {
            guard let slot = signature.slot(of: parameter.spec.symbol),
                let value = binder.call.bindings.value(at: slot)
            else { continue }
            parameter.bind(value)
        }
        frame.arguments = binder.loose
        if isAdvanced {
            let io = CommandIO(
                runspace: runspace, call: binder.call, frame: request.frame, output: request.output,
                preferences: Preferences(binder.call, scope: request.frame.scope), run: request.run,
                index: request.index)
            io.collectors = try Collectors(binder.call, request.frame)
            context.io = io
            io.preferences.define(in: scope)
            frame.streams = frame.streams.collecting(io.collectors, io.preferences, request.frame)
            output = io.collectors.output == nil && io.collectors.pipelineVariable == nil ? request.output : io
        } else {
            output = request.output
        }
        super.init(request.run)
    }

    private func inside(_ body: () throws(Stop) -> Void) throws(Stop) {
        let runspace = frame.runspace
        ranAny = true
        do throws(Stop) {
            try runspace.entering(scope) { () throws(Stop) in try body() }
        } catch {
            switch error {
            case .exiting(let code) where isScriptFile && !isDotSourced:
                runspace.setExitCode(code)
                run.exitCode = code
                run.stoppedBefore = max(run.stoppedBefore, index + 1)
                run.hadErrors = run.hadErrors || code != 0
                throw .upstream(run)
            default: throw error
            }
        }
    }

    override func begin() throws(Stop) {
        if binder?.call.invocation.expectsInput != true { try bindVariables() }
        guard let begin = compiled.begin else { return }
        if binder?.call.invocation.expectsInput == true { try bindVariables() }
        try inside { () throws(Stop) in try ScriptBlock.run(begin, frame, output) }
    }

    /// Puts the bound values, and defaults for the rest, into the scope.
    private func bindVariables() throws(Stop) {
        guard let parameters = compiled.parameters, let binder else { return }
        try frame.runspace.entering(scope) { () throws(Stop) in try binder.assign(parameters, frame) }
    }

    override func receive(_ value: Value) throws(Stop) {
        try frame.runspace.interrupt.check()
        if let binder, binder.takesPipelineInput {
            guard try binder.bindInput(value, frame.context.io) else { return }
            try bindVariables()
        } else if let binder, binder.isStrictAboutInput {
            // An advanced function without pipeline parameters refuses input.
            return try binder.refuse(value, frame.context.io)
        } else if !ranProcess {
            try bindVariables()
        }
        ranProcess = true
        scope.define(.item, value)
        if let process = compiled.process {
            frame.input = [value]
            try inside { () throws(Stop) in try ScriptBlock.run(process, frame, output) }
        } else {
            input.append(value)
        }
    }

    override func processWithoutInput() throws(Stop) {
        ranProcess = true
        guard let process = compiled.process else { return }
        try inside { () throws(Stop) in try ScriptBlock.run(process, frame, output) }
    }

    override func end() throws(Stop) {
        if !ranProcess, binder?.call.invocation.expectsInput == true { try bindVariables() }
        guard let end = compiled.end else { return }
        if compiled.process == nil {
            frame.input = input
            frame.source = run.source
        }
        try inside { () throws(Stop) in try ScriptBlock.run(end, frame, output) }
    }

    override func dispose() {
        if let io = frame.context.io, let symbol = io.collectors.pipelineVariable { io.frame.scope.remove(symbol) }
        guard let clean = compiled.clean, ranAny else { return }
        let runspace = frame.runspace
        // What goes wrong here is reported, whoever waits for errors outside.
        let outer = runspace.propagatesErrors
        runspace.propagatesErrors = false
        defer { runspace.propagatesErrors = outer }
        do throws(Stop) {
            try inside { () throws(Stop) in try ScriptBlock.run(clean, frame, NullSink()) }
        } catch {
            guard case .error(let record) = error else { return }
            runspace.report(record, frame)
            run.hadErrors = true
        }
    }
}
