extension Completer {
    /// What can stand as a command's argument, and where it begins.
    func arguments(_ scan: CompletionScan, _ command: CommandEntry?, at start: Int) -> (Int, [CompletionResult]) {
        var (word, quote, start) = (scan.word, scan.quote, start)
        guard let first = scan.level.words.first else { return (start, []) }
        if let block = runspace.argumentCompleters.block(program: PathText.leaf(first.text)), command == nil {
            let line = (scan.level.words.map(\.raw) + [scan.raw]).joined(separator: " ")
            if let found = run(block, [.string(word), .string(line), .count(line.length)]), !found.isEmpty {
                return (start, found)
            }
        }
        guard let command, let signature = command.signature else { return (start, paths(scan)) }
        var written = WrittenArguments(scan.level.words, signature, followsComma: scan.level.followsComma)
        var candidates = written.next
        if quote == nil, let (name, value) = WrittenArguments.parameter(scan.raw), scan.raw.contains(":") {
            // `-Name:value`: only the value is replaced.
            guard let spec = WrittenArguments.find(name, signature) else { return (start, []) }
            candidates = [spec]
            start += scan.raw.utf8.count - (value ?? "").utf8.count
            word = CompletionScan.unquoted(value ?? "")
            quote = nil
            if spec.isSwitch { return (start, booleans(word)) }
            written = WrittenArguments(scan.level.words, signature)
        } else if quote == nil, let mark = scan.raw.first, mark == "'" || mark == "\"" {
            quote = mark
        }
        var found: [CompletionResult] = []
        var isKnown = false
        for spec in candidates {
            guard let values = values(of: spec, command, word, quote, written, scan) else { continue }
            isKnown = true
            for value in values where !found.contains(where: { $0.text == value.text }) { found.append(value) }
        }
        if isKnown { return (start, found) }
        if candidates.isEmpty, !signature.takesLooseArguments, !signature.parameters.isEmpty, scan.raw.isEmpty {
            return (start, [])
        }
        let folders = ["Set-Location", "Push-Location"].contains(command.name)
        return (start, paths(word, quote: quote, foldersOnly: folders))
    }

    /// The values one parameter takes; nil when nothing is known about them.
    private func values(
        of spec: ParameterSpec, _ command: CommandEntry, _ word: String, _ quote: Character?,
        _ written: WrittenArguments,
        _ scan: CompletionScan
    ) -> [CompletionResult]? {
        if let block = runspace.argumentCompleters.block(command: command.name, parameter: spec.name)
            ?? spec.completer.map({ ScriptBlock(runspace.compiled($0, layout: Layout()), session: nil) })
        {
            let line = scan.level.words.map(\.raw).joined(separator: " ") + " " + scan.raw
            let arguments: [Value] = [
                .string(command.name), .string(spec.name), .string(word), .string(line), .table(table(written.bound)),
            ]
            if let found = run(block, arguments) { return found }
        }
        let pattern = Self.pattern(word)
        func offered(_ names: [String]) -> [CompletionResult] {
            names.filter(pattern.matches).map {
                CompletionResult(Self.written($0, quote: quote), listItem: $0, .parameterValue)
            }
        }
        if !spec.completions.isEmpty { return offered(spec.completions) }
        for case .set(let names, _, _) in spec.validations { return offered(names) }
        var type = spec.type
        while type.isArray || type.isNullable, let inner = type.arguments.first { type = inner }
        if let enumeration = type.enumType { return offered(enumeration.members.map(\.name)) }
        if type == .bool { return booleans(word) }
        for source in runspace.completionSources {
            if let found = source.values(
                command: command.name, parameter: spec.name, word: word, bound: written.bound)
            {
                return found.map {
                    CompletionResult(
                        Self.written($0.text, quote: quote), listItem: $0.listItem, $0.kind, toolTip: $0.toolTip)
                }
            }
        }
        return known(spec, command, word, quote, scan)
    }

