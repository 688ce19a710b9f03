import FerryCore
import FerryLinux

/// `[powershell]`: commands put together word by word, and run in a runspace of their own. Everything goes there and comes back as
/// copies, as between jobs.
package final class PowerShellObject: Object {
    enum State: String {
        case notStarted = "NotStarted"
        case running = "Running"
        case completed = "Completed"
        case failed = "Failed"
        case stopped = "Stopped"
    }

    fileprivate var pipeline = CommandPipeline()
    private let streams = DataStreamsObject()
    /// Its own, made for the first run.
    private var ownThread: RunspaceThread?
    private var shared: RunspaceObject?
    private var run: CommandRun?
    private var state = State.notStarted
    private var reason: ExceptionObject?
    private var hadErrors = false
    private let id = GUID()

    init(_ shared: RunspaceObject? = nil) { self.shared = shared }

    deinit { ownThread?.close() }

    static let type = RuntimeType("System.Management.Automation.PowerShell")
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] {
        ["Commands", "Streams", "InstanceId", "InvocationStateInfo", "HadErrors", "Runspace"]
    }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "commands": return .object(CommandListObject(self))
        case "streams": return .object(streams)
        case "instanceid": return .guid(id)
        case "haderrors": return .bool(hadErrors)
        case "runspace": return shared.map { .object($0) } ?? .null
        case "invocationstateinfo":
            let current: State = run != nil && run?.outcome == nil ? .running : state
            return .object(
                CustomObject(
                    [("State", .string(current.rawValue)), ("Reason", reason.map { .object($0) } ?? .null)],
                    typeNames: ["System.Management.Automation.PSInvocationStateInfo"]))
        default: return nil
        }
    }

    package override func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool {
        guard name.folded == "runspace", let runspace = value.asObject as? RunspaceObject else { return false }
        shared = runspace
        return true
    }

    static func makeThread(_ seed: RunspaceSeed) throws(Stop) -> RunspaceThread {
        do throws(Failure) {
            return try RunspaceThread(seed: seed)
        } catch {
            throw .error(ErrorRecord(error))
        }
    }

    private func thread(_ runspace: Runspace) throws(Stop) -> RunspaceThread {
        if let shared {
            guard let thread = shared.thread else {
                throw RunspaceObject.invalid(
                    "Cannot perform the operation because the runspace is not in the Opened state. The current state is "
                        + "'\(shared.state.rawValue)'.")
            }
            return thread
        }
        if let ownThread { return ownThread }
        let made = try Self.makeThread(runspace.seed)
        ownThread = made
        return made
    }

    fileprivate func begin(_ input: Value?, _ call: MethodCall) throws(Stop) {
        if run != nil {
            throw .runtime(
                "InvalidPowerShellState", .invalidOperation,
                "The state of the current PowerShell instance is not valid for this operation.",
                exception: "System.Management.Automation.InvalidPowerShellStateException")
        }
        guard !pipeline.isEmpty else {
            throw call.failed("System.InvalidOperationException", "No commands are specified.")
        }
        let given = input.map { $0.isNull ? [] : ($0.elements ?? [$0]) } ?? []
        let thread = try thread(call.runspace)
        guard let started = CommandRun(pipeline, given.map { Parcel($0) }, on: thread) else {
            throw RunspaceObject.invalid(
                "A pipeline is already running in the runspace: pipelines cannot run concurrently.")
        }
        (run, state, reason, hadErrors) = (started, .running, nil, false)
    }

    /// - Throws: the terminating error of the commands, wrapped as an error of the method.
    fileprivate func end(_ call: MethodCall) throws(Stop) -> Value {
        guard let run else {
            throw .runtime(
                "InvalidPowerShellState", .invalidOperation,
                "No commands were started, or their end was waited for before.",
                exception: "System.Management.Automation.InvalidPowerShellStateException")
        }
        defer { self.run = nil }
        let (records, outcome) = try run.wait(try thread(call.runspace), call.runspace.interrupt)
        var output: [Value] = []
        for record in records {
            if case .output(let parcel) = record { output.append(parcel.open()) } else { streams.add(record) }
            if case .error = record { hadErrors = true }
        }
        switch outcome {
        case .completed: state = .completed
        case .stopped: state = .stopped
        case .failed(let parcel, let byPreference):
            state = .failed
            hadErrors = true
            guard let record = parcel.open().asObject as? ErrorRecord else { break }
            let cause = Self.exception(of: record, byPreference: byPreference)
            reason = cause
            throw .runtime(
                cause.exceptionType.name, .notSpecified,
                "Exception calling \"\(call.name)\" with \"\(call.count)\" argument(s): \"\(cause.message)\"",
                exception: "System.Management.Automation.MethodInvocationException", inner: cause)
        }
        return .list(ListObject(output, kind: .collection, of: .psObject))
    }

    /// What a program that ran the commands would catch.
    private static func exception(of record: ErrorRecord, byPreference: Bool) -> ExceptionObject {
        let made: ExceptionObject
        if byPreference {
            made = ExceptionObject(
                "System.Management.Automation.ActionPreferenceStopException",
                "The running command stopped because the preference variable \"ErrorActionPreference\" or common parameter is "
                    + "set to Stop: \(record.message)")
        } else if record.exception.exceptionType.bases.contains("System.Management.Automation.RuntimeException")
            || record.exception.exceptionType.fullName == "System.Management.Automation.RuntimeException",
            record.ended == nil, record.commandTypeName == nil || record.isThrown
        {
            // Not the record's own exception, which must not hold its record.
            made = ExceptionObject(
                record.exception.exceptionType.fullName, record.message, inner: record.exception.inner)
            made.details = record.exception.details
        } else {
            made = ExceptionObject(
                "System.Management.Automation.CmdletInvocationException", record.message, inner: record.exception)
        }
        made.details.append(("ErrorRecord", .object(record)))
        return made
    }

    fileprivate func stop() {
        guard run != nil else { return }
        (shared?.thread ?? ownThread)?.stop()
    }

    fileprivate func dispose() {
        stop()
        ownThread?.close()
        ownThread = nil
    }

    private static func of(_ call: MethodCall) throws(Stop) -> PowerShellObject {
        guard let object = call.target.asObject as? PowerShellObject else { throw call.noOverload() }
        return object
    }

    private static func noCommand() -> Stop {
        .runtime(
            "InvalidOperation", .invalidOperation,
            "A command is required to add a parameter. A command must be added to the PowerShell instance before adding a "
                + "parameter.", exception: "System.Management.Automation.PSInvalidOperationException")
    }

    static let members = TypeMembers(type.fullName) {
        $0.staticMethod("Create", "static powershell Create()\nstatic powershell Create(runspace runspace)", 0...1) {
            call throws(Stop) in
            guard call.count > 0 else { return .object(PowerShellObject()) }
            guard let runspace = call.arguments[0].asObject as? RunspaceObject else { throw call.noOverload() }
            return .object(PowerShellObject(runspace))
        }
        for (name, isScript) in [("AddScript", true), ("AddCommand", false)] {
            $0.method(
                name, "powershell \(name)(string \(isScript ? "script" : "cmdlet"), bool useLocalScope)", 1...2
            ) { call throws(Stop) in
                let isLocal = call.count > 1 && call.arguments[1].isTrue
                let text = try call.string(0)
                try of(call).pipeline.add(CommandPipeline.Element(text: text, isScript: isScript, isLocal: isLocal))
                return call.target
            }
        }
        $0.method("AddStatement", "powershell AddStatement()", 0...0) { call throws(Stop) in
            try of(call).pipeline.addStatement()
            return call.target
        }
        $0.method("AddArgument", "powershell AddArgument(System.Object value)", 1...1) { call throws(Stop) in
            guard try of(call).pipeline.add(name: nil, value: call.arguments[0]) else { throw noCommand() }
            return call.target
        }
        $0.method(
            "AddParameter",
            "powershell AddParameter(string parameterName, System.Object value)\npowershell AddParameter(string parameterName)",
            1...2
        ) { call throws(Stop) in
            let value = call.count > 1 ? call.arguments[1] : nil
            guard try of(call).pipeline.add(name: try call.string(0), value: value) else { throw noCommand() }
            return call.target
        }
        $0.method(
            "AddParameters",
            "powershell AddParameters(System.Collections.IList parameters)\n"
                + "powershell AddParameters(System.Collections.IDictionary parameters)", 1...1
        ) { call throws(Stop) in
            let object = try of(call)
            var parameters: [(String?, Value)] = []
            if case .table(let table) = call.arguments[0] {
                parameters = table.pairs.map { ($0.key.display, $0.value) }
            } else {
                parameters = (call.arguments[0].elements ?? [call.arguments[0]]).map { (nil, $0) }
            }
            for (name, value) in parameters {
                guard object.pipeline.add(name: name, value: value) else { throw noCommand() }
            }
            return call.target
        }
        $0.method("Invoke", "System.Collections.ObjectModel.Collection[psobject] Invoke()", 0...2) {
            call throws(Stop) in
            let object = try of(call)
            try object.begin(call.arguments.first, call)
            return try object.end(call)
        }
        $0.method("BeginInvoke", "System.IAsyncResult BeginInvoke()", 0...1) { call throws(Stop) in
            let object = try of(call)
            try object.begin(call.arguments.first, call)
            return .object(AsyncResultObject(object.run))
        }
        $0.method(
            "EndInvoke",
            "System.Management.Automation.PSDataCollection[psobject] EndInvoke(System.IAsyncResult asyncResult)", 1...1
        ) { call throws(Stop) in
            guard call.arguments[0].asObject is AsyncResultObject else { throw call.noOverload() }
            return try of(call).end(call)
        }
        $0.method("Stop", "void Stop()", 0...0) { call throws(Stop) in
            try of(call).stop()
            return .nothing
        }
        $0.method("Dispose", "void Dispose()", 0...0) { call throws(Stop) in
            try of(call).dispose()
            return .nothing
        }
    }
}

