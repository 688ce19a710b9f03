import FerryLanguage

/// One run of a pipeline: its stages and what happened so far.
package final class PipelineRun {
    var stages: [Stage] = []
    /// Files that redirections opened; closed when the pipeline is done.
    var redirections: [FileRedirection] = []
    var hadErrors = false
    /// A stage that wants no more input: those before it get no `end`.
    var stoppedBefore = 0
    /// Why a later stage failed, while the stages before it unwind.
    var failure: Stop?
    /// `exit n` of a script file in this pipeline.
    var exitCode: Int32?

    /// `$input` of a script file that is no stage of a pipeline.
    var source: InputSource?

    package init() {}

    /// Begins every stage, feeds the first one, ends every stage in order.
    func execute(_ frame: Frame, feed: ((Sink) throws(Stop) -> Void)?) throws(Stop) {
        do throws(Stop) {
            try unlessStopped { () throws(Stop) in for stage in stages { try stage.start() } }
            try unlessStopped { () throws(Stop) in
                if let feed { try feed(stages[0]) } else { try stages[0].processWithoutInput() }
            }
            for (index, stage) in stages.enumerated() where index >= stoppedBefore {
                try unlessStopped { () throws(Stop) in
                    try stage.start()
                    try stage.end()
                }
            }
            try finishRedirections()
        } catch {
            if case .failed(let run) = error, run === self, let failure { throw failure }
            throw error
        }
    }

    // MARK: Step by step

    func startAll() throws(Stop) {
        try step { () throws(Stop) in for stage in stages { try stage.start() } }
    }

    /// One object for the first stage; `nil` where it gets none.
    func feed(_ value: Value?) throws(Stop) {
        guard let first = stages.first, stoppedBefore == 0 else { return }
        try step { () throws(Stop) in
            if let value { try first.write(value) } else { try first.processWithoutInput() }
        }
    }

    func endAll() throws(Stop) {
        try step { () throws(Stop) in
            for (index, stage) in stages.enumerated() where index >= stoppedBefore {
                try stage.start()
                try stage.end()
            }
        }
        try finishRedirections()
    }

    private func step(_ body: () throws(Stop) -> Void) throws(Stop) {
        do throws(Stop) {
            try unlessStopped(body)
        } catch {
            if case .failed(let run) = error, run === self, let failure { throw failure }
            throw error
        }
    }

    func finishRedirections() throws(Stop) {
        for redirection in redirections { try redirection.finish() }
        redirections = []
    }

    private func unlessStopped(_ body: () throws(Stop) -> Void) throws(Stop) {
        do throws(Stop) {
            try body()
        } catch {
            if case .upstream(let run) = error, run === self { return }
            throw error
        }
    }

    /// Releases what the stages hold, whatever happened.
    func dispose() {
        for stage in stages { stage.dispose() }
        stages = []
        redirections = []
    }
}

/// One command of a running pipeline; as a sink, what the command before it writes to.
package class Stage: Sink {
    let run: PipelineRun
    var range: SourceRange?
    private var isStarted = false

    init(_ run: PipelineRun) {
        self.run = run
        super.init()
    }

    /// Begins, once: in its turn, or before the first object where a stage before it emits in its own `begin`.
    final func start() throws(Stop) {
        guard !isStarted else { return }
        isStarted = true
        try begin()
    }

    func begin() throws(Stop) {}
    /// One object from the stage before.
    func receive(_ value: Value) throws(Stop) {}
    /// Called once instead when there is no stage before.
    func processWithoutInput() throws(Stop) {}
    func end() throws(Stop) {}
    func dispose() {}

    /// `receive`, with the failure hidden from the stages before: they only see that the pipeline is over.
    package final override func write(_ value: Value) throws(Stop) {
        do throws(Stop) {
            if !isStarted { try start() }
            try receive(value)
        } catch {
            switch error {
            case .error, .breaking, .continuing, .returning, .exiting:
                run.failure = error
                throw .failed(run)
            case .upstream, .failed, .interrupted: throw error
            }
        }
    }
}

/// Everything a command needs to become a stage.
struct StageRequest {
    let invocation: Invocation
    let arguments: [Argument]
    /// The caller's frame, with this command's redirections.
    let frame: Frame
    let output: Sink
    let run: PipelineRun
    let index: Int
    /// `. name`: in the caller's scope.
    var dotSourced = false
    /// Nothing follows in its pipeline.
    var isLast = true
}
