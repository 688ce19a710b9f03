import FerryLanguage

/// `a | b | c` with at least one command, or an expression with redirections.
final class PipelineNode: StatementNode {
    private let first: ExpressionStage?
    private let commands: [CommandNode]
    private let background: Bool
    init(_ range: SourceRange, _ first: ExpressionStage?, _ commands: [CommandNode], background: Bool) {
        self.first = first
        self.commands = commands
        self.background = background
        super.init(range)
    }

    override func run(_ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        if background {
            throw Stop.runtime(
                "BackgroundNotSupported", .notImplemented,
                "The command cannot run in the background: Ferry has no background operator yet. Remove the trailing '&'.",
                exception: "System.Management.Automation.PSNotSupportedException"
            ).located(range, frame)
        }
        let runspace = frame.runspace
        if commands.isEmpty, let first {
            try emitAlone(first, frame, output)
            runspace.lastSucceeded = true
            return .normal
        }
        let run = PipelineRun()
        defer { run.dispose() }
        do throws(Stop) {
            try build(run, frame, output)
            try execute(run, frame)
        } catch {
            runspace.lastSucceeded = false
            throw error
        }
        runspace.lastSucceeded = !run.hadErrors
        return .normal
    }

    /// Evaluates names and arguments from left to right, binds, and connects each stage to the next.
    private func build(_ run: PipelineRun, _ frame: Frame, _ output: Sink) throws(Stop) {
        var plans: [(node: CommandNode, callee: CommandNode.Callee, arguments: [Argument])] = []
        for node in commands {
            let callee = try node.callee(frame)
            plans.append((node, callee, try node.evaluateArguments(frame)))
        }
        // From the last to the first, because a stage needs to know where its output goes.
        var next = output
        var stages: [Stage] = []
        for (index, plan) in plans.enumerated().reversed() {
            let (node, callee, arguments) = plan
            let redirected = try Redirector(node.redirections, frame, next, run)
            let invocation = Invocation(
                commandName: name(of: callee), command: description(of: callee), range: node.range,
                invocationName: node.literalName ?? node.invocation.rawValue)
            invocation.pipelineLength = commands.count + (first == nil ? 0 : 1)
            invocation.pipelinePosition = index + 1 + (first == nil ? 0 : 1)
            invocation.expectsInput = index > 0 || first != nil
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
                }
            } catch {
                throw error.located(node.range, frame)
            }
            stage.range = node.range
            stages.insert(stage, at: 0)
            next = StageSink(stage)
        }
        run.stages = stages
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
    private let background: Bool
    init(
        _ range: SourceRange, _ first: StatementNode, _ rest: [(isAnd: Bool, statement: StatementNode)],
        background: Bool
    ) {
        self.first = first
        self.rest = rest
        self.background = background
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
