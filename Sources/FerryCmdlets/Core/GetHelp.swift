import FerryEngine

/// Shows what is known about commands and subjects: syntax, and what their authors wrote.
struct GetHelp: Cmdlet {
    static let name = Parameter<String>("Name", position: 0, pipeline: .byProperty)
    static let category = Parameter<[String]>(
        "Category",
        validate: [
            .set([
                "Alias", "Cmdlet", "Provider", "General", "FAQ", "Glossary", "HelpFile", "ScriptCommand", "Function",
                "Filter", "ExternalScript", "All", "DefaultHelp", "DscResource", "Class", "Configuration",
            ])
        ])
    static let component = Parameter<[String]>("Component")
    static let functionality = Parameter<[String]>("Functionality")
    static let role = Parameter<[String]>("Role")
    static let detailed = Parameter<Bool>.switch("Detailed").mandatory()
    static let examples = Parameter<Bool>.switch("Examples").mandatory()
    static let full = Parameter<Bool>.switch("Full")
    static let online = Parameter<Bool>.switch("Online").mandatory()
    static let parameter = Parameter<[String]>("Parameter", mandatory: true)
    static let signature = Signature(
        "Get-Help", typeName: "Microsoft.PowerShell.Commands.GetHelpCommand", defaultSet: "AllUsersView",
        parameters: [name, category, component, functionality, role],
        sets: [
            ParameterSet("AllUsersView", [full]), ParameterSet("DetailedView", [detailed]),
            ParameterSet("Examples", [examples]), ParameterSet("Parameters", [parameter]),
            ParameterSet("Online", [online]),
        ])