/// `$ps.Commands`
package final class CommandListObject: Object {
    private let owner: PowerShellObject

    init(_ owner: PowerShellObject) { self.owner = owner }

    private static let type = RuntimeType("System.Management.Automation.PSCommand")
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] { ["Commands"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        guard name.folded == "commands" else { return nil }
        return .array(
            owner.pipeline.elements.map {
                .object(
                    CustomObject(
                        [("CommandText", .string($0.text)), ("IsScript", .bool($0.isScript))],
                        typeNames: ["System.Management.Automation.Runspaces.Command"]))
            })
    }

    static let members = TypeMembers(type.fullName) {
        $0.method("Clear", "void Clear()", 0...0) { call throws(Stop) in
            guard let object = call.target.asObject as? CommandListObject else { throw call.noOverload() }
            object.owner.pipeline = CommandPipeline()
            return .nothing
        }
    }
}

/// What `BeginInvoke` returns.
package final class AsyncResultObject: Object {
    private let run: CommandRun?

    init(_ run: CommandRun?) { self.run = run }

    private static let type = RuntimeType(
        "System.Management.Automation.PowerShellAsyncResult", bases: ["System.IAsyncResult", "System.Object"])
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] { ["IsCompleted", "CompletedSynchronously"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "iscompleted": .bool(run?.outcome != nil)
        case "completedsynchronously": .bool(false)
        default: nil
        }
    }
}

/// `$ps.Streams`
package final class DataStreamsObject: Object {
    private let lists: [(name: String, list: ListObject)] = [
        "Error", "Warning", "Verbose", "Debug", "Information", "Progress",
    ].map { ($0, ListObject(kind: .collection)) }

    private static let type = RuntimeType("System.Management.Automation.PSDataStreams")
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] { lists.map(\.name) }
    package override func property(_ name: String) throws(Stop) -> Value? {
        lists.first { $0.name.folded == name.folded }.map { .list($0.list) }
    }

    func add(_ record: JobRecord) {
        let name =
            switch record {
            case .output: ""
            case .error: "Error"
            case .warning: "Warning"
            case .verbose: "Verbose"
            case .debug: "Debug"
            case .information: "Information"
            case .progress: "Progress"
            }
        lists.first { $0.name == name }?.list.elements.append(record.value)
    }

    static let members = TypeMembers(type.fullName) {
        $0.method("ClearStreams", "void ClearStreams()", 0...0) { call throws(Stop) in
            guard let object = call.target.asObject as? DataStreamsObject else { throw call.noOverload() }
            for (_, list) in object.lists { list.elements = [] }
            return .nothing
        }
    }
}
