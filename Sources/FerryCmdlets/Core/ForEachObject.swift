import FerryCore
import FerryEngine

/// Runs script blocks, or reads a member, for each object of the pipeline.
struct ForEachObject: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let process = Parameter<[ScriptBlock]>("Process", position: 0, mandatory: true)
    static let begin = Parameter<ScriptBlock?>("Begin")
    static let end = Parameter<ScriptBlock?>("End")
    static let remaining = Parameter<[ScriptBlock]>("RemainingScripts", remaining: true)
    static let member = Parameter<String>("MemberName", position: 0, mandatory: true, validate: [.notNullOrEmpty])
    static let arguments = Parameter<[Value]>("ArgumentList", aliases: ["Args"], remaining: true)

    static let signature = Signature(
        "ForEach-Object", typeName: "Microsoft.PowerShell.Commands.ForEachObjectCommand", shouldProcess: .low,
        defaultSet: "ScriptBlockSet", parameters: [input],
        sets: [
            ParameterSet("ScriptBlockSet", [process, begin, end, remaining]),
            ParameterSet("PropertyAndMethodSet", [member, arguments]),
            ParameterSet("ParallelParameterSet", ParallelLoop.parameters),
        ])

    private var blocks = Blocks(begin: nil, process: [], end: nil)
    private var runsBlocks = false
    private var runners: [BlockRunner] = []
    /// The runner of the one block most loops have.
    private var runner: BlockRunner?
    private var parallel: ParallelLoop?

    init() {}

    /// Blocks given by position: one is -Process; two are -Begin and -Process; of three or more the last is -End.
    private struct Blocks {
        var begin: ScriptBlock?
        var process: [ScriptBlock]
        var end: ScriptBlock?
    }

    private func blocks(of call: Call) -> Blocks {
        var process = call[Self.process] + call[Self.remaining]
        var blocks = Blocks(begin: call[Self.begin], process: [], end: call[Self.end])
        if blocks.begin == nil, process.count > 1 { blocks.begin = process.removeFirst() }
        if blocks.end == nil, process.count > 1 { blocks.end = process.removeLast() }
        blocks.process = process
        return blocks
    }

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.parameterSet == "ParallelParameterSet" { parallel = try ParallelLoop(call, io) }
        runsBlocks = call.parameterSet == "ScriptBlockSet"
        guard runsBlocks else { return }
        blocks = blocks(of: call)
        if let block = blocks.begin { try io.run(block) }
        runners = blocks.process.map(io.runner)
        if runners.count == 1 { runner = runners[0] }
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if let runner, call.expectsInput { return try runner.runOnInput() }
        let item = call.expectsInput ? call.input : call[Self.input]
        if runsBlocks {
            for runner in runners { try runner.run(item) }
            return
        }
        if parallel != nil {
            try parallel?.add(item, io)
            return
        }
        guard !item.isNull else { return }
        guard let name = try member(call[Self.member], of: item, io) else { return }
        if call[Self.arguments].isEmpty, let value = try io.property(name, of: item) {
            guard try io.confirms("Retrieve the value for property '\(name)'", "InputObject: \(item.display)") else {
                return
            }
            try io.emit(enumerating: value)
            return
        }
        guard try io.confirms("Invoke method '\(name)'", "InputObject: \(item.display)") else { return }
        do throws(Stop) {
            try io.emit(enumerating: try io.invokeMember(name, of: item, arguments: call[Self.arguments]))
        } catch {
            guard let record = error.record else { throw error }
            guard record.errorID == "MethodNotFound" else {
                return try io.report(
                    ErrorRecord(
                        record.exception, errorID: "MethodInvocationError", category: .invalidOperation, target: item))
            }
            // What is neither a property nor a method reads as nothing, as `$_.name` does.
            guard call[Self.arguments].isEmpty else { throw error }
            try io.emit(.null)
        }
    }

    /// The member a name with wildcards fits; `nil` after several were reported.
    private func member(_ name: String, of item: Value, _ io: CommandIO) throws(Stop) -> String? {
        let names = io.propertyNames(name, of: item)
        guard names.count > 1 else { return names.first ?? name }
        try io.report(
            "AmbiguousPropertyOrMethodName", .invalidArgument,
            "Input name \"\(name)\" is ambiguous. It can be resolved to multiple matched members. Possible matches include: "
                + names.joined(separator: ", ") + ".", target: item,
            exception: "System.Management.Automation.PSArgumentException")
        return nil
    }

    mutating func dispose() { parallel?.stop() }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        try parallel?.finish(io)
        if let block = blocks.end { try io.run(block) }
    }
}
