import FerryCore
import FerryEngine

/// The few commands the engine's own tests need; the shell's real ones live in FerryCmdlets.
enum ProbeCommands {
    static let module = CommandModule(
        "Probe", version: "1.2.3",
        aliases: ["%": "ForEach-Object", "?": "Where-Object", "echo": "Write-Output", "pgt": "Get-Thing"],
        commands: [
            WriteOutput.self, ForEachObject.self, WhereObject.self, SelectObject.self, WriteError.self,
            WriteWarning.self,
            WriteVerbose.self, GetThing.self, RemoveThing.self, SetPrefixed.self, FailHard.self, NewMachine.self,
            UseMachine.self,
            RenameThing.self,
        ])
}

struct WriteOutput: Cmdlet {
    static let input = Parameter<[Value]>("InputObject", position: 0, pipeline: .byValue, remaining: true)
    static let keep = Parameter<Bool>.switch("NoEnumerate")
    static let signature = Signature("Write-Output", parameters: [input, keep])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let values = call[Self.input]
        if call[Self.keep] { return try io.emit(.array(values)) }
        for value in values { try io.emit(enumerating: value) }
    }
}

struct ForEachObject: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let body = Parameter<[ScriptBlock]>("Process", position: 0, mandatory: true)
    static let signature = Signature("ForEach-Object", parameters: [input, body])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for block in call[Self.body] { try io.run(block, item: call[Self.input]) }
    }
}

struct WhereObject: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let filter = Parameter<ScriptBlock?>("FilterScript", position: 0, mandatory: true)
    static let signature = Signature("Where-Object", parameters: [input, filter])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard let block = call[Self.filter] else { return }
        let item = call[Self.input]
        if Value.array(try io.collect(block, item: item)).isTrue { try io.emit(item) }
    }
}

struct SelectObject: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let first = Parameter<Int>("First", mandatory: true)
    static let signature = Signature("Select-Object", parameters: [input, first])
    private var passed = 0
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        passed += 1
        try io.emit(call[Self.input])
        if passed >= call[Self.first] { throw io.stopUpstream() }
    }
}

struct WriteError: Cmdlet {
    static let message = Parameter<String>("Message", position: 0, mandatory: true)
    static let signature = Signature(
        "Write-Error", typeName: "Microsoft.PowerShell.Commands.WriteErrorException", parameters: [message])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        try io.report(
            "Microsoft.PowerShell.Commands.WriteErrorException", .notSpecified, call[Self.message],
            exception: "Microsoft.PowerShell.Commands.WriteErrorException")
    }
}

struct WriteWarning: Cmdlet {
    static let message = Parameter<String>("Message", position: 0, mandatory: true)
    static let signature = Signature("Write-Warning", parameters: [message])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { try io.warn(call[Self.message]) }
}

struct WriteVerbose: Cmdlet {
    static let message = Parameter<String>("Message", position: 0, mandatory: true)
    static let signature = Signature("Write-Verbose", parameters: [message])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { try io.verbose(call[Self.message]) }
}

enum ProbeFault: String, FaultCode {
    case thingMissing
    static let domain = "Probe"
    var category: FaultCategory { .objectNotFound }
    var advice: String { "Name a thing that exists with -Name." }
}

enum Size: String, ScriptEnum {
    case small = "Small"
    case smaller = "Smaller"
    case large = "Large"
    static let enumType = makeEnumType("Probe.Size", numbers: [2, 3, 9])
}

