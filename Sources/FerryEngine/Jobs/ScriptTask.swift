/// A script block with everything it needs to run in another runspace.
package struct ScriptTask: Sendable {
    package var seed: RunspaceSeed
    package var block: Parcel
    /// Runs first, in the global scope.
    package var initialization: Parcel?
    package var arguments: [Parcel] = []
    package var input: [Parcel] = []
    /// `$_`.
    package var item: Parcel?
    /// By folded name.
    package var using: [String: Parcel]
    /// The job's folder, the caller's when nil.
    package var folder: String?
    /// Hears what `Write-Host` writes as well, at once.
    package var echo: (@Sendable (String) -> Void)?

    /// - Throws: PowerShell's error for a `$using:` variable that is not set.
    package init(_ block: ScriptBlock, _ io: CommandIO) throws(Stop) {
        seed = io.runspace.seed
        self.block = Parcel(.object(block))
        using = try Runspace.usingValues(of: block, io)
    }

    /// Makes the runspace on the calling thread, runs the block there, and puts every record out as it comes.
    ///
    /// - Parameter ended: hears what ended it early, while the runspace that made it is still there.
    package func run(
        interrupt: Interrupt, _ put: @escaping @Sendable (JobRecord) -> Void, ended: (Stop?) -> Void
    ) {
        let runspace = makeRunspace(interrupt: interrupt, put)
        defer { runspace.close() }
        ended(perform(in: runspace, put))
    }

    package func makeRunspace(interrupt: Interrupt, _ put: @escaping @Sendable (JobRecord) -> Void) -> Runspace {
        let runspace = Runspace(host: JobHost(put), interrupt: interrupt, seed: seed)
        if let folder { runspace.location.begin(at: folder) }
        return runspace
    }

    package func perform(in runspace: Runspace, _ put: @escaping @Sendable (JobRecord) -> Void) -> Stop? {
        runspace.usingValues = using.mapValues { $0.open() }
        let streams = JobHost.streams(put)
        let output = ClosureSink { value throws(Stop) in
            try runspace.interrupt.check()
            put(.output(Parcel(value)))
        }
        do throws(Stop) {
            if let first = initialization?.open().asScriptBlock {
                try runspace.run(first, newScope: false, streams: streams, output: output)
            }
            guard let block = block.open().asScriptBlock else { return nil }
            try runspace.run(
                block, arguments: arguments.map { Argument(value: $0.open()) }, input: input.map { $0.open() },
                item: item?.open(), streams: streams, output: output)
            return runspace.interrupt.isRaised ? .interrupted : nil
        } catch {
            return error.cause
        }
    }

    private static func show(_ record: JobRecord, _ echo: @Sendable (String) -> Void) {
        guard case .information(let parcel) = record, let found = parcel.open().asObject as? InformationRecord,
            found.tags.contains("PSHOST")
        else { return }
        echo(found.message.display + (found.endsWithNewline ? "\n" : ""))
    }

    /// The work of a job in a `JobQueue`.
    package var body: @Sendable (Job) -> Void {
        { job in
            let interrupt = Interrupt()
            guard job.begin(stop: { interrupt.raise() }) else { return }
            let put: @Sendable (JobRecord) -> Void = { record in
                if let echo { Self.show(record, echo) }
                job.append(record)
            }
            run(interrupt: interrupt, put, ended: { job.finish(with: $0) })
        }
    }
}

/// A command with its arguments, to be run in another runspace: what `-AsJob` is.
package struct CommandTask: Sendable {
    package var seed: RunspaceSeed
    package var command: String
    package var arguments: [(name: String, value: Parcel)]

    package init(_ command: String, arguments: [(name: String, value: Value)], _ io: CommandIO) {
        seed = io.runspace.seed
        self.command = command
        self.arguments = arguments.map { (name: $0.name, value: Parcel($0.value)) }
    }

    package var body: @Sendable (Job) -> Void {
        { job in
            let interrupt = Interrupt()
            guard job.begin(stop: { interrupt.raise() }) else { return }
            let put: @Sendable (JobRecord) -> Void = { job.append($0) }
            let runspace = Runspace(host: JobHost(put), interrupt: interrupt, seed: seed)
            defer { runspace.close() }
            do throws(Stop) {
                try runspace.run(
                    command: command,
                    arguments: arguments.map { Argument(.parameter($0.name, $0.value.open())) },
                    streams: JobHost.streams(put),
                    output: ClosureSink { value throws(Stop) in put(.output(Parcel(value))) })
                job.finish(with: interrupt.isRaised ? .interrupted : nil)
            } catch {
                job.finish(with: error)
            }
        }
    }
}
