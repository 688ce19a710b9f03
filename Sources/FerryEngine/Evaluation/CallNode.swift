/// A command alone, called by its name: where that is a plain function, the call goes straight to it.
final class CallNode: StatementNode {
    /// The same as a pipeline, for commands that are no plain functions.
    let pipeline: PipelineNode
    private let command: CommandNode
    init(_ pipeline: PipelineNode, _ command: CommandNode) {
        self.pipeline = pipeline
        self.command = command
        super.init(pipeline.range)
    }

    override func run(_ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        let plan: CallPlan
        let values: [Value]
        let fit: Bool
        do throws(Stop) {
            guard let found = try command.plan(frame) else { return try pipeline.run(frame, output) }
            plan = found
            (values, fit) = try plan.evaluate(frame)
        } catch {
            frame.runspace.lastSucceeded = false
            throw error
        }
        guard fit else { return try pipeline.run(frame, output, evaluated: plan.arguments(values)) }
        try FunctionCall.run(plan, values, frame, output)
        return .normal
    }
}
