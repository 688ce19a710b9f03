import FerryEngine

/// Finds commands by name, verb, noun, module or kind.
struct GetCommand: Cmdlet {
    static let name = Parameter<[String]>(
        "Name", position: 0, pipeline: .byValueAndProperty, validate: [.notNullOrEmpty], wildcards: true)
    static let verb = Parameter<[String]>("Verb", pipeline: .byProperty, wildcards: true)
    static let noun = Parameter<[String]>("Noun", pipeline: .byProperty, wildcards: true)
    static let module = Parameter<[String]>("Module", aliases: ["PSSnapin"], pipeline: .byProperty, wildcards: true)
    static let specification = Parameter<[ModuleSpecification]>("FullyQualifiedModule", pipeline: .byProperty)
    static let excluded = Parameter<[String]>("ExcludeModule", wildcards: true)
    static let arguments = Parameter<[Value]>("ArgumentList", aliases: ["Args"], position: 1, remaining: true)
        .allowing([.null, .emptyCollection])
    static let fuzzy = Parameter<Bool>.switch("UseFuzzyMatching")
    static let distance = Parameter<Int>("FuzzyMinimumDistance")
    static let abbreviated = Parameter<Bool>.switch("UseAbbreviationExpansion")
    static let showInfo = Parameter<Bool>.switch("ShowCommandInfo")
    static let kind = Parameter<[CommandType]>("CommandType", aliases: ["Type"], pipeline: .byProperty)
    static let totalCount = Parameter<Int>("TotalCount", pipeline: .byProperty)
    static let syntax = Parameter<Bool>.switch("Syntax")
    static let all = Parameter<Bool>.switch("All")
    static let listImported = Parameter<Bool>.switch("ListImported")

    static let parameterName = Parameter<[String]>("ParameterName", validate: [.notNullOrEmpty], wildcards: true)
    static let parameterType = Parameter<[Value]>("ParameterType", validate: [.notNullOrEmpty])

    static let signature = Signature(
        "Get-Command", typeName: "Microsoft.PowerShell.Commands.GetCommandCommand", defaultSet: "CmdletSet",
        parameters: [
            module, specification, excluded, totalCount, syntax, showInfo, arguments, all, listImported, parameterName,
            parameterType,
        ],
        sets: [
            ParameterSet("AllCommandSet", [name, kind, fuzzy, distance, abbreviated]),
            ParameterSet("CmdletSet", [verb, noun]),
        ])

    private var shown = 0

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard call.isBound(Self.module), call.isBound(Self.specification) else { return }
        throw io.failing(
            "ModuleAndFullyQualifiedModuleCannotBeSpecifiedTogether", .invalidOperation,
            "The parameters Module and FullyQualifiedModule cannot be used together.",
            exception: "System.InvalidOperationException")
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call[Self.fuzzy] || call[Self.abbreviated], !call[Self.name].isEmpty { return try search(call, io) }
        if call.parameterSet == "CmdletSet" || call[Self.name].isEmpty {
            return try emit(known(call, io) { _ in true }, call, io)
        }
        for name in call[Self.name] {
            let files = try io.runspace.externalCommands(name, accept: { accepts($0, call, io) })
            if WildcardPattern.isPattern(name), files.isEmpty || !name.contains(where: { "/\\".contains($0) }) {
                let pattern = WildcardPattern(name)
                let outside = call[Self.listImported] || call.isBound(Self.module) ? [] : files
                try emit(known(call, io) { pattern.matches($0.name) } + outside, call, io)
            } else if !files.isEmpty {
                try emit(files, call, io)
            } else if let found = try call[Self.listImported]
                ? io.runspace.find(name, io.frame, programs: false, modules: false) : io.runspace.find(name, io.frame),
                accepts(found, call, io)
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
        io.runspace.knownCommands(io.frame).filter { accepts($0, call, io) && fits($0) }
    }

    private func accepts(_ entry: CommandEntry, _ call: Call, _ io: CommandIO) -> Bool {
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
        if call.isBound(Self.excluded), matches(entry.moduleName ?? "", call[Self.excluded]) { return false }
        if call.isBound(Self.specification),
            !io.loadedModules().contains(where: {
                $0.name.folded == entry.moduleName?.folded && GetModule.fits($0, call[Self.specification])
            })
        {
            return false
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
            let object = try described(entry, call, io)
            if call[Self.syntax] {
                let lines = object.signature?.syntaxLines ?? [entry.definition]
                try io.emit(.string("\n" + lines.joined(separator: "\n\n") + "\n"))
            } else if call[Self.showInfo] {
                try io.emit(try CommandFacts.value(object))
            } else {
                try io.emit(.object(object))
            }
        }
    }

    /// With the parameters that `-ArgumentList` brings.
    private func described(_ entry: CommandEntry, _ call: Call, _ io: CommandIO) throws(Stop) -> CommandObject {
        guard call.isBound(Self.arguments) else { return CommandObject(entry) }
        do throws(Stop) {
            return CommandObject(entry, signature: try io.signature(of: entry, arguments: call[Self.arguments]))
        } catch {
            guard let record = error.record else { throw error }
            try io.report(record)
            return CommandObject(entry)
        }
    }

    // MARK: Names that are not quite right

    private mutating func search(_ call: Call, _ io: CommandIO) throws(Stop) {
        let limit = call.isBound(Self.distance) ? call[Self.distance] : 5
        for name in call[Self.name] {
            let wanted = Array(name.lowercased())
            let found = known(call, io) { entry in
                call[Self.abbreviated] && Self.isAbbreviation(name, of: entry.name)
                    || call[Self.fuzzy] && Self.distance(wanted, Array(entry.name.lowercased())) <= limit
            }
            let ranked = found.map { (entry: $0, rank: Self.distance(wanted, Array($0.name.lowercased()))) }
            try emit(ranked.sorted { ($0.rank, $0.entry.name) < ($1.rank, $1.entry.name) }.map(\.entry), call, io)
        }
    }

    /// `i-psdf` for Import-PowerShellDataFile: the capitals of verb and noun.
    private static func isAbbreviation(_ text: String, of name: String) -> Bool {
        let parts = text.lowercased().split(separator: "-")
        let words = name.split(separator: "-", maxSplits: 1)
        guard parts.count == 2, words.count == 2 else { return false }
        return zip(parts, words).allSatisfy { part, word in word.filter(\.isUppercase).lowercased() == part }
    }

    /// How many characters have to be put in, taken out, replaced or swapped with their neighbours.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
        var rows = Array(repeating: Array(repeating: 0, count: right.count + 1), count: left.count + 1)
        for index in 0...left.count { rows[index][0] = index }
        for index in 0...right.count { rows[0][index] = index }
        for i in 1...left.count {
            for j in 1...right.count {
                let cost = left[i - 1] == right[j - 1] ? 0 : 1
                var best = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + cost)
                if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                    best = min(best, rows[i - 2][j - 2] + cost)
                }
                rows[i][j] = best
            }
        }
        return rows[left.count][right.count]
    }
}