    /// Names that PowerShell's own commands take.
    private func known(
        _ spec: ParameterSpec, _ command: CommandEntry, _ word: String, _ quote: Character?, _ scan: CompletionScan
    ) -> [CompletionResult]? {
        let pattern = Self.pattern(word)
        func offered(_ names: [String], _ kind: CompletionResult.Kind = .parameterValue) -> [CompletionResult] {
            names.filter(pattern.matches).map {
                CompletionResult(Self.written($0, quote: quote), listItem: $0, kind)
            }
        }
        switch (command.name, spec.name) {
        case ("Get-Command", "Name"), ("Get-Help", "Name"), ("Register-ArgumentCompleter", "CommandName"),
            ("Set-Alias", "Value"), ("New-Alias", "Value"), ("Get-Alias", "Definition"):
            return commands(word, quote: quote, programs: command.name == "Get-Command")
        case (_, "Name") where command.name.hasSuffix("-Alias"):
            return offered(runspace.knownCommands(frame).filter { $0.commandType == .alias }.map(\.name))
        case (_, "Name") where command.name.hasSuffix("-Variable"):
            return offered(visibleVariables.map(\.name).sorted { $0.folded < $1.folded }, .variable)
        case (_, "Module"), ("Get-Module", "Name"), ("Remove-Module", "Name"), ("Import-Module", "Name"):
            if word.contains("/") { return nil }
            return offered(runspace.modules.names + runspace.modules.availableNames(runspace))
        case ("Get-Command", "Verb"), ("Get-Verb", "Verb"):
            let verbs = Set(runspace.knownCommands(frame).map { String($0.name.prefix { $0 != "-" }) })
            return offered(verbs.filter { runspace.knowsVerb($0, frame) }.sorted())
        case ("Get-Command", "Noun"):
            let nouns = Set(
                runspace.knownCommands(frame).compactMap { entry in
                    entry.name.firstIndex(of: "-").map { String(entry.name[entry.name.index(after: $0)...]) }
                })
            return offered(nouns.sorted())
        case ("New-Object", "TypeName"): return types(word)
        case (_, let name) where Self.propertyParameters.contains(name):
            let found = upstream(of: scan.level)
            return found.isEmpty
                ? [] : offered(found.filter { !$0.kind.hasSuffix("Method") }.map(\.name), .property)
        default: return nil
        }
    }

    /// Parameters that name properties of the objects coming down the pipeline.
    private static let propertyParameters: Set = [
        "Property", "ExcludeProperty", "ExpandProperty", "GroupBy", "MemberName", "Unique",
    ]

    func booleans(_ word: String) -> [CompletionResult] {
        let pattern = Self.pattern(word)
        return ["$true", "$false"].filter(pattern.matches).map {
            CompletionResult($0, listItem: String($0.dropFirst()), .parameterValue)
        }
    }

    private func table(_ bound: [String: [String]]) -> TableObject {
        let table = TableObject()
        for (name, values) in bound.sorted(by: { $0.key < $1.key }) {
            table[name] =
                values.isEmpty
                ? .bool(true) : values.count == 1 ? .string(values[0]) : .array(values.map { .string($0) })
        }
        return table
    }

    /// What a script's completer puts out; nil when it fails or has nothing: files are offered then.
    private func run(_ block: ScriptBlock, _ arguments: [Value]) -> [CompletionResult]? {
        let sink = CollectingSink()
        let saved = (runspace.lastSucceeded, runspace.errors.elements)
        defer { (runspace.lastSucceeded, runspace.errors.elements) = saved }
        do throws(Stop) {
            try block.invoke(frame.silent, arguments: arguments, newScope: true, output: sink)
        } catch { return nil }
        let found = sink.values.flatMap { $0.elements ?? [$0] }.compactMap { value -> CompletionResult? in
            if let object = value.asObject as? CompletionResultObject { return object.result }
            let text = value.display
            return text.isEmpty ? nil : CompletionResult(text, .text)
        }
        return found.isEmpty ? nil : found
    }

    // MARK: Hashtable keys

    /// Keys of calculated properties, and of the tables some commands take.
    func keys(_ scan: CompletionScan) -> [CompletionResult] {
        let levels = scan.levels
        guard levels.count > 1 else { return [] }
        let outer = levels[levels.count - 2]
        guard let first = outer.words.first, let command = command(named: first.text) else { return [] }
        let names: [String] =
            switch command.name {
            case "Select-Object": ["Name", "Expression"]
            case "Sort-Object": ["Expression", "Ascending", "Descending"]
            case "Group-Object", "Measure-Object", "Compare-Object": ["Expression"]
            case "Format-Table": ["Expression", "FormatString", "Label", "Width", "Alignment"]
            case "Format-List": ["Expression", "FormatString", "Label"]
            case "Format-Wide": ["Expression", "FormatString"]
            default: []
            }
        let pattern = Self.pattern(scan.word)
        return names.filter(pattern.matches).map { CompletionResult($0, .property) }
    }
}

extension Runspace {
    /// Whether some command of a module has the verb.
    fileprivate func knowsVerb(_ verb: String, _ frame: Frame) -> Bool {
        knownCommands(frame).contains { $0.commandType == .cmdlet && $0.name.hasPrefix(verb + "-") }
    }
}

extension RuntimeType {
    fileprivate var isNullable: Bool { if case .nullable = kind { true } else { false } }
}

extension Frame {
    /// The same place, with messages and errors going nowhere: for code that runs between two keys.
    fileprivate var silent: Frame {
        let nowhere = runspace.nowhere
        return redirected(
            Streams(error: nowhere, warning: nowhere, verbose: nowhere, debug: nowhere, information: nowhere))
    }
}
