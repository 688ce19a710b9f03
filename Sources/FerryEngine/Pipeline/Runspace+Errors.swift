import FerryLanguage

extension Runspace {
    private static let errorLimit = 256

    /// Puts an error at the front of `$Error`, once.
    package func record(_ record: ErrorRecord) {
        if record.isRecorded { return }
        record.isRecorded = true
        errors.elements.insert(.object(record), at: 0)
        if errors.elements.count > Self.errorLimit { errors.elements.removeLast() }
    }

    /// An error that ended a statement: reported and over, or passed on to a `try` or the caller, as preferences say.
    func handle(_ record: ErrorRecord, _ frame: Frame) throws(Stop) {
        lastSucceeded = false
        // On its way to a `try` or out of the script: looking up preferences in every scope it leaves would be quadratic.
        if propagatesErrors || record.forcesStop {
            self.record(record)
            throw .error(record)
        }
        if let ended = record.ended, frame.context.isInside(ended) { throw .error(record) }
        let action = frame.scope.value(of: .errorActionPreference).flatMap { ActionPreference($0) } ?? .continue
        if action != .ignore { self.record(record) }
        switch action {
        case .silentlyContinue: try frame.streams.silentError?.write(.object(record))
        case .ignore: return
        case .stop:
            record.forcesStop = true
            throw .error(record)
        case .continue, .inquire, .suspend, .break:
            if record.isThrown { throw .error(record) }
            if action == .break { try breakIn(frame) }
            report(record, frame)
        }
    }

    /// Writes an error to the frame's error stream.
    func report(_ record: ErrorRecord, _ frame: Frame) {
        self.record(record)
        do throws(Stop) {
            try frame.streams.writeError(record, self)
        } catch {
            showError(record)
        }
    }

    /// Renders an error for the host.
    package func showError(_ record: ErrorRecord) {
        flushOutput()
        let text = ErrorView.text(record, self)
        transcription.writeLine(text)
        host.writeError(text, record: record)
    }

    /// One line a call, innermost first, as `ScriptStackTrace` has them.
    ///
    /// - Parameter range: what failed in the innermost call, where that is no command.
    func stackTrace(from frame: Frame, at range: SourceRange? = nil) -> String {
        var lines: [String] = []
        var context: CallContext? = frame.context
        while let current = context, lines.count < 100 {
            let position = lines.isEmpty ? range ?? current.position : current.position
            let line = position?.startPosition.line ?? 1
            lines.append("at \(current.functionName), \(current.scriptPath ?? "<No file>"): line \(line)")
            context = current.caller
        }
        return lines.joined(separator: "\n")
    }

    // MARK: Messages

    func message(
        _ text: String, _ stream: MessageRecord.Stream, action: ActionPreference, frame: Frame,
        collector: VariableCollector?
    ) throws(Stop) {
        let record = MessageRecord(stream, text)
        try collector?.append(.object(record))
        switch action {
        case .ignore, .silentlyContinue: return
        case .stop:
            let (variable, parameter) =
                switch stream {
                case .warning: ("WarningPreference", "WarningAction")
                case .verbose: ("VerbosePreference", "Verbose")
                case .debug: ("DebugPreference", "Debug")
                }
            _ = parameter
            let stop = Stop.runtime(
                "ActionPreferenceStop", .operationStopped,
                "The running command stopped because the preference variable \"\(variable)\" or common parameter is set to "
                    + "Stop: \(text)", exception: "System.Management.Automation.ActionPreferenceStopException")
            stop.record?.forcesStop = true
            throw stop
        case .continue, .inquire, .suspend, .break: break
        }
        if let sink = sink(of: stream, frame) {
            try sink.write(.object(record))
        } else {
            flushOutput()
            show(text, stream)
        }
        guard action == .inquire else { return }
        _ = try inquire("Continue with this operation?", frame) {
            let stop = Stop.runtime(
                "ActionPreferenceStop", .operationStopped,
                "The running command stopped because the user selected the Stop option.",
                exception: "System.Management.Automation.ActionPreferenceStopException")
            stop.record?.forcesStop = true
            return stop
        }
    }

    private func sink(of stream: MessageRecord.Stream, _ frame: Frame) -> Sink? {
        switch stream {
        case .warning: frame.streams.warning
        case .verbose: frame.streams.verbose
        case .debug: frame.streams.debug
        }
    }

    func inform(_ record: InformationRecord, action: ActionPreference, frame: Frame, collector: VariableCollector?)
        throws(Stop)
    {
        try collector?.append(.object(record))
        if let sink = frame.streams.information { return try sink.write(.object(record)) }
        let isHostText = record.tags.contains("PSHOST")
        guard isHostText || action == .continue || action == .inquire else {
            if action == .stop {
                throw .runtime(
                    "ActionPreferenceStop", .operationStopped,
                    "The running command stopped because the preference variable \"InformationPreference\" or common "
                        + "parameter is set to Stop: \(record.text)",
                    exception: "System.Management.Automation.ActionPreferenceStopException")
            }
            return
        }
        flushOutput()
        let text = record.text + (record.endsWithNewline ? "\n" : "")
        if record.foreground != nil || record.background != nil {
            transcription.write(text)
            host.write(text, foreground: record.foreground, background: record.background)
        } else {
            show(text)
        }
    }

    /// A line for the person at the terminal that is no output: what-if texts.
    package func writeHostLine(_ text: String) {
        flushOutput()
        show(text + "\n")
    }
}
