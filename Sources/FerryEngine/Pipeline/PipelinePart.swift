/// One command of a pipeline that is put together by a program instead of being written.
package enum PipelinePart {
    case command(String, [Argument])
    /// Runs in the global scope, as typed text does.
    case script(ScriptBlock, [Argument])
}

extension Runspace {
    /// Runs a pipeline in the global scope with its messages going to `streams`.
    ///
    /// - Parameter source: what is `$input` where no objects are fed.
    package func run(
        _ parts: [PipelinePart], input: [Value], source: InputSource? = nil, streams: Streams, output: Sink
    ) throws(Stop) {
        (propagatesErrors, isCatching) = (false, false)
        let frame = globalFrame.redirected(streams)
        let run = PipelineRun()
        run.source = source
        defer { run.dispose() }
        var next = output
        var stages: [Stage] = []
        for (index, part) in parts.enumerated().reversed() {
            let stage: Stage
            func request(_ invocation: Invocation, _ arguments: [Argument], dotSourced: Bool) -> StageRequest {
                invocation.expectsInput = index > 0 || !input.isEmpty
                invocation.pipelineLength = parts.count
                invocation.pipelinePosition = index + 1
                return StageRequest(
                    invocation: invocation, arguments: arguments, frame: frame, output: next, run: run, index: index,
                    dotSourced: dotSourced)
            }
            switch part {
            case .command(let name, let arguments):
                let entry = try command(named: name, frame)
                let invocation = Invocation(commandName: entry.name, command: entry, range: nil, invocationName: name)
                stage = try entry.makeStage(request(invocation, arguments, dotSourced: false))
            case .script(let block, let arguments):
                let invocation = Invocation(commandName: "", range: nil, invocationName: "")
                stage = try ScriptStage(block: block, request(invocation, arguments, dotSourced: true))
            }
            stages.insert(stage, at: 0)
            next = stage
        }
        run.stages = stages
        guard !input.isEmpty else { return try run.execute(frame, feed: nil) }
        try run.execute(frame) { sink throws(Stop) in for value in input { try sink.write(value) } }
    }
}
