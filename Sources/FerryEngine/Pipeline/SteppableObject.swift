/// `System.Management.Automation.SteppablePipeline`: a pipeline that a function feeds object by object, as proxies of commands do.
package final class SteppableObject: Object {
    private let run: PipelineRun
    private let output: SteppableOutput
    private var isOver = false
    private var hasBegun = false
    /// A step is under way: its stages are in the middle of an object and cannot take another.
    private var isStepping = false

    init(_ run: PipelineRun, _ output: SteppableOutput) {
        self.run = run
        self.output = output
    }

    deinit { run.dispose() }

    private static let type = RuntimeType("System.Management.Automation.SteppablePipeline", bases: ["System.Object"])
    package override var typeName: RuntimeType { Self.type }

    /// - Parameter owner: the function whose output the pipeline's is; `nil` for one that takes it from each step.
    private func begin(_ owner: CommandIO?) throws(Stop) -> Value {
        if hasBegun {
            throw Self.misused("PipelineAlreadyStarted", "The pipeline has already been started.")
        }
        hasBegun = true
        return try step { () throws(Stop) in
            output.target = owner
            try run.startAll()
        }
    }

    private static func misused(_ id: String, _ message: String) -> Stop {
        .runtime(
            id, .invalidOperation, message, exception: "System.Management.Automation.PSInvalidOperationException")
    }

    private func process(_ value: Value?) throws(Stop) -> Value {
        if !hasBegun { throw Self.misused("PipelineNotStarted", Self.notBegun) }
        return try step { () throws(Stop) in if !isOver { try run.feed(value) } }
    }

    private static let notBegun =
        "You must invoke the Begin() method of the steppable pipeline before its Process() or End()."

    private func end() throws(Stop) -> Value {
        if !hasBegun { throw Self.misused("PipelineNotStarted", Self.notBegun) }
        guard !isOver else { return .array([]) }
        return try step { () throws(Stop) in
            isOver = true
            try run.endAll()
        }
    }

    /// During a step the pipeline goes when that is done.
    private func dispose() {
        isOver = true
        if !isStepping { run.dispose() }
    }

    private func step(_ body: () throws(Stop) -> Void) throws(Stop) -> Value {
        if isStepping {
            throw .runtime(
                "InvalidOperation", .invalidOperation,
                "The steppable pipeline cannot be stepped by one of its own commands: that step is not over yet.",
                exception: "System.Management.Automation.PSInvalidOperationException")
        }
        isStepping = true
        defer {
            isStepping = false
            if isOver { run.dispose() }
        }
        try body()
        return output.take()
    }

    private static func of(_ call: MethodCall) throws(Stop) -> SteppableObject {
        guard let object = call.target.asObject as? SteppableObject else { throw call.noOverload() }
        return object
    }

    static let members = TypeMembers("System.Management.Automation.SteppablePipeline") {
        $0.method(
            "Begin",
            "void Begin(bool expectInput)\nvoid Begin(System.Management.Automation.Internal.InternalCommand command)",
            1...2
        ) { call throws(Stop) in
            try of(call).begin((call.arguments[0].asObject as? CmdletObject)?.io)
        }
        $0.method("Process", "array Process(System.Object input)\narray Process()", 0...1) { call throws(Stop) in
            try of(call).process(call.arguments.first)
        }
        $0.method("End", "array End()", 0...0) { call throws(Stop) in try of(call).end() }
        for name in ["Dispose", "Clean"] {
            $0.method(name, "void \(name)()", 0...0) { call throws(Stop) in
                try of(call).dispose()
                return .nothing
            }
        }
    }
}

/// Goes to the function that began the pipeline, or is kept for it.
final class SteppableOutput: Sink {
    var target: CommandIO?
    private let kept = CollectingSink()

    override func write(_ value: Value) throws(Stop) {
        if let target { try target.emit(value) } else { try kept.write(value) }
    }

    func take() -> Value {
        guard target == nil else { return .nothing }
        defer { kept.clear() }
        return .array(kept.values)
    }
}

extension ScriptBlock {
    /// `GetSteppablePipeline()`: the block's one pipeline, its words evaluated where the method is called.
    func steppable(_ frame: Frame) throws(Stop) -> SteppableObject {
        guard compiled.begin == nil, compiled.process == nil, let statements = compiled.end?.statements,
            statements.count == 1,
            let pipeline = statements[0] as? PipelineNode ?? (statements[0] as? CallNode)?.pipeline
        else {
            throw .runtime(
                "CanConvertOneOutputPipeline", .invalidOperation,
                "Only a script block that contains exactly one pipeline of commands can be converted.",
                exception: "System.Management.Automation.PSInvalidOperationException")
        }
        let output = SteppableOutput()
        return SteppableObject(try pipeline.steppable(frame, output), output)
    }
}
