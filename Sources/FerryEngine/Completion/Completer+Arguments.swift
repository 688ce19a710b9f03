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
            guard var values = values(of: spec, command, word, quote, written, scan) else { continue }
            if scan.level.followsComma, Self.propertyParameters.contains(spec.name) {
                // What the list holds already is not offered again.
                let used = written.bound[spec.key] ?? []
                values.removeAll { used.contains($0.listItem) }
            }
            isKnown = true
            for value in values where !found.contains(where: { $0.text == value.text }) { found.append(value) }
        }
        if isKnown { return (start, found) }
        if candidates.isEmpty, !signature.takesLooseArguments, !signature.parameters.isEmpty, scan.raw.isEmpty {
            return (start, [])
        }
        let folders = ["Set-Location", "Push-Location"].contains(command.name)
        let isLiteral = candidates.contains { $0.name == "LiteralPath" }
        return (start, paths(word, quote: quote, foldersOnly: folders, isLiteral: isLiteral))
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
        if let enumeration = type.enumType {
            return offered(Self.allowed(enumeration, spec.validations).sorted { $0.folded < $1.folded })
        }
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
        return known(spec, command, word, quote, written, scan)
    }

    /// Names that PowerShell's own commands take.
    private func known(
        _ spec: ParameterSpec, _ command: CommandEntry, _ word: String, _ quote: Character?,
        _ written: WrittenArguments, _ scan: CompletionScan
    ) -> [CompletionResult]? {
        let pattern = Self.pattern(word)
        func offered(_ names: [String], _ kind: CompletionResult.Kind = .parameterValue) -> [CompletionResult] {
            names.filter(pattern.matches).map {
                CompletionResult(Self.written($0, quote: quote), listItem: $0, kind)
            }
        }
        if let found = commandValues(spec, command, word, quote, written) { return found }
        switch (command.name, spec.name) {
        case ("Get-Help", "Name"):
            if word.contains("/") || word.contains("\\") { return nil }
            return commands(word, quote: quote, programs: false) + helpTopics(word)
        case ("Get-Command", "Name"), ("Register-ArgumentCompleter", "CommandName"),
            ("Set-Alias", "Value"), ("New-Alias", "Value"), ("Get-Alias", "Definition"):
            return commands(word, quote: quote, programs: command.name == "Get-Command")
        case ("Invoke-Expression", "Command") where quote != nil: return commands(word, quote: quote, programs: false)
        case (_, "Name") where command.name.hasSuffix("-Alias"):
            return offered(runspace.knownCommands(frame).filter { $0.commandType == .alias }.map(\.name))
        case (_, "Name") where command.name.hasSuffix("-Variable"):
            return offered(visibleVariables.map(\.name).sorted { $0.folded < $1.folded }, .variable)
        case (_, "Module"), (_, "ExcludeModule"), ("Get-Module", "Name"), ("Remove-Module", "Name"),
            ("Import-Module", "Name"):
            return word.contains("/") ? nil : moduleNames(word, quote: quote)
        case ("New-Object", "TypeName"): return types(word).filter { $0.kind == .type || word.contains(".") }
        case ("ForEach-Object", "MemberName"):
            return offered(upstreamMembers(scan, methods: true).map(\.name).sorted { $0.folded < $1.folded }, .property)
        case ("Where-Object", "Value"):
            let inference = Inference(self, outline)
            let owner = Guess.elements(upstream(scan))
            guard let name = written.bound["property"]?.first,
                let type = enumeration(of: inference.property(name, of: owner))
            else { return nil }
            return offered(type.members.map(\.name).sorted { $0.folded < $1.folded })
        case (_, "View") where command.name.hasPrefix("Format-"):
            let types = upstream(scan).map { guess -> [String] in
                switch guess {
                case .value(let value): value.typeNames
                case .type(let type): [type.fullName] + type.bases
                case .table, .elements: []
                }
            }
            return offered(runspace.views.names(for: types, shape: command.name).sorted { $0.folded < $1.folded })
        case (_, let name) where Self.propertyParameters.contains(name):
            let found = upstreamMembers(scan)
            return found.isEmpty ? [] : offered(found.map(\.name).sorted { $0.folded < $1.folded }, .property)
        default: return nil
        }
    }

    /// `about_` topics of the modules.
    private func helpTopics(_ word: String) -> [CompletionResult] {
        let pattern = Self.pattern(word)
        var seen: Set<String> = []
        return ModuleTable.files(in: "help", withPrefix: "about_").map { String($0.file.dropLast(3)) }
            .filter { pattern.matches($0) && seen.insert($0).inserted }.sorted { $0.folded < $1.folded }
            .map { CompletionResult($0, .parameterValue) }
    }

    /// The members of an enumeration that a parameter's ranges leave.
    private static func allowed(_ type: EnumType, _ validations: [Validation]) -> [String] {
        type.members.filter { member in
            validations.allSatisfy { validation in
                switch validation {
                case .range(let least, let most): Double(member.value) >= least && Double(member.value) <= most
                case .rangeKind(.positive): member.value > 0
                case .rangeKind(.nonNegative): member.value >= 0
                case .rangeKind(.negative): member.value < 0
                case .rangeKind(.nonPositive): member.value <= 0
                default: true
                }
            }
        }.map(\.name)
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
}

extension RuntimeType {
    fileprivate var isNullable: Bool { if case .nullable = kind { true } else { false } }
}

extension Frame {
    /// The same place, with messages and errors going nowhere: for code that runs between two keys.
    var silent: Frame {
        let nowhere = runspace.nowhere
        return redirected(
            Streams(error: nowhere, warning: nowhere, verbose: nowhere, debug: nowhere, information: nowhere))
    }
}
