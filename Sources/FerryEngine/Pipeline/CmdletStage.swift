/// A compiled command in a pipeline. Of the command's own type, so that its state lies in the stage and is not boxed.
final class CmdletStage<Command: Cmdlet>: Stage {
    private let call: Call
    private let io: CommandIO
    private let binder: ParameterBinder
    private let bindings: Bindings
    private let interrupt: Interrupt
    private var hasBegun = false
    /// Every object is taken as it comes.
    private var followsInput = false
    /// Last: where the others lie does not depend on its size.
    private var cmdlet: Command

    init(_ request: StageRequest) throws(Stop) {
        let runspace = request.frame.runspace
        cmdlet = Command()
        binder = try ParameterBinder(
            signature: runspace.signature(of: Command.self), request.arguments, request.invocation, request.frame)
        call = binder.call
        bindings = call.bindings
        interrupt = runspace.interrupt
        io = CommandIO(
            runspace: runspace, call: call, frame: request.frame, output: request.output,
            preferences: Preferences(call, scope: request.frame.scope), run: request.run, index: request.index)
        io.collectors = try Collectors(call, request.frame)
        super.init(request.run)
    }

    override func begin() throws(Stop) {
        hasBegun = true
        try guarded { () throws(Stop) in try cmdlet.begin(call, io) }
    }

    override func receive(_ value: Value) throws(Stop) {
        try interrupt.check()
        if followsInput {
            bindings.take(value)
        } else {
            guard try binder.bindInput(value, io) else { return }
            bindings.input = value
            followsInput = binder.followsInput()
        }
        do throws(Stop) {
            try cmdlet.process(call, io)
        } catch {
            throw named(error)
        }
    }

    override func processWithoutInput() throws(Stop) {
        try guarded { () throws(Stop) in try cmdlet.process(call, io) }
    }

    override func end() throws(Stop) {
        bindings.input = .nothing
        binder.forgetInput()
        try guarded { () throws(Stop) in try cmdlet.end(call, io) }
    }

    override func dispose() {
        if let symbol = io.collectors.pipelineVariable { io.frame.scope.remove(symbol) }
        if hasBegun { cmdlet.dispose() }
    }

    /// Errors the command's own code raised get its name.
    private func guarded(_ body: () throws(Stop) -> Void) throws(Stop) {
        do throws(Stop) {
            try body()
        } catch {
            throw named(error)
        }
    }

    private func named(_ stop: Stop) -> Stop {
        if case .error(let record) = stop, record.invocation == nil { return io.failing(record) }
        return stop
    }
}

extension Cmdlet {
    static func makeStage(_ request: StageRequest) throws(Stop) -> Stage { try CmdletStage<Self>(request) }
}

extension Collectors {
    init(_ call: Call, _ frame: Frame) throws(Stop) {
        self.init()
        guard call.bindings.hasBound(from: call.signature.ownCount) else { return }
        func collector(_ parameter: CommonParameter) throws(Stop) -> VariableCollector? {
            guard call.isBound(parameter.rawValue) else { return nil }
            let name = call[parameter.rawValue].display
            return name.isEmpty ? nil : try VariableCollector(name, frame)
        }
        if call.isBound(CommonParameter.pipelineVariable.rawValue) {
            let name = call[CommonParameter.pipelineVariable.rawValue].display
            if !name.isEmpty { pipelineVariable = Symbol(name) }
        }
        output = try collector(.outVariable)
        error = try collector(.errorVariable)
        warning = try collector(.warningVariable)
        information = try collector(.informationVariable)
    }
}