    /// `help` shows a screen at a time, as PowerShell's function of that name.
    private var pages: PagedOutput?

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.invocation.invocationName.folded == "help", io.showsOnHost { pages = PagedOutput(io) }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) { try pages?.finish() }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let name = call[Self.name].isEmpty ? "Get-Help" : call[Self.name]
        let isPattern = WildcardPattern.isPattern(name)
        if !isPattern, Self.wants("HelpFile", call), !hasFilters(call), let about = Self.about(named: name, io) {
            return try emit(.string(about.text), io)
        }
        // An alias is asked for what it stands for.
        if !isPattern, let found = try io.runspace.find(name, io.frame, programs: name.contains(".ps1")),
            Self.wants(found.commandType.rawValue, call) || Self.wants(found.command.commandType.rawValue, call),
            fits(found, call, io)
        {
            return try show(found.command, call, io)
        }
        try list(WildcardPattern(isPattern ? name : "*\(name)*"), call, io, orFail: isPattern ? nil : name)
    }

    private func show(_ asked: CommandEntry, _ call: Call, _ io: CommandIO) throws(Stop) {
        let entry = try Self.forwarded(asked, io)
        let extent: HelpTopic.Extent =
            switch call.parameterSet {
            case "DetailedView": .detailed
            case "Examples": .examples
            case "Parameters": .parameters(call[Self.parameter])
            default: call[Self.full] ? .full : .summary
            }
        let sections = Self.sections(of: entry, io)
        if sections.isEmpty, entry.commandType == .externalScript, !call[Self.online] {
            let lines = entry.signature?.syntaxLines ?? [entry.name]
            return try emit(.string(lines.joined(separator: "\n") + "\n"), io)
        }
        let topic = HelpTopic(entry, sections, extent)
        if call[Self.online] { return try open(topic, io) }
        if case .parameters(let patterns) = extent, topic.parameters(patterns).isEmpty {
            return try io.report(
                "NoParmsFound", .invalidArgument,
                "No parameter matches criteria \(patterns.joined(separator: ", ")).",
                exception: "System.Management.Automation.PSArgumentException")
        }
        if case .parameters(let patterns) = extent {
            for part in topic.parameterParts(patterns) { try emit(part, io) }
            return
        }
        try emit(topic.value, io)
    }

    /// The command whose help a comment points to; the command itself where there is none.
    private static func forwarded(_ entry: CommandEntry, _ io: CommandIO) throws(Stop) -> CommandEntry {
        let sections = sections(of: entry, io)
        let target = sections.text("forwardhelptargetname")
        guard !target.isEmpty else { return entry }
        let category = sections.text("forwardhelpcategory").lowercased()
        let known = io.runspace.knownCommands(io.frame).filter { $0.name.lowercased() == target.lowercased() }
        if let found = known.first(where: { $0.commandType.rawValue.lowercased() == category }) { return found }
        return try io.runspace.find(target, io.frame, programs: false)?.command ?? entry
    }

    /// The page that a topic names, in the browser.
    private func open(_ topic: HelpTopic, _ io: CommandIO) throws(Stop) {
        guard let address = topic.onlineAddress else {
            throw io.failing(
                "InvalidOperation", .invalidOperation,
                "The online version of this Help topic cannot be displayed because the Internet address (URI) of the Help topic is not specified in the command code or in the help topic for the command.",
                exception: "System.Management.Automation.PSInvalidOperationException")
        }
        let quoted = address.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
        try io.run(io.runspace.makeScriptBlock("xdg-open '\(quoted)'"))
    }

    // MARK: Lists

    /// The topics whose names match; one alone is shown.
    private func list(_ pattern: WildcardPattern, _ call: Call, _ io: CommandIO, orFail name: String?) throws(Stop) {
        let commands = io.runspace.knownCommands(io.frame).filter {
            pattern.matches($0.name) && Self.wants($0.commandType.rawValue, call) && fits($0, call, io)
        }
        let subjects =
            Self.wants("HelpFile", call) && !hasFilters(call) ? Self.abouts(io).filter { pattern.matches($0.name) } : []
        if commands.isEmpty, subjects.isEmpty {
            guard let name else { return }
            return try io.report(
                "HelpNotFound", .resourceUnavailable,
                "Get-Help could not find \(name) in a help file in this session. To see all commands, type: \"Get-Command\".",
                exception: "Microsoft.PowerShell.Commands.HelpNotFoundException")
        }
        if commands.count + subjects.count == 1 {
            if let entry = commands.first { return try show(entry.command, call, io) }
            return try emit(.string(subjects[0].text), io)
        }
        for entry in commands {
            let synopsis = Self.sections(of: entry.command, io).text("synopsis")
            try emit(
                entry.name, entry.commandType.rawValue, entry.moduleName ?? "",
                synopsis.isEmpty ? entry.command.signature?.syntaxLines.first ?? "" : synopsis, io)
        }
        for subject in subjects { try emit(subject.name, "HelpFile", subject.moduleName, subject.synopsis, io) }
    }

    private func emit(_ name: String, _ category: String, _ module: String, _ synopsis: String, _ io: CommandIO)
        throws(Stop)
    {
        try emit(
            .object(
                CustomObject(
                    [
                        ("Name", .string(name)), ("Category", .string(category)), ("Module", .string(module)),
                        ("Synopsis", .string(synopsis)),
                    ], typeNames: ["HelpInfoShort"])), io)
    }

    private func emit(_ value: Value, _ io: CommandIO) throws(Stop) {
        if let pages { try pages.add(value) } else { try io.emit(value) }
    }

    /// `-Category`
    private static func wants(_ category: String, _ call: Call) -> Bool {
        let wanted = call[Self.category].map(\.folded)
        return wanted.isEmpty || wanted.contains("all") || wanted.contains(category.folded)
    }

    private func hasFilters(_ call: Call) -> Bool {
        call.isBound(Self.component) || call.isBound(Self.functionality) || call.isBound(Self.role)
    }

    /// -Component, -Functionality and -Role choose by what the topic says of itself.
    private func fits(_ entry: CommandEntry, _ call: Call, _ io: CommandIO) -> Bool {
        guard hasFilters(call) else { return true }
        let sections = Self.sections(of: entry.command, io)
        let filters = [
            ("component", call[Self.component]), ("functionality", call[Self.functionality]), ("role", call[Self.role]),
        ]
        return filters.allSatisfy { key, patterns in
            patterns.isEmpty || patterns.contains { WildcardPattern($0).matches(sections.text(key)) }
        }
    }

    // MARK: Where the text is

    private static func sections(of entry: CommandEntry, _ io: CommandIO) -> HelpSections {
        let (before, body) = entry.commentary
        let written = HelpSections(command: entry.name, before: before, body: body)
        guard written.isEmpty, let module = entry.moduleName,
            let text = io.moduleText("help/\(entry.name).md", of: module)
        else { return written }
        return HelpSections(markdown: text)
    }

    private static func about(named name: String, _ io: CommandIO) -> AboutTopic? {
        guard name.folded.hasPrefix(AboutTopic.prefix) else { return nil }
        return abouts(io).first { $0.name.folded == name.folded }
    }

    private static func abouts(_ io: CommandIO) -> [AboutTopic] {
        io.moduleFiles(in: "help", withPrefix: AboutTopic.prefix).compactMap { module, file in
            guard file.hasSuffix(".md"), let text = io.moduleText("help/\(file)", of: module) else { return nil }
            return AboutTopic(String(file.dropLast(3)), of: module, markdown: text)
        }
    }
}
