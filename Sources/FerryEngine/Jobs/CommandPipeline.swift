import FerryLanguage

/// The pipelines a `[powershell]` object was given, and their run in another runspace.
struct CommandPipeline: Sendable {
    struct Element: Sendable {
        let text: String
        let isScript: Bool
        /// A script in a scope of its own.
        var isLocal = false
        /// `-Name value`, `-Name`, or a value by its place.
        var arguments: [(name: String?, value: Parcel?)] = []
    }

    /// One pipeline a statement.
    private(set) var statements: [[Element]] = [[]]

    var isEmpty: Bool { statements.allSatisfy(\.isEmpty) }
    var elements: [Element] { Array(statements.joined()) }

    mutating func add(_ element: Element) { statements[statements.count - 1].append(element) }

    /// What is added next begins another pipeline.
    mutating func addStatement() { if statements.last?.isEmpty == false { statements.append([]) } }

    /// For the element added last; `false` if there is none.
    mutating func add(name: String?, value: Value?) -> Bool {
        let last = statements.count - 1
        guard !statements[last].isEmpty else { return false }
        statements[last][statements[last].count - 1].arguments.append((name, value.map { Parcel($0) }))
        return true
    }

    /// Runs everything in the runspace, in its global scope.
    ///
    /// - Throws: what ended it early. Errors that did not end it are put out as records.
    func perform(_ input: [Parcel], in runspace: Runspace, _ put: @escaping @Sendable (JobRecord) -> Void)
        throws(Stop)
    {
        (runspace.propagatesErrors, runspace.isCatching) = (false, false)
        let frame = runspace.globalFrame.redirected(JobHost.streams(put))
        for (number, elements) in statements.enumerated() where !elements.isEmpty {
            let run = PipelineRun()
            defer { run.dispose() }
            var next: Sink = ClosureSink { value throws(Stop) in
                try runspace.interrupt.check()
                put(.output(Parcel(value)))
            }
            var stages: [Stage] = []
            for (index, element) in elements.enumerated().reversed() {
                let stage = try element.stage(index, of: elements.count, frame, next, run)
                stages.insert(stage, at: 0)
                next = stage
            }
            run.stages = stages
            if number == 0, !input.isEmpty {
                try run.execute(frame) { sink throws(Stop) in for item in input { try sink.write(item.open()) } }
            } else {
                try run.execute(frame, feed: nil)
            }
            runspace.lastSucceeded = !run.hadErrors
        }
    }
}

extension CommandPipeline.Element {
    fileprivate func stage(_ index: Int, of count: Int, _ frame: Frame, _ output: Sink, _ run: PipelineRun)
        throws(Stop) -> Stage
    {
        let runspace = frame.runspace
        let arguments = arguments.map { name, value in
            guard let name else { return Argument(value: value?.open() ?? .null) }
            return Argument(.parameter(name, value?.open()))
        }
        func request(_ invocation: Invocation) -> StageRequest {
            invocation.pipelineLength = count
            invocation.pipelinePosition = index + 1
            invocation.expectsInput = index > 0
            return StageRequest(
                invocation: invocation, arguments: arguments, frame: frame, output: output, run: run, index: index,
                dotSourced: isScript && !isLocal, isLast: index == count - 1)
        }
        if isScript {
            let block = try runspace.makeScriptBlock(text)
            return try ScriptStage(
                block: block,
                request(Invocation(commandName: "", range: block.compiled.syntax.range, invocationName: "")))
        }
        let entry = try runspace.command(named: text, frame)
        return try entry.makeStage(
            request(
                Invocation(commandName: entry.resolved.name, command: entry.resolved, range: nil, invocationName: text))
        )
    }
}
