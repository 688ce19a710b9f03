/// What a further runspace of the same program begins with: commands, services and views. Not variables, functions or modules
/// that scripts loaded: as in PowerShell, a job starts with a clean session.
package struct RunspaceSeed: Sendable {
    fileprivate let modules: [CommandModule]
    fileprivate let services: [ObjectIdentifier: any Sendable]
    fileprivate let types: [String: RuntimeType]
    fileprivate let viewFiles: @Sendable () -> [String]
    fileprivate let folder: String
}

extension Runspace {
    package var seed: RunspaceSeed {
        let viewFiles: @Sendable () -> [String]
        if let pendingViewFiles {
            viewFiles = pendingViewFiles
        } else {
            let files = views.files
            viewFiles = { files }
        }
        return RunspaceSeed(
            modules: registeredModules, services: services, types: registeredTypes, viewFiles: viewFiles,
            folder: location.path)
    }

    /// A runspace of the calling thread that has what `seed` was taken from.
    package convenience init(host: any Host, interrupt: Interrupt = Interrupt(), seed: RunspaceSeed) {
        self.init(host: host, interrupt: interrupt)
        for module in seed.modules { register(module) }
        services = seed.services
        registeredTypes = seed.types
        pendingViewFiles = seed.viewFiles
        location.begin(at: seed.folder)
    }

    /// Room for the stack of a thread that evaluates scripts, bytes; only what is used is ever taken.
    package static var stackBytes: Int { 64 << 20 }

    /// The `$using:` variables of a block, with the values they have for whoever runs `io`'s command.
    ///
    /// - Throws: PowerShell's error for a variable that is not set.
    package static func usingValues(of block: ScriptBlock, _ io: CommandIO) throws(Stop) -> [String: Parcel] {
        var values: [String: Parcel] = [:]
        for name in Compiler.mentions(of: block.compiled.syntax).usings {
            guard let variable = io.frame.scope.find(Symbol(name)) else {
                throw io.failing(
                    "UsingVariableIsUndefined", .invalidOperation,
                    "The value of the using variable '$using:\(name)' cannot be retrieved because it has not been set in the "
                        + "local session.")
            }
            values[name.folded] = Parcel(variable.value)
        }
        return values
    }

    /// Runs a block in the global scope with its messages going to `streams`.
    ///
    /// - Parameters:
    ///   - arguments: words for its `param` block and `$args`.
    ///   - input: `$input`, and what `process` runs for.
    /// - Throws: what ended it early. Errors that did not end it went to `streams`.
    package func run(
        _ block: ScriptBlock, arguments: [Argument] = [], input: [Value] = [], item: Value? = nil,
        newScope: Bool = true,
        streams: Streams, output: Sink
    ) throws(Stop) {
        (propagatesErrors, isCatching) = (false, false)
        try block.invoke(
            globalFrame.redirected(streams), item: item, arguments: arguments, newScope: newScope, input: input,
            output: output, this: nil)
    }

    /// Runs a command by name with its messages going to `streams`.
    package func run(command name: String, arguments: [Argument], streams: Streams, output: Sink) throws(Stop) {
        try run(command: name, arguments: arguments, frame: globalFrame.redirected(streams), output: output)
    }

    /// Runs a command by name, called from `frame`.
    func run(command name: String, arguments: [Argument], frame: Frame, output: Sink) throws(Stop) {
        let entry = try command(named: name, frame)
        let run = PipelineRun()
        defer { run.dispose() }
        let invocation = Invocation(commandName: entry.name, command: entry, range: nil, invocationName: name)
        run.stages = [
            try entry.makeStage(
                StageRequest(
                    invocation: invocation, arguments: arguments, frame: frame, output: output, run: run, index: 0))
        ]
        try run.execute(frame, feed: nil)
    }
}
