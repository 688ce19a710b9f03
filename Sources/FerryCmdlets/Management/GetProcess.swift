import FerryEngine

/// Lists processes by name or id.
struct GetProcess: Cmdlet {
    static let name = Parameter<[String]>(
        "Name", aliases: ["ProcessName"], position: 0, pipeline: .byProperty, wildcards: true)
    static let id = Parameter<[Int]>("Id", aliases: ["PID"], mandatory: true, pipeline: .byProperty)
    static let input = Parameter<[Value]>("InputObject", mandatory: true, pipeline: .byValue)
    static let includeUserName = Parameter<Bool>.switch("IncludeUserName")
    static let module = Parameter<Bool>.switch("Module")
    static let fileVersion = Parameter<Bool>.switch("FileVersionInfo", aliases: ["FV", "FVI"])
    static let signature = Signature(
        "Get-Process", typeName: "Microsoft.PowerShell.Commands.GetProcessCommand", defaultSet: "Name",
        sets: [
            ParameterSet("Name", [name, module, fileVersion]),
            ParameterSet("NameWithUserName", [name, includeUserName.mandatory()]),
            ParameterSet("Id", [id, module, fileVersion]),
            ParameterSet("IdWithUserName", [id, includeUserName.mandatory()]),
            ParameterSet("InputObject", [input, module, fileVersion]),
            ParameterSet("InputObjectWithUserName", [input, includeUserName.mandatory()]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        switch call.parameterSet {
        case "Id", "IdWithUserName": try emit(try io.processes(ids: call[Self.id]), call, io)
        case "InputObject", "InputObjectWithUserName":
            try emit(call[Self.input].compactMap { $0.hosted(ProcessObject.self) }, call, io)
        default:
            let patterns = call[Self.name].isEmpty ? ["*"] : call[Self.name]
            try emit(try io.processes(names: patterns), call, io)
        }
    }

    private func emit(_ processes: [ProcessObject], _ call: Call, _ io: CommandIO) throws(Stop) {
        for process in processes {
            if call[Self.module] {
                let modules = process.modules
                try io.emit(contentsOf: call[Self.fileVersion] ? modules.map(Self.version) : modules)
            } else if call[Self.fileVersion] {
                try io.emit(contentsOf: process.modules.prefix(1).map(Self.version))
            } else {
                try io.emit(shown(process, call))
            }
        }
    }

    /// Programs here say nothing of their version in their files.
    private static func version(of module: Value) -> Value {
        let path = (try? module.asObject?.property("FileName")) ?? nil
        return .object(
            CustomObject(
                [
                    ("ProductVersion", .null), ("FileVersion", .null), ("FileName", path ?? .null),
                    ("CompanyName", .null), ("ProductName", .null), ("FileDescription", .null),
                ], type: RuntimeType("System.Diagnostics.FileVersionInfo")))
    }

    private func shown(_ process: ProcessObject, _ call: Call) -> Value {
        let value = process.value
        guard call[Self.includeUserName], case .object(let object) = value else { return value }
        object.insertedTypeNames = ["System.Diagnostics.Process#IncludeUserName"]
        object.added = PropertyBag([("UserName", .optional(process.userName))])
        return value
    }
}

extension CommandIO {
    /// Processes by id; ids nobody has are reported.
    func processes(ids: [Int]) throws(Stop) -> [ProcessObject] {
        var found: [ProcessObject] = []
        for id in ids {
            if let process = ProcessObject(Int32(clamping: id)) {
                found.append(process)
            } else {
                try report(
                    "NoProcessFoundForGivenId", .objectNotFound,
                    "Cannot find a process with the process identifier \(id).", target: .count(id),
                    exception: "Microsoft.PowerShell.Commands.ProcessCommandException")
            }
        }
        return found
    }

    /// Processes by name or pattern, each once, in the order of names; plain names nobody has are reported.
    func processes(names: [String]) throws(Stop) -> [ProcessObject] {
        let all = ProcessObject.all.sorted { ($0.processName.folded, $0.id) < ($1.processName.folded, $1.id) }
        var found: [ProcessObject] = []
        for name in names {
            let pattern = WildcardPattern(name)
            let fitting = all.filter { pattern.matches($0.processName) }
            if fitting.isEmpty, !WildcardPattern.isPattern(name) {
                try report(
                    "NoProcessFoundForGivenName", .objectNotFound,
                    "Cannot find a process with the name \"\(name)\". Verify the process name and call the cmdlet again.",
                    target: .string(name), exception: "Microsoft.PowerShell.Commands.ProcessCommandException")
            }
            for process in fitting where !found.contains(where: { $0.id == process.id }) { found.append(process) }
        }
        return found
    }
}
