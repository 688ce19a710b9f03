import FerryLanguage

/// `a | b | c` with at least one command, or an expression with redirections.
final class PipelineNode: StatementNode {
    private let first: ExpressionStage?
    private let commands: [CommandNode]
    /// A command alone, called by its name: a candidate for going straight to a function.
    let sole: CommandNode?
    init(_ range: SourceRange, _ first: ExpressionStage?, _ commands: [CommandNode]) {
        self.first = first
        self.commands = commands
        if first == nil, commands.count == 1, commands[0].redirections.isEmpty,
            commands[0].literalName != nil, commands[0].invocation == .name
        {
            sole = commands[0]
        } else {
            sole = nil
        }
        super.init(range)
    }

    override func run(_ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        try run(frame, output, evaluated: nil)
    }

    /// - Parameter evaluated: the arguments of the one command, where they have been evaluated.
    func run(_ frame: Frame, _ output: Sink, evaluated: [Argument]?) throws(Stop) -> Completion {
        let runspace = frame.runspace
        if commands.isEmpty, let first {
            try emitAlone(first, frame, output)
            runspace.lastSucceeded = true
            return .normal
        }
        let run = PipelineRun()
        defer { run.dispose() }
        do throws(Stop) {
            try build(run, frame, output, evaluated)
            try execute(run, frame)
        } catch {
            run.dispose()
            runspace.lastSucceeded = false
            throw error
        }
        run.dispose()
        runspace.lastSucceeded = !run.hadErrors
        return .normal
    }

    /// The pipeline ready to be begun, fed and ended by somebody else.
    func steppable(_ frame: Frame, _ output: Sink) throws(Stop) -> PipelineRun {
        let run = PipelineRun()
        do throws(Stop) {
            try build(run, frame, output, nil, isFed: true)
        } catch {
            run.dispose()
            throw error
        }
        return run
    }

    /// Evaluates names and arguments from left to right, binds, and connects each stage to the next.
    ///
    /// - Parameter isFed: the first command gets objects from elsewhere.
    private func build(
        _ run: PipelineRun, _ frame: Frame, _ output: Sink, _ evaluated: [Argument]?, isFed: Bool = false
    ) throws(Stop) {
        var plans: [(node: CommandNode, callee: CommandNode.Callee, arguments: [Argument])] = []
        for node in commands {
            var callee = try node.callee(frame)
            var arguments: [Argument]
            if let evaluated { arguments = evaluated } else { arguments = try node.evaluateArguments(frame) }
            if case .module(let module) = callee { callee = try inside(module, &arguments, node, frame) }
            if case .command(let entry, _) = callee, asksForHelp(entry, arguments) {
                callee = .command(try frame.runspace.command(named: "Get-Help", frame), name: "Get-Help")
                arguments = [Argument(value: .string(entry.resolved.name))]
            }
            plans.append((node, callee, arguments))
        }
        // From the last to the first, because a stage needs to know where its output goes.
        var next = output
        var stages: [Stage] = []
        for (index, plan) in plans.enumerated().reversed() {
            let (node, callee, arguments) = plan
            var frame = frame
            if index < plans.count - 1, let streams = frame.streams.uncollected { frame = frame.redirected(streams) }
            let redirected = try Redirector(node.redirections, frame, next, run)
            let invocation = Invocation(
                commandName: name(of: callee), command: description(of: callee), range: node.range,
                invocationName: node.literalName ?? node.invocation.rawValue)
            invocation.pipelineLength = commands.count + (first == nil ? 0 : 1)
            invocation.pipelinePosition = index + 1 + (first == nil ? 0 : 1)
            invocation.expectsInput = index > 0 || first != nil || isFed
            frame.context.position = node.range
            let request = StageRequest(
                invocation: invocation, arguments: arguments, frame: redirected.frame, output: redirected.output,
                run: run,
                index: index, dotSourced: node.invocation == .dot, isLast: index == commands.count - 1)
            let stage: Stage
            do throws(Stop) {
                switch callee {
                case .command(let entry, _): stage = try entry.makeStage(request)
                case .block(let block): stage = try ScriptStage(block: block, request)
                case .module(let module): throw Stop.runtime("BadExpression", .invalidOperation, module.name)
                }
            } catch {
                throw error.located(node.range, frame)
            }
            stage.range = node.range
            stages.insert(stage, at: 0)
            next = stage
        }
        run.stages = stages
    }

    /// `command -?`: its help instead of the command. Programs get the word.
    private func asksForHelp(_ entry: CommandEntry, _ arguments: [Argument]) -> Bool {
        guard entry.resolved.commandType != .application else { return false }
        return arguments.contains {
            if case .parameter("?", _) = $0.kind { return true }
            if case .value(.string("-?")) = $0.kind { return $0.written == "-?" }
            return false
        }
    }

    /// What `& $module what …` runs.
    private func inside(_ module: ScriptModule, _ arguments: inout [Argument], _ node: CommandNode, _ frame: Frame)
        throws(Stop) -> CommandNode.Callee
    {
        guard let first = arguments.first, case .value(let value) = first.kind else {
            throw Stop.runtime(
                "BadExpression", .invalidOperation,
                "The expression after '&' is a module: it must be followed by a script block or a command's name."
            ).located(node.range, frame)
        }
        arguments.removeFirst()
        if let block = value.asScriptBlock { return .block(ScriptBlock(block.compiled, session: module.session)) }
        if let function = module.session.top.functions[value.display.folded] {
            return .command(function, name: function.name)
        }
        return .command(try frame.runspace.command(named: value.display, frame), name: value.display)
    }

    private func name(of callee: CommandNode.Callee) -> String {
        if case .command(let entry, _) = callee { entry.resolved.name } else { "" }
    }

    private func description(of callee: CommandNode.Callee) -> (any CommandDescription)? {
        if case .command(let entry, _) = callee { entry.resolved } else { nil }
    }

    private func execute(_ run: PipelineRun, _ frame: Frame) throws(Stop) {
        guard let first else { return try run.execute(frame, feed: nil) }
        try run.execute(frame) { sink throws(Stop) in
            let redirected = try Redirector(first.redirections, frame, sink, run)
            try first.expression.emit(redirected.frame, redirected.output)
        }
    }

    private func emitAlone(_ stage: ExpressionStage, _ frame: Frame, _ output: Sink) throws(Stop) {
        let run = PipelineRun()
        defer { run.dispose() }
        let redirected = try Redirector(stage.redirections, frame, output, run)
        try stage.expression.emit(redirected.frame, redirected.output)
        try run.finishRedirections()
    }
}

/// `a && b || c`
final class ChainNode: StatementNode {
    private let first: StatementNode
    private let rest: [(isAnd: Bool, statement: StatementNode)]
    init(_ range: SourceRange, _ first: StatementNode, _ rest: [(isAnd: Bool, statement: StatementNode)]) {
        self.first = first
        self.rest = rest
        super.init(range)
    }
    override func run(_ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        var completion = try link(first, frame, output)
        for (isAnd, statement) in rest {
            guard case .normal = completion else { return completion }
            if isAnd == frame.runspace.lastSucceeded { completion = try link(statement, frame, output) }
        }
        return completion
    }

    /// An error ends its link, and the next `||` still runs, unless errors are being caught.
    private func link(_ statement: StatementNode, _ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        do throws(Stop) {
            return try statement.run(frame, output)
        } catch {
            guard case .error(let record) = error else { throw error }
            try frame.runspace.handle(record, frame)
            return .normal
        }
    }
}
