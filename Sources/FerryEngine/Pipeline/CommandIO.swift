package import FerryCore
import FerryLanguage

/// A running command's way to the outside: its streams, questions, the runspace.
///
/// Also what `$PSCmdlet` is in an advanced function, so both kinds of command treat `-ErrorAction`, `-WhatIf` and the rest the
/// same.
///
/// As a sink it is the command's own output, which counts for `-OutVariable` too.
package final class CommandIO: Sink {
    package let runspace: Runspace
    package let call: Call
    /// Where the command was called: variables are looked up from here.
    package let frame: Frame
    let output: Sink
    var preferences: Preferences
    var collectors = Collectors()
    /// The pipeline the command is a part of.
    let run: PipelineRun
    private let index: Int
    private var answeredYesToAll = false
    private var answeredNoToAll = false
    private var asksYesToAll = false
    /// `Yes to All`, said of this command's errors.
    private var goesOnWithErrors = false
    private var asksNoToAll = false

    init(
        runspace: Runspace, call: Call, frame: Frame, output: Sink, preferences: Preferences, run: PipelineRun,
        index: Int
    ) {
        self.runspace = runspace
        self.call = call
        self.frame = frame
        self.output = output
        self.preferences = preferences
        self.run = run
        self.index = index
        super.init()
    }

    /// Where output may go without passing the command: it is itself the way where it watches what it puts out.
    var directOutput: Sink {
        collectors.output == nil && collectors.pipelineVariable == nil && !output.isTerminal ? output : self
    }

    private var commandName: String { call.signature.name }

    // MARK: Output

    package override func write(_ value: Value) throws(Stop) { try emit(value) }

    /// Sends one object down the pipeline; a collection travels as one object.
    package func emit(_ value: Value) throws(Stop) {
        if value.isNothing { return }
        try runspace.interrupt.check()
        if let collector = collectors.output { try collector.append(value) }
        if let symbol = collectors.pipelineVariable { frame.scope.define(symbol, value) }
        try output.write(value)
    }

    package func emit(_ noun: some Noun) throws(Stop) { try emit(noun.value) }

    /// Sends each element.
    package func emit(contentsOf values: some Sequence<Value>) throws(Stop) {
        for value in values { try emit(value) }
    }

    /// Sends the elements of a collection, anything else as it is: what a statement's value does.
    package func emit(enumerating value: Value) throws(Stop) {
        guard let elements = value.elements else { return try emit(value) }
        try emit(contentsOf: elements)
    }

    // MARK: Errors

    /// Reports a non-terminating error: the pipeline goes on, unless `-ErrorAction Stop`.
    package func report(_ failure: Failure, target: Value = .null) throws(Stop) {
        try report(ErrorRecord(failure, target: target))
    }

    /// Reports a non-terminating error. The record is completed with this command's name, id and position.
    package func report(_ record: ErrorRecord) throws(Stop) {
        complete(record)
        try relay(record)
    }

    /// Reports an error as it is: another command's, of another runspace or another computer.
    package func relay(_ record: ErrorRecord) throws(Stop) {
        switch preferences.errorAction {
        case .ignore:
            // It leaves no trace but `$?`.
            run.hadErrors = true
            guard preferences.ignoresByVariable else { return }
            throw failing(
                "System.NotSupportedException", .notImplemented,
                "The value Ignore is not supported for an ActionPreference variable. The provided value should be used only "
                    + "as a value for a preference parameter, and has been replaced by the default value.",
                exception: "System.NotSupportedException")
        case .silentlyContinue:
            runspace.record(record)
            try collectors.error?.append(.object(record))
            try frame.streams.silentError?.write(.object(record))
        case .continue, .suspend, .break:
            if preferences.errorAction == .break { try runspace.breakIn(frame) }
            runspace.record(record)
            try collectors.error?.append(.object(record))
            try frame.streams.writeError(record, runspace)
            run.hadErrors = true
            return
        case .inquire:
            if !goesOnWithErrors {
                goesOnWithErrors = try runspace.inquire(
                    record.message, frame, stopped: { .error(stopped(by: record)) })
            }
            runspace.record(record)
            try collectors.error?.append(.object(record))
            try frame.streams.writeError(record, runspace)
        case .stop:
            try collectors.error?.append(.object(Self.stopException(of: record)))
            throw .error(stopped(by: record))
        }
        run.hadErrors = true
    }

    /// What `-ErrorVariable` gets where an error ended the command because of a preference.
    private static func stopException(of record: ErrorRecord) -> ExceptionObject {
        let exception = ExceptionObject(
            "System.Management.Automation.ActionPreferenceStopException",
            "The running command stopped because the preference variable \"ErrorActionPreference\" or common parameter is "
                + "set to Stop: \(record.message)")
        exception.details = [("ErrorRecord", .object(record))]
        return exception
    }

    /// The terminating error to throw: `throw io.failing(failure)`.
    package func failing(_ failure: Failure, target: Value = .null) -> Stop {
        failing(ErrorRecord(failure, target: target))
    }

    package func failing(_ record: ErrorRecord) -> Stop {
        complete(record)
        return .error(record)
    }

    /// A terminating error in PowerShell's own terms, for commands that are PowerShell's.
    package func failing(
        _ errorID: String, _ category: ErrorCategory, _ message: String, target: Value = .null,
        exception: String = "System.Management.Automation.RuntimeException"
    ) -> Stop {
        failing(ErrorRecord(ExceptionObject(exception, message), errorID: errorID, category: category, target: target))
    }

    /// A non-terminating error in PowerShell's own terms.
    package func report(
        _ errorID: String, _ category: ErrorCategory, _ message: String, target: Value = .null,
        exception: String = "System.Management.Automation.RuntimeException"
    ) throws(Stop) {
        try report(
            ErrorRecord(ExceptionObject(exception, message), errorID: errorID, category: category, target: target))
    }

    private func complete(_ record: ErrorRecord) {
        if record.commandTypeName == nil { record.commandTypeName = call.signature.typeName }
        if record.activity.isEmpty { record.activity = commandName }
        if record.invocation == nil { record.invocation = call.invocation }
        if record.scriptStackTrace.isEmpty { record.scriptStackTrace = runspace.stackTrace(from: frame) }
    }

    /// `-ErrorAction Stop`: PowerShell keeps the record and its id, and shows the message as it is.
    private func stopped(by record: ErrorRecord) -> ErrorRecord {
        run.hadErrors = true
        record.forcesStop = true
        return record
    }

    // MARK: Other streams

    package func warn(_ text: String) throws(Stop) {
        try runspace.message(
            text, .warning, action: preferences.warningAction, frame: frame, collector: collectors.warning)
    }

    package func verbose(_ text: String) throws(Stop) {
        try runspace.message(text, .verbose, action: preferences.verboseAction, frame: frame, collector: nil)
    }

    package func debug(_ text: String) throws(Stop) {
        try runspace.message(text, .debug, action: preferences.debugAction, frame: frame, collector: nil)
    }

    /// An information record. `Write-Host` passes the tag `PSHOST` and is shown whatever the preference.
    package func inform(
        _ message: Value, tags: [String] = [], foreground: ConsoleColor? = nil, background: ConsoleColor? = nil,
        newline: Bool = true
    ) throws(Stop) {
        let record = InformationRecord(message, tags: tags, source: commandName)
        record.foreground = foreground
        record.background = background
        record.endsWithNewline = newline
        try runspace.inform(
            record, action: preferences.informationAction, frame: frame, collector: collectors.information)
    }

    package func progress(_ record: ProgressRecord) {
        if preferences.progressAction == .continue { runspace.host.writeProgress(record) }
    }

    // MARK: Questions

    /// `ShouldProcess`: whether to perform `action` on `target`. Prints the what-if text or asks as the preferences say.
    package func confirms(_ action: String? = nil, _ target: @autoclosure () throws(Stop) -> String) throws(Stop)
        -> Bool
    {
        // Nobody would see the text: it is not made, once for each object of a pipeline.
        if !preferences.whatIf, [.silentlyContinue, .ignore].contains(preferences.verboseAction),
            !(call.signature.impact.map { preferences.asks(for: $0) } ?? false)
        {
            return true
        }
        let target = try target()
        let action = action ?? commandName
        let text = "Performing the operation \"\(action)\" on target \"\(target)\"."
        return try confirms(whatIf: "What if: " + text, query: text, verbose: text)
    }

    /// `ShouldProcess` in the command's own words. `whatIf` is printed whole, prefix included.
    package func confirms(whatIf: String, query: String, verbose verboseText: String, caption: String = "Confirm")
        throws(Stop) -> Bool
    {
        if preferences.whatIf {
            runspace.writeHostLine(whatIf)
            return false
        }
        guard let impact = call.signature.impact, preferences.asks(for: impact) else {
            try verbose(verboseText)
            return true
        }
        return try ask(
            caption: caption, message: "Are you sure you want to perform this action?\n" + query,
            yesToAll: \.answeredYesToAll, noToAll: \.answeredNoToAll)
    }

    /// `ShouldContinue`: asks whatever the preferences. Commands skip it for `-Force`.
    package func asks(_ query: String, caption: String = "Confirm") throws(Stop) -> Bool {
        try ask(caption: caption, message: query, yesToAll: \.asksYesToAll, noToAll: \.asksNoToAll)
    }

    private func ask(
        caption: String, message: String, yesToAll: ReferenceWritableKeyPath<CommandIO, Bool>,
        noToAll: ReferenceWritableKeyPath<CommandIO, Bool>
    ) throws(Stop) -> Bool {
        if self[keyPath: yesToAll] { return true }
        if self[keyPath: noToAll] { return false }
        guard runspace.host.isInteractive else {
            throw failing(
                "NonInteractive", .invalidOperation,
                "\(commandName) asks for confirmation, and nobody can answer: the shell is not interactive. "
                    + "Add -Confirm:$false or, where the command has it, -Force.",
                exception: "System.Management.Automation.PSInvalidOperationException")
        }
        while true {
            runspace.flushOutput()
            switch try runspace.host.choose(
                caption: caption, message: message,
                choices: [
                    Choice("&Yes", help: "Continue with only the next step of the operation."),
                    Choice("Yes to &All", help: "Continue with all the steps of the operation."),
                    Choice("&No", help: "Skip this operation and proceed with the next operation."),
                    Choice("No to A&ll", help: "Skip this operation and all subsequent operations."),
                    Choice("&Suspend", help: Choice.suspendHelp),
                ], defaultChoice: 0)
            {
            case 0: return true
            case 1:
                self[keyPath: yesToAll] = true
                return true
            case 3:
                self[keyPath: noToAll] = true
                return false
            case 4: try runspace.enterNestedPrompt(frame)
            default: return false
            }
        }
    }

    /// `-WhatIf`, or its preference, is on.
    package var isWhatIf: Bool { preferences.whatIf }
    package var errorAction: ActionPreference { preferences.errorAction }

    // MARK: The runspace

    package var host: any Host { runspace.host }
    /// Whether what the command emits is shown at once and goes nowhere else.
    package var showsOnHost: Bool { output is HostSink && collectors.output == nil }
    package var interrupt: Interrupt { runspace.interrupt }

    /// Tells the earlier commands of the pipeline to stop: this one has what it needs. Their `end` blocks do not run; the end
    /// blocks of this and later commands do.
    package func stopUpstream() -> Stop {
        run.stoppedBefore = max(run.stoppedBefore, index)
        return .upstream(run)
    }

    /// Runs a script block in the caller's scope with `$_`, its output going straight down the pipeline.
    package func run(_ block: ScriptBlock, item: Value? = nil, arguments: [Value] = []) throws(Stop) {
        if arguments.isEmpty, let item, try block.run(on: item, frame, self) { return }
        try block.invoke(frame, item: item, arguments: arguments, newScope: false, output: self)
    }

    /// To run a script block in the caller's scope for object after object, its output going down the pipeline: past the command,
    /// unless the command watches what it puts out.
    package func runner(of block: ScriptBlock) -> BlockRunner { BlockRunner(block, self, output: directOutput) }

    /// The same with its output going to `sink`.
    package func runner(of block: ScriptBlock, into sink: CollectingSink) -> BlockRunner {
        BlockRunner(block, self, output: sink)
    }

    /// Runs a script block in the caller's scope with `$_` and collects its output.
    package func collect(_ block: ScriptBlock, item: Value? = nil, arguments: [Value] = []) throws(Stop) -> [Value] {
        let sink = CollectingSink()
        try block.invoke(frame, item: item, arguments: arguments, newScope: false, output: sink)
        return sink.values
    }

    /// The value of a member as `value.name` reads it (no member enumeration); `nil` if there is no such member.
    package func property(_ name: String, of value: Value) throws(Stop) -> Value? {
        try Members.property(name, of: value, runspace)
    }

    /// Calls a method, or reads the property of that name, as `value.name(arguments)` does.
    package func invokeMember(_ name: String, of value: Value, arguments: [Value] = []) throws(Stop) -> Value {
        if arguments.isEmpty, let property = try Members.property(name, of: value, runspace) { return property }
        return try Members.invoke(name, on: value, arguments, isStatic: false, frame)
    }

    /// An operator by its name without the dash: `eq`, `clike`, `notmatch`, `contains`, `is` ….
    package func binary(_ name: String, _ left: Value, _ right: Value) throws(Stop) -> Value {
        try Operators.binary(name, left, right, frame)
    }

    package func variable(_ name: String) -> Value { frame.scope.value(of: Symbol(name)) ?? .null }
    package func setVariable(_ name: String, to value: Value) throws(Stop) {
        try frame.scope.set(Symbol(name), to: value, runspace)
    }
}
