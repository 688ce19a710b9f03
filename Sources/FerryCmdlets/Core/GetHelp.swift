import FerryEngine

/// Shows what is known about commands: syntax, and what their authors wrote.
struct GetHelp: Cmdlet {
    static let name = Parameter<String>("Name", position: 0, pipeline: .byProperty)
    static let detailed = Parameter<Bool>.switch("Detailed").mandatory()
    static let examples = Parameter<Bool>.switch("Examples").mandatory()
    static let full = Parameter<Bool>.switch("Full")
    static let parameter = Parameter<[String]>("Parameter", mandatory: true)
    static let signature = Signature(
        "Get-Help", typeName: "Microsoft.PowerShell.Commands.GetHelpCommand", defaultSet: "AllUsersView",
        parameters: [name],
        sets: [
            ParameterSet("AllUsersView", [full]), ParameterSet("DetailedView", [detailed]),
            ParameterSet("Examples", [examples]), ParameterSet("Parameters", [parameter]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let name = call[Self.name].isEmpty ? "Get-Help" : call[Self.name]
        let extent: HelpTopic.Extent =
            switch call.parameterSet {
            case "DetailedView": .detailed
            case "Examples": .examples
            case "Parameters": .parameters(call[Self.parameter])
            default: call[Self.full] ? .full : .summary
            }
        if WildcardPattern.isPattern(name) { return try list(WildcardPattern(name), io) }
        guard let found = try io.runspace.find(name, io.frame, programs: name.contains(".ps1")) else {
            return try list(WildcardPattern("*\(name)*"), io, orFail: name)
        }
        let entry = found.command
        let topic = HelpTopic(entry, sections(of: entry, io), extent)
        if case .parameters(let patterns) = extent, !topic.hasParameter(patterns) {
            return try io.report(
                "NoMatchingParameterFound", .invalidArgument,
                "No parameter matches criteria \(patterns.joined(separator: ", ")).",
                exception: "System.Management.Automation.PSArgumentException")
        }
        try io.emit(topic.value)
    }

    private func list(_ pattern: WildcardPattern, _ io: CommandIO, orFail name: String? = nil) throws(Stop) {
        let found = io.runspace.knownCommands(io.frame).filter { pattern.matches($0.name) }
        if found.isEmpty, let name {
            return try io.report(
                "HelpNotFound", .resourceUnavailable,
                "Get-Help could not find \(name) in a help file in this session. To see all commands, type: \"Get-Command\".",
                exception: "Microsoft.PowerShell.Commands.HelpNotFoundException")
        }
        for entry in found {
            let synopsis = sections(of: entry.command, io).text("synopsis")
            try io.emit(
                .object(
                    CustomObject(
                        [
                            ("Name", .string(entry.name)), ("Category", .string(entry.commandType.rawValue)),
                            ("Module", .string(entry.moduleName ?? "")),
                            (
                                "Synopsis",
                                .string(synopsis.isEmpty ? entry.command.signature?.syntaxLines.first ?? "" : synopsis)
                            ),
                        ], typeNames: ["HelpInfoShort"])))
        }
    }

    private func sections(of entry: CommandEntry, _ io: CommandIO) -> HelpSections {
        let (before, body) = entry.commentary
        let written = HelpSections(command: entry.name, before: before, body: body)
        guard written.isEmpty, let module = entry.moduleName,
            let text = io.moduleText("help/\(entry.name).md", of: module)
        else { return written }
        return HelpSections(markdown: text)
    }
}
