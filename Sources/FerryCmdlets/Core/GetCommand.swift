import FerryEngine

/// Finds commands by name, verb, noun, module or kind.
struct GetCommand: Cmdlet {
    static let name = Parameter<[String]>(
        "Name", position: 0, pipeline: .byValueAndProperty, validate: [.notNullOrEmpty], wildcards: true)
    static let verb = Parameter<[String]>("Verb", pipeline: .byProperty, wildcards: true)
    static let noun = Parameter<[String]>("Noun", pipeline: .byProperty, wildcards: true)
    static let module = Parameter<[String]>("Module", aliases: ["PSSnapin"], pipeline: .byProperty, wildcards: true)
    static let kind = Parameter<[CommandType]>("CommandType", aliases: ["Type"], pipeline: .byProperty)
    static let totalCount = Parameter<Int>("TotalCount", pipeline: .byProperty)
    static let syntax = Parameter<Bool>.switch("Syntax")
    static let all = Parameter<Bool>.switch("All")
    static let listImported = Parameter<Bool>.switch("ListImported")

    static let parameterName = Parameter<[String]>("ParameterName", validate: [.notNullOrEmpty], wildcards: true)
    static let parameterType = Parameter<[Value]>("ParameterType", validate: [.notNullOrEmpty])

    static let signature = Signature(
        "Get-Command", typeName: "Microsoft.PowerShell.Commands.GetCommandCommand", defaultSet: "CmdletSet",
        parameters: [module, totalCount, syntax, all, listImported, parameterName, parameterType],
        sets: [ParameterSet("AllCommandSet", [name, kind]), ParameterSet("CmdletSet", [verb, noun])])

    private var shown = 0

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.parameterSet == "CmdletSet" || call[Self.name].isEmpty {
            return try emit(known(call, io) { _ in true }, call, io)
        }
        for name in call[Self.name] {
            if WildcardPattern.isPattern(name) {
                let pattern = WildcardPattern(name)
                try emit(known(call, io) { pattern.matches($0.name) }, call, io)
            } else if let found = try call[Self.listImported]
                ? io.runspace.find(name, io.frame, programs: false, modules: false) : io.runspace.find(name, io.frame),
                accepts(found, call)
            {
                let others = call[Self.all] ? known(call, io) { $0.name.folded == name.folded && $0 !== found } : []
                try emit([found] + others, call, io)
            } else {
                try io.report(
                    "CommandNotFoundException", .objectNotFound,
                    "The term '\(name)' is not recognized as a name of a cmdlet, function, script file, or executable "
                        + "program.\nCheck the spelling of the name, or if a path was included, verify that the path is "
                        + "correct and try again.", target: .string(name),
                    exception: "System.Management.Automation.CommandNotFoundException")
            }
        }
    }

    private func known(_ call: Call, _ io: CommandIO, _ fits: (CommandEntry) -> Bool) -> [CommandEntry] {
        io.runspace.knownCommands(io.frame).filter { accepts($0, call) && fits($0) }
    }

    private func accepts(_ entry: CommandEntry, _ call: Call) -> Bool {
        func matches(_ text: String, _ patterns: [String]) -> Bool {
            patterns.isEmpty || patterns.contains { WildcardPattern($0).matches(text) }
        }
        if call.isBound(Self.kind), !call[Self.kind].contains(entry.commandType) { return false }
        if call.isBound(Self.verb) || call.isBound(Self.noun) {
            guard [.cmdlet, .function, .filter].contains(entry.commandType) else { return false }
            let parts = entry.name.split(separator: "-", maxSplits: 1).map(String.init)
            guard parts.count == 2, matches(parts[0], call[Self.verb]), matches(parts[1], call[Self.noun]) else {
                return false
            }
        }
        return matches(entry.moduleName ?? "", call[Self.module]) && takes(entry, call)
    }

    /// `-ParameterName` and `-ParameterType`: whether one parameter of the command has such a name or alias and such a type.
    private func takes(_ entry: CommandEntry, _ call: Call) -> Bool {
        guard call.isBound(Self.parameterName) || call.isBound(Self.parameterType) else { return true }
        let names = call[Self.parameterName].map { WildcardPattern($0) }
        let types = call[Self.parameterType].map { value in
            if case .type(let type)? = Conversion.attempt(value, to: .type) {
                type.key
            } else {
                value.display.folded
            }
        }
        return entry.signature?.parameters.contains { parameter in
            (names.isEmpty
                || names.contains { pattern in
                    pattern.matches(parameter.name) || parameter.aliases.contains { pattern.matches($0) }
                })
                && (types.isEmpty || types.contains(parameter.type.key)
                    || types.contains(parameter.type.name.folded))
        } ?? false
    }

    private mutating func emit(_ entries: [CommandEntry], _ call: Call, _ io: CommandIO) throws(Stop) {
        for entry in entries {
            if call.isBound(Self.totalCount), shown >= call[Self.totalCount] { throw io.stopUpstream() }
            shown += 1
            if call[Self.syntax] {
                let lines = entry.signature?.syntaxLines ?? [entry.definition]
                try io.emit(.string("\n" + lines.joined(separator: "\n\n") + "\n"))
            } else {
                try io.emit(entry.object)
            }
        }
    }
}