/// Two sets, aliases, validation, an enumeration, pipeline binding both ways.
struct GetThing: Cmdlet {
    static let name = Parameter<[String]>("Name", aliases: ["ThingName"], position: 0, pipeline: .byValueAndProperty)
    static let id = Parameter<Int>("Id", mandatory: true, validate: [.range(1, 9)])
    static let size = Parameter<Size?>("Size")
    static let count = Parameter<Int>("Count")
    static let force = Parameter<Bool>.switch("Force")
    static let color = Parameter<String?>("Color", validate: [.set(["red", "green"])])
    static let signature = Signature(
        "Get-Thing", typeName: "Probe.Commands.GetThing", defaultSet: "ByName",
        parameters: [size, count, force, color],
        sets: [ParameterSet("ByName", [name]), ParameterSet("ById", [id])])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        var text = call.parameterSet
        for name in call[Self.name] {
            if name == "missing" {
                try io.report(
                    Failure(ProbeFault.thingMissing, "There is no thing named missing.", target: "missing"),
                    target: .string(name))
                if call[Self.name].count == 1 { return }
                continue
            }
            text += " name=" + name
        }
        if call.isBound(Self.id) { text += " id=\(call[Self.id])" }
        if let size = call[Self.size] { text += " size=\(size.rawValue)" }
        if call.isBound(Self.count) { text += " count=\(call[Self.count])" }
        if call[Self.force] { text += " force" }
        if let color = call[Self.color] { text += " color=" + color }
        try io.emit(.string(text))
    }
}

struct RemoveThing: Cmdlet {
    static let name = Parameter<[String]>("Name", position: 0, mandatory: true, pipeline: .byValue)
    static let force = Parameter<Bool>.switch("Force")
    static let signature = Signature(
        "Remove-Thing", typeName: "Probe.Commands.RemoveThing", shouldProcess: .high, parameters: [name, force])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for name in call[Self.name] where try io.confirms("Remove Thing", name) {
            if try call[Self.force] ? true : io.asks("Really remove \(name)?") {
                try io.emit(.string("removed " + name))
            }
        }
    }
}

struct SetPrefixed: Cmdlet {
    static let verbosity = Parameter<Int>("VerbosityLevel")
    static let alpha = Parameter<Int>("AlphaOne")
    static let beta = Parameter<Int>("AlphaTwo")
    static let signature = Signature("Set-Prefixed", parameters: [verbosity, alpha, beta])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        try io.emit(.string(call.boundNames.joined(separator: ",")))
    }
}

struct FailHard: Cmdlet {
    static let message = Parameter<String>("Message", position: 0)
    static let signature = Signature("Fail-Hard", typeName: "Probe.Commands.FailHard", parameters: [message])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let inner = Failure(ProbeFault.thingMissing, "the inner cause")
        throw io.failing(Failure(ProbeFault.thingMissing, call[Self.message], target: "t", cause: inner))
    }
}

struct MachineProbe: Noun {
    var name: String
    var size: Size
    static let nounType = NounType<MachineProbe>(
        "Probe.Machine", bases: ["Probe.Thing"], text: { "Machine (Name = '\($0.name)')" },
        properties: [
            .init("Name", .string) { .string($0.name) },
            .init("State", RuntimeType(enum: Size.enumType)) { $0.size.value },
            .alias("VMName", of: "Name"),
        ], display: ["Name"])
}

struct NewMachine: Cmdlet {
    static let name = Parameter<String>("Name", position: 0, mandatory: true)
    static let signature = Signature("New-Machine", outputs: [MachineProbe.nounType.name], parameters: [name])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        try io.emit(MachineProbe(name: call[Self.name], size: .large))
    }
}

/// The noun by value, or its name.
struct UseMachine: Cmdlet {
    static let name = Parameter<[String]>("Name", position: 0, mandatory: true, pipeline: .byValue)
    static let machine = Parameter<[MachineProbe]>("VM", position: 0, mandatory: true, pipeline: .byValue)
    static let signature = Signature(
        "Use-Machine", defaultSet: "Name", sets: [ParameterSet("Name", [name]), ParameterSet("VM", [machine])])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for machine in call[Self.machine] { try io.emit(.string("machine " + machine.name)) }
        for name in call[Self.name] { try io.emit(.string("name " + name)) }
    }
}

/// Takes a new name that may be a delay-bound block.
struct RenameThing: Cmdlet {
    static let name = Parameter<String>("Name", pipeline: .byValue)
    static let new = Parameter<String>("NewName", position: 0, mandatory: true, pipeline: .byProperty)
    static let signature = Signature("Rename-Thing", parameters: [name, new])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        try io.emit(.string(call[Self.name] + "->" + call[Self.new]))
    }
}
