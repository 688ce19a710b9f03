/// A compiled command in a pipeline.
final class CmdletStage: Stage {
    private var cmdlet: any Cmdlet
    private let call: Call
    private let io: CommandIO
    private let binder: ParameterBinder
    private var hasBegun = false

    init(_ type: any Cmdlet.Type, _ request: StageRequest) throws(Stop) {
        let runspace = request.frame.runspace
        cmdlet = type.init()
        binder = try ParameterBinder(
            signature: runspace.signature(of: type), request.arguments, request.invocation, request.frame)
        call = binder.call
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
        try io.runspace.interrupt.check()
        guard try binder.bindInput(value, io) else { return }
        call.input = value
        try guarded { () throws(Stop) in try cmdlet.process(call, io) }
    }

    override func processWithoutInput() throws(Stop) {
        try guarded { () throws(Stop) in try cmdlet.process(call, io) }
    }

    override func end() throws(Stop) {
        call.input = .nothing
        binder.forgetInput()
        try guarded { () throws(Stop) in try cmdlet.end(call, io) }
    }

    override func dispose() { if hasBegun { cmdlet.dispose() } }

    /// Errors the command's own code raised get its name.
    private func guarded(_ body: () throws(Stop) -> Void) throws(Stop) {
        do throws(Stop) {
            try body()
        } catch {
            if case .error(let record) = error, record.invocation == nil { throw io.failing(record) }
            throw error
        }
    }
}

extension Collectors {
    init(_ call: Call, _ frame: Frame) throws(Stop) {
        self.init()
        guard call.signature.hasCommonParameters else { return }
        func collector(_ parameter: CommonParameter) throws(Stop) -> VariableCollector? {
            guard call.isBound(parameter.rawValue) else { return nil }
            let name = call[parameter.rawValue].display
            return name.isEmpty ? nil : try VariableCollector(name, frame)
        }
        output = try collector(.outVariable)
        error = try collector(.errorVariable)
        warning = try collector(.warningVariable)
        information = try collector(.informationVariable)
    }
}
