extension Runspace {
    /// PowerShell's limit is 128 prompts, the outermost one among them.
    private static let nestedPromptLimit = 127

    /// Where typed lines run: in the global scope, at a nested prompt in the scope of the code that waits for its end.
    package var promptFrame: Frame { suspended.last ?? globalFrame }

    /// `$NestedPromptLevel`
    package var nestedPromptLevel: Int { suspended.count }

    /// Holds `frame`'s code while the person types commands, which see its variables.
    ///
    /// - Throws: PowerShell's errors: too many nested prompts, a host without them.
    package func enterNestedPrompt(_ frame: Frame) throws(Stop) {
        guard suspended.count < Self.nestedPromptLimit else {
            throw .runtime(
                "InvalidOperation", .invalidOperation,
                "Cannot display prompt because too many nested prompts are already running.",
                exception: "System.Management.Automation.PSInvalidOperationException")
        }
        try checkDepth()
        flushOutput()
        let context = CallContext(
            caller: frame.context, invocation: frame.context.invocation, bound: frame.context.bound,
            scriptPath: frame.context.scriptPath, label: "<ScriptBlock>")
        context.io = frame.context.io
        suspended.append(Frame(runspace: self, scope: frame.scope, streams: Streams(), context: context))
        tellLevel()
        let succeeded = lastSucceeded
        defer {
            suspended.removeLast()
            leavesNestedPrompt = false
            lastSucceeded = succeeded
            tellLevel()
        }
        try host.enterNestedPrompt()
    }

    /// A preference of Break: the person looks around where the message comes from. Without one nothing is held.
    func breakIn(_ frame: Frame) throws(Stop) {
        guard host.isInteractive else { return }
        do throws(Stop) {
            try enterNestedPrompt(frame)
        } catch {
            // A shell that reads no commands has no prompt to offer.
            if case .error = error { return }
            throw error
        }
    }

    /// `$Host.ExitNestedPrompt()`: the prompt ends with the command that says so.
    func exitNestedPrompt() throws(Stop) {
        guard !suspended.isEmpty else {
            throw .runtime(
                "InvalidOperation", .invalidOperation,
                "EnterNestedPrompt has not been called as many times as ExitNestedPrompt.",
                exception: "System.Management.Automation.PSInvalidOperationException")
        }
        leavesNestedPrompt = true
    }

    private func tellLevel() { globalSession.top.define(Symbol("NestedPromptLevel"), .count(suspended.count)) }

    /// The questions of `Inquire`: whether to go on, and whether that goes for all that comes.
    ///
    /// - Throws: what `stopped` makes, when the answer is to halt the command.
    func inquire(_ message: String, _ frame: Frame, stopped: () -> Stop) throws(Stop) -> Bool {
        try host.checkAnswers()
        while true {
            flushOutput()
            switch try host.choose(
                caption: "Confirm", message: message,
                choices: [
                    Choice("&Yes", help: "Continue with only the next step of the operation."),
                    Choice("Yes to &All", help: "Continue with all the steps of the operation."),
                    Choice("&Halt Command", help: "Stop this command."),
                    Choice("&Suspend", help: Choice.suspendHelp),
                ], defaultChoice: 0)
            {
            case 1: return true
            case 2: throw stopped()
            case 3: try enterNestedPrompt(frame)
            default: return false
            }
        }
    }
}

extension Choice {
    static let suspendHelp =
        "Pause the current pipeline and return to the command prompt. Type \"exit\" to resume the pipeline."
}
