import FerryCore
import FerryLanguage

/// The end of every pipeline nobody ended otherwise: objects formatted for the host.
package final class HostSink: Sink {
    private let runspace: Runspace
    private var formatter: OutputFormatter?

    init(_ runspace: Runspace) { self.runspace = runspace }

    /// What a program writes belongs to a transcript, too.
    package override var isTerminal: Bool { runspace.host.usesStandardStreams && !runspace.transcription.isActive }

    private func current() -> OutputFormatter {
        if let formatter { return formatter }
        let host = runspace.host
        let made = OutputFormatter(
            source: runspace,
            renderer: FormatRenderer(
                width: host.width, allowsColor: runspace.allowsColor, height: host.turnsPages ? host.height : nil,
                style: runspace.style)
        ) { [unowned runspace] line throws(Stop) in runspace.show(line + "\n") }
        formatter = made
        return made
    }

    package override func write(_ value: Value) throws(Stop) {
        try runspace.interrupt.check()
        if let record = value.asObject as? MessageRecord {
            try flush()
            return runspace.show(record.message, record.stream)
        }
        if let record = value.asObject as? InformationRecord {
            try flush()
            runspace.show(record.text + (record.endsWithNewline ? "\n" : ""))
            return
        }
        try current().add(value)
    }

    func flush() throws(Stop) { try formatter?.flush() }
    func finish() throws(Stop) { try formatter?.finish() }
}

extension Runspace {
    /// Writes out what formatting holds back, before something else writes to the host.
    package func flushOutput() {
        guard let sink = hostSink else { return }
        try? sink.flush()
    }

    /// Text for the output device and the transcripts.
    package func show(_ text: String) {
        transcription.write(text)
        host.write(allowsColor ? text : text.withoutEscapes)
    }

    /// Whether escape sequences reach the output, as `$PSStyle.OutputRendering` and the host say.
    package var allowsColor: Bool {
        switch style.rendering {
        case .host: host.allowsColor
        case .plainText: false
        case .ansi: true
        }
    }

    func show(_ message: String, _ stream: MessageRecord.Stream) {
        switch stream {
        case .warning:
            transcription.writeLine("WARNING: " + message)
            host.writeWarning(message)
        case .verbose:
            transcription.writeLine("VERBOSE: " + message)
            host.writeVerbose(message)
        case .debug:
            transcription.writeLine("DEBUG: " + message)
            host.writeDebug(message)
        }
    }

    // MARK: Running

    /// Runs text as typed at the prompt: in the global scope, output formatted for the host, errors shown.
    ///
    /// - Returns: an exit code when the text said `exit`.
    @discardableResult
    package func runLine(
        _ text: String, path: String? = nil, arguments: [Argument] = [], source: InputSource? = nil
    ) -> Int32? {
        do throws(Stop) {
            defer { if path == nil { rememberTokens(of: text) } }
            let compiled = compiled(try parse(text, path: path), layout: Layout())
            try withHostSink { sink throws(Stop) in
                let frame = promptFrame
                frame.context.position = nil
                let block = ScriptBlock(compiled, session: frame.scope.session)
                let takesInput = compiled.hasProcess || compiled.layout.mentionsInput
                try block.invoke(
                    frame, item: nil, arguments: arguments, newScope: false, input: [],
                    source: takesInput ? source : nil, output: sink, this: nil)
            }
            return nil
        } catch {
            return finish(error)
        }
    }

    /// `$^` and `$$`: the first and the last word of the line that was run last, strings without their quotes.
    private func rememberTokens(of text: String) {
        guard isPrompt else { return }
        let words = Parser.parse(text).tokens.filter {
            $0.kind != .newline && $0.kind != .separator && $0.kind != .comment
        }.map { token in
            token.kind == .string && token.text.count > 1 && !token.text.hasPrefix("@")
                ? String(token.text.dropFirst().dropLast()) : token.text
        }
        globalSession.top.define(Symbol("^"), .optional(words.first))
        globalSession.top.define(Symbol("$"), .optional(words.last))
    }

    /// As a typed line, with work that is not this session's own script.
    package func runLine(_ body: (Sink) throws(Stop) -> Void) {
        do throws(Stop) {
            try withHostSink { sink throws(Stop) in try body(sink) }
            lastSucceeded = true
        } catch {
            _ = finish(error)
        }
    }

    /// `ferry -c text`: as a line, then the exit status pwsh gives: `exit`'s code, else 1 when the last command failed.
    ///
    /// - Parameters:
    ///   - arguments: `$args`.
    ///   - source: lines for `$input` and `process`; nil when there is no input at all.
    package func runCommand(_ text: String, arguments: [Argument] = [], source: InputSource? = nil) -> Int32 {
        lastSucceeded = true
        if let code = runLine(text, arguments: arguments, source: source) { return code }
        return requestedExit ?? (lastSucceeded ? 0 : 1)
    }

