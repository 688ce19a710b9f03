import FerryLanguage

extension Completer {
    /// Programs listed for a word, which may be many.
    private static let programLimit = 200

    /// What can begin a command.
    func commandPosition(_ scan: CompletionScan) -> [CompletionResult] {
        let word = scan.word
        if scan.raw.isEmpty { return [] }
        let isQuoted = scan.quote != nil || scan.raw.hasPrefix("'") || scan.raw.hasPrefix("\"")
        if scan.level.isCalled, isQuoted, !word.contains("/"), !word.contains("\\") {
            let found = commands(word, quote: scan.quote ?? scan.raw.first, programs: false)
            if !found.isEmpty { return found }
        }
        let isPath = isQuoted || word.contains("/") || word.hasPrefix("~") || word.hasPrefix(".")
        // A backslash stands in paths and behind the name of a module.
        let found = isPath || !word.contains("\\") ? paths(scan, isCommand: true) : []
        if isPath { return found }
        let named = found + commands(word)
        return named.isEmpty ? paths(scan, isCommand: true) : named
    }

    /// Commands by name; `Module\name` keeps its module.
    func commands(_ word: String, quote: Character? = nil, programs: Bool = true) -> [CompletionResult] {
        var (module, name) = ("", word)
        if let slash = word.firstIndex(of: "\\") {
            (module, name) = (String(word[..<slash]), String(word[word.index(after: slash)...]))
        }
        let pattern = Self.pattern(name)
        var seen: Set<String> = []
        var results: [CompletionResult] = []
        for function in outline.functions
        where module.isEmpty && function.range.start < outline.cursor && pattern.matches(function.name)
            && seen.insert(function.name.folded).inserted
        {
            results.append(
                CompletionResult(Self.written(function.name, quote: quote), listItem: function.name, .command))
        }
        func isMeant(_ entry: String) -> Bool { pattern.matches(entry) || Self.isAbbreviation(name, of: entry) }
        for entry in runspace.knownCommands(frame) where isMeant(entry.name) {
            guard module.isEmpty || entry.moduleName?.folded == module.folded, seen.insert(entry.name.folded).inserted
            else { continue }
            let text = module.isEmpty ? entry.name : module + "\\" + entry.name
            let tip = entry.definition.trimmed
            results.append(
                CompletionResult(
                    Self.written(text, quote: quote), listItem: entry.name, .command,
                    toolTip: entry.commandType == .alias || tip.isEmpty || tip.count > 2000 ? entry.name : tip))
        }
        for name in runspace.modules.loadableNames(runspace)
        where module.isEmpty && pattern.matches(name) && seen.insert(name.folded).inserted {
            results.append(CompletionResult(Self.written(name, quote: quote), .command))
        }
        results.sort { $0.listItem.folded < $1.listItem.folded }
        guard programs, module.isEmpty, !name.isEmpty else { return results }
        return results
            + self.programs(pattern, &seen).map {
                CompletionResult(Self.written($0.name, quote: quote), .command, toolTip: $0.path)
            }
    }

    /// `i-psdf` for `Import-PowerShellDataFile`: the hyphen and the capitals.
    private static func isAbbreviation(_ word: String, of name: String) -> Bool {
        guard word.contains("-"), word.count > 2 else { return false }
        return name.filter { $0 == "-" || $0.isUppercase }.folded == word.folded
    }

    private func programs(_ pattern: WildcardPattern, _ seen: inout Set<String>) -> [(name: String, path: String)] {
        var found: [(name: String, path: String)] = []
        for folder in (Environment.value("PATH") ?? "/usr/bin:/bin").split(separator: ":") {
            for name in FileText.entries(of: String(folder)) where pattern.matches(name) {
                let path = PathText.join(String(folder), name)
                guard FileText.isExecutable(path) || name.lowercased().hasSuffix(".ps1"),
                    seen.insert(name.folded).inserted
                else { continue }
                found.append((name, path))
            }
        }
        return Array(found.sorted { $0.name < $1.name }.prefix(Self.programLimit))
    }

    // MARK: Parameters

    /// Parameter names, or the values behind `-Name:`; nil when the command has none of its own.
    func parameters(_ scan: CompletionScan, _ command: CommandEntry?) -> [CompletionResult]? {
        guard let signature = command?.signature else { return nil }
        if scan.raw.contains(":") { return nil }
        let bound = Set(WrittenArguments(scan.level.words, signature).bound.keys)
        let pattern = Self.pattern(String(scan.raw.dropFirst()))
        func offered(_ parameters: [ParameterSpec]) -> [CompletionResult] {
            parameters.filter { !$0.isHidden && !bound.contains($0.key) && pattern.matches($0.name) }.map { spec in
                CompletionResult(
                    "-" + spec.name, listItem: spec.name, .parameterName,
                    toolTip: "[\(spec.type.shortName)] \(spec.name)")
            }
        }
        var results = offered(signature.ordered.filter { !$0.isCommon })
        if results.isEmpty || scan.raw.count > 1 { results += offered(signature.parameters.filter(\.isCommon)) }
        // By an alias of a parameter whose own name does not fit.
        for spec in signature.parameters where scan.raw.count > 1 && !bound.contains(spec.key) && !spec.isHidden {
            guard !pattern.matches(spec.name) else { continue }
            for alias in spec.aliases where pattern.matches(alias) {
                results.append(
                    CompletionResult(
                        "-" + alias, listItem: alias, .parameterName, toolTip: "[\(spec.type.shortName)] \(alias)"))
            }
        }
        return results
    }
}

extension Signature {
    /// The parameters with those in front that take the first place.
    var ordered: [ParameterSpec] {
        func isFirst(_ spec: ParameterSpec) -> Bool { spec.roles.values.contains { $0.position == 0 } }
        return parameters.filter(isFirst) + parameters.filter { !isFirst($0) }
    }
}
