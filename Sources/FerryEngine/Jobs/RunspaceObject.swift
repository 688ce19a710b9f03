import FerryLinux

/// `[runspacefactory]::CreateRunspace()`: a runspace that `[powershell]` objects can share, each of them in turn.
package final class RunspaceObject: Object {
    enum State: String { case beforeOpen = "BeforeOpen", opened = "Opened", closed = "Closed" }

    private let seed: RunspaceSeed
    private(set) var thread: RunspaceThread?
    private(set) var state = State.beforeOpen
    private let id = GUID()

    init(seed: RunspaceSeed) { self.seed = seed }

    deinit { thread?.close() }

    private static let type = RuntimeType(
        "System.Management.Automation.Runspaces.LocalRunspace",
        bases: ["System.Management.Automation.Runspaces.Runspace", "System.Object"])
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] {
        ["RunspaceStateInfo", "RunspaceAvailability", "InstanceId", "SessionStateProxy"]
    }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "runspacestateinfo":
            return .object(
                CustomObject(
                    [("State", .string(state.rawValue)), ("Reason", .null)],
                    typeNames: ["System.Management.Automation.RunspaceStateInfo"]))
        case "runspaceavailability":
            return .string(state != .opened ? "None" : (thread?.isBusy == true ? "Busy" : "Available"))
        case "instanceid": return .guid(id)
        case "sessionstateproxy": return .object(SessionStateObject(self))
        default: return nil
        }
    }

    /// - Throws: when it was open before, or no thread can be made.
    func open() throws(Stop) {
        guard state == .beforeOpen else {
            throw Self.invalid(
                "Cannot open the runspace because the runspace is not in the BeforeOpen state. Current state of runspace is "
                    + "'\(state.rawValue)'.")
        }
        thread = try PowerShellObject.makeThread(seed)
        state = .opened
    }

    func close() {
        state = .closed
        thread?.close()
        thread = nil
    }

    static func invalid(_ message: String) -> Stop {
        .runtime(
            "InvalidRunspaceState", .invalidOperation, message,
            exception: "System.Management.Automation.Runspaces.InvalidRunspaceStateException")
    }

    static let members = TypeMembers("System.Management.Automation.Runspaces.Runspace") {
        $0.method("Open", "void Open()", 0...0) { call throws(Stop) in
            try of(call).open()
            return .nothing
        }
        for name in ["Close", "Dispose"] {
            $0.method(name, "void \(name)()", 0...0) { call throws(Stop) in
                try of(call).close()
                return .nothing
            }
        }
    }

    static let factory = TypeMembers("System.Management.Automation.Runspaces.RunspaceFactory") {
        $0.staticMethod("CreateRunspace", "static runspace CreateRunspace()", 0...0) { call throws(Stop) in
            .object(RunspaceObject(seed: call.runspace.seed))
        }
    }

    private static func of(_ call: MethodCall) throws(Stop) -> RunspaceObject {
        guard let object = call.target.asObject as? RunspaceObject else { throw call.noOverload() }
        return object
    }
}

/// `$runspace.SessionStateProxy`: its variables.
package final class SessionStateObject: Object {
    private let runspace: RunspaceObject

    init(_ runspace: RunspaceObject) { self.runspace = runspace }

    private static let type = RuntimeType("System.Management.Automation.Runspaces.SessionStateProxy")
    package override var typeName: RuntimeType { Self.type }

    /// Runs commands there and returns what they put out.
    private func run(_ command: String, _ arguments: [(String, Value)], _ call: MethodCall) throws(Stop) -> [Value] {
        var pipeline = CommandPipeline()
        pipeline.add(CommandPipeline.Element(text: command, isScript: false))
        for (name, value) in arguments { _ = pipeline.add(name: name, value: value) }
        guard let thread = runspace.thread, let run = CommandRun(pipeline, [], on: thread) else {
            throw RunspaceObject.invalid("The runspace is not open, or another pipeline is running in it.")
        }
        let (records, _) = try run.wait(thread, call.runspace.interrupt)
        return records.compactMap { if case .output(let parcel) = $0 { parcel.open() } else { nil } }
    }

    static let members = TypeMembers(type.fullName) {
        $0.method("SetVariable", "void SetVariable(string name, System.Object value)", 2...2) { call throws(Stop) in
            _ = try of(call).run(
                "Set-Variable",
                [("Name", .string(try call.string(0))), ("Value", call.arguments[1]), ("Scope", .string("Global"))],
                call)
            return .nothing
        }
        $0.method("GetVariable", "System.Object GetVariable(string name)", 1...1) { call throws(Stop) in
            let found = try of(call).run(
                "Get-Variable",
                [
                    ("Name", .string(WildcardPattern.escape(try call.string(0)))), ("ValueOnly", .bool(true)),
                    ("ErrorAction", .string("Ignore")),
                ], call)
            return found.isEmpty ? .null : (found.count == 1 ? found[0] : .array(found))
        }
    }

    private static func of(_ call: MethodCall) throws(Stop) -> SessionStateObject {
        guard let object = call.target.asObject as? SessionStateObject else { throw call.noOverload() }
        return object
    }
}