    /// `ferry script.ps1 args`: in the global scope, as if dot-sourced. 1 after an unhandled terminating error.
    ///
    /// - Parameter source: lines for `$input` and `process`; nil when there is no input at all.
    package func runFile(_ path: String, arguments: [String] = [], source: InputSource? = nil) -> Int32 {
        let full = location.resolve(path)
        guard FileText.isFile(full) else {
            host.writeErrorLine(
                "The argument '\(path)' is not recognized as the name of a script file. Check the spelling of the name, or if "
                    + "a path was included, verify that the path is correct and try again.")
            return 64
        }
        lastSucceeded = true
        let command = ScriptFileCommand(full, runspace: self)
        let run = PipelineRun()
        var failed = false
        do throws(Stop) {
            try withHostSink { sink throws(Stop) in
                defer { run.dispose() }
                let invocation = Invocation(
                    commandName: command.name, command: command, range: nil, invocationName: full)
                let feeding = try source.flatMap { source throws(Stop) in
                    try takesLines(try load(script: full), command.name) ? source : nil
                }
                invocation.expectsInput = feeding != nil
                if feeding == nil { run.source = source }
                run.stages = [
                    try command.makeStage(
                        StageRequest(
                            invocation: invocation, arguments: Runspace.arguments(arguments), frame: globalFrame,
                            output: sink, run: run, index: 0, dotSourced: true))
                ]
                guard let feeding else { return try run.execute(globalFrame, feed: nil) }
                try run.execute(globalFrame) { sink throws(Stop) in try feeding.forEach(sink.write) }
            }
        } catch {
            if case .error = error { failed = true }
            if case .interrupted = error { return 130 }
            if let code = finish(error) { return code }
        }
        return failed ? 1 : run.exitCode ?? requestedExit ?? 0
    }

    /// Whether a script is fed line by line: it has a `process` block, or parameters for what it finds in `$input`. Any other finds
    /// its input in `$input`, when it looks there.
    private func takesLines(_ compiled: CompiledBlock, _ name: String) throws(Stop) -> Bool {
        if compiled.hasProcess { return true }
        guard compiled.layout.mentionsInput else { return false }
        return try signature(of: compiled, name: name, globalFrame).parameters.contains { spec in
            spec.roles.values.contains { !$0.pipeline.isEmpty }
        }
    }

    /// Words of a command line: `-Name value` and `-Name:value` are parameters.
    package static func arguments(_ words: [String]) -> [Argument] {
        words.map { word in
            guard word.hasPrefix("-"), word.count > 1, let second = word.dropFirst().first,
                second.isLetter || second == "_"
            else { return Argument(value: .string(word), written: word) }
            let body = word.dropFirst()
            guard let colon = body.firstIndex(of: ":") else {
                return Argument(.parameter(String(body), nil), written: word)
            }
            let text = String(body[body.index(after: colon)...])
            let name = String(body[..<colon])
            if text.isEmpty { return Argument(.parameter(name, nil), written: word) }
            let value: Value =
                switch text.lowercased() {
                case "$true", "true": .bool(true)
                case "$false", "false": .bool(false)
                default: .string(text)
                }
            return Argument(.parameter(name, value), written: word)
        }
    }

    /// Runs text in the global scope and gives its output: for the shell's own needs (prompt function, completion, tests).
    package func evaluate(_ text: String) throws(Stop) -> [Value] {
        let block = ScriptBlock(compiled(try parse(text), layout: Layout()), session: globalSession)
        let sink = CollectingSink()
        try block.invoke(globalFrame, newScope: false, output: sink)
        return sink.values
    }

    /// Calls a function or other command by name and gives its output.
    package func call(_ name: String, _ arguments: [Argument] = []) throws(Stop) -> [Value] {
        let entry = try command(named: name, globalFrame)
        let run = PipelineRun()
        defer { run.dispose() }
        let sink = CollectingSink()
        let invocation = Invocation(commandName: entry.name, command: entry, range: nil, invocationName: name)
        run.stages = [
            try entry.makeStage(
                StageRequest(
                    invocation: invocation, arguments: arguments, frame: globalFrame, output: sink, run: run, index: 0))
        ]
        try run.execute(globalFrame, feed: nil)
        return sink.values
    }

    private func withHostSink(_ body: (HostSink) throws(Stop) -> Void) throws(Stop) {
        let outer = hostSink
        let sink = HostSink(self)
        hostSink = sink
        let saved = (propagatesErrors, isCatching)
        (propagatesErrors, isCatching) = (false, false)
        defer {
            try? sink.finish()
            hostSink = outer
            (propagatesErrors, isCatching) = saved
        }
        try body(sink)
        try sink.finish()
    }

    /// What ended a run: shows errors; an exit code for `exit`.
    private func finish(_ stop: Stop) -> Int32? {
        switch stop {
        case .error(let record):
            self.record(record)
            lastSucceeded = false
            showError(record)
            return nil
        case .exiting(let code): return code
        case .failed(let run):
            if let failure = run.failure { return finish(failure) }
            return nil
        case .interrupted:
            lastSucceeded = false
            return nil
        case .breaking, .continuing, .returning, .upstream: return nil
        }
    }
}
