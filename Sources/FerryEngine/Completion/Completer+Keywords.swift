import FerryLanguage

/// Words of the language: `using`, `switch`, `break`, `#requires`, the keywords of comment-based help.
extension Completer {
    /// What can stand behind a keyword; nil when the first word is none that says.
    func keyword(_ first: String, _ scan: CompletionScan, behind follows: String) -> [CompletionResult]? {
        let pattern = Self.pattern(scan.word)
        func offered(_ names: [String], _ kind: CompletionResult.Kind = .keyword) -> [CompletionResult] {
            names.filter(pattern.matches).map { CompletionResult($0, kind) }
        }
        let words = scan.level.words
        switch first {
        case "function", "filter", "class", "enum": return words.count == 1 ? [] : nil
        case "using":
            if words.count == 1 { return offered(["assembly", "module", "namespace", "type"]) }
            switch words[1].raw.lowercased() {
            case "namespace": return types(scan.word).filter { $0.kind == .namespace } + namespaces(scan.word)
            case "module":
                let files = paths(scan).filter {
                    $0.kind == .providerContainer || $0.text.lowercased().trimmed(of: "'\"").hasSuffix(".psm1")
                        || $0.text.lowercased().trimmed(of: "'\"").hasSuffix(".psd1")
                }
                return moduleNames(scan.word, quote: scan.quote) + files
            case "assembly":
                return paths(scan).filter { $0.kind == .providerContainer || $0.text.lowercased().hasSuffix(".dll") }
            default: return nil
            }
        case "switch":
            guard scan.raw.hasPrefix("-") else { return nil }
            let written = Set(words.map(\.raw.folded))
            return ["CaseSensitive", "Exact", "File", "Regex", "Wildcard"].filter {
                "-\($0)".folded.hasPrefix(scan.raw.folded) && !written.contains("-\($0)".folded)
            }.map { CompletionResult("-" + $0, listItem: $0, .parameterName) }
        case "break", "continue":
            // A label that stands there already is the one.
            guard words.count == 1, !scan.raw.hasPrefix(":"), follows.trimmed.first.map({ ";})".contains($0) }) ?? true
            else { return [] }
            return offered(
                outline.loops.filter { $0.range.start < outline.cursor && outline.cursor <= $0.range.end }.map(\.label),
                .text)
        default: return nil
        }
    }

    private func namespaces(_ word: String) -> [CompletionResult] {
        guard !word.contains(".") else { return [] }
        let pattern = Self.pattern(word)
        let known = Set(TypeCatalog.allNames.compactMap { $0.split(separator: ".").first.map(String.init) })
        return known.filter { pattern.matches($0) && $0 != "System" }.sorted().map { CompletionResult($0, .namespace) }
    }

    func moduleNames(_ word: String, quote: Character?) -> [CompletionResult] {
        if word.contains("/") { return [] }
        let pattern = Self.pattern(word)
        var seen: Set<String> = []
        let all = (runspace.modules.names + runspace.modules.availableNames(runspace)).filter {
            seen.insert($0.folded).inserted
        }
        var found = all.filter(pattern.matches)
        if found.isEmpty, !word.isEmpty {
            // By the last part of a name: `Utility`.
            found = all.filter { name in
                name.lastIndex(of: ".").map { pattern.matches(String(name[name.index(after: $0)...])) } ?? false
            }
        }
        return found.sorted { $0.folded < $1.folded }.map {
            CompletionResult(Self.written($0, quote: quote), listItem: $0, .parameterValue)
        }
    }

    /// Whether the cursor is where new names are declared: `param($a`, `class X { $a`.
    func declaresNames(_ scan: CompletionScan) -> Bool {
        let index = scan.levels.count - 1
        guard index > 0, !scan.level.hasKey, scan.level.words.allSatisfy({ $0.raw.hasPrefix("[") }) else {
            return false
        }
        let outer = scan.levels[index - 1]
        if scan.level.opener == "{" { return outer.words.first?.raw.lowercased() == "class" }
        guard scan.level.opener == "(" else { return false }
        if outer.words.last?.raw.lowercased() == "param" { return true }
        if scan.opening(of: index).trimmed.lowercased() == "param" { return true }
        return ["function", "filter"].contains(outer.words.first?.raw.lowercased()) && !outer.words.isEmpty
    }

    // MARK: #requires

    func requirement(_ text: String, at start: Int) -> (Int, [CompletionResult]) {
        let rest = String(text.dropFirst("requires ".count))
        let scan = CompletionScan("requires " + rest)
        let begin = start + 1 + scan.bytes(before: scan.start)
        let pattern = Self.pattern(scan.word)
        if scan.levels.count > 1 {
            if scan.level.opener != "@{" { return (begin, []) }
            if scan.level.hasKey {
                guard scan.level.keys.last?.folded == "modulename" else { return (begin, []) }
                return (begin, moduleNames(scan.word, quote: scan.quote))
            }
            return (
                begin,
                moduleKeys(scan.level.keys).filter(pattern.matches).map { CompletionResult($0, .property) }
            )
        }
        let names = scan.level.words.map(\.raw).filter { $0.hasPrefix("-") }.map { $0.dropFirst().lowercased() }
        if scan.raw.hasPrefix("-") {
            let alone = names.last.map { $0 == "runasadministrator" } ?? false
            if alone { return (begin, []) }
            let wanted = Self.pattern(String(scan.raw.dropFirst()))
            return (
                begin + 1,
                ["Modules", "PSEdition", "RunAsAdministrator", "Version"].filter {
                    wanted.matches($0) && !names.contains($0.lowercased())
                }.map { CompletionResult($0, .parameterName) }
            )
        }
        switch names.last {
        case "modules": return (begin, moduleNames(scan.word, quote: scan.quote))
        case "psedition":
            return (begin, ["Core", "Desktop"].filter(pattern.matches).map { CompletionResult($0, .parameterValue) })
        case "version":
            return (
                begin,
                ["7.0", "7.1", "7.2", "7.3", "7.4", "7.5"].filter(pattern.matches).map {
                    CompletionResult($0, .parameterValue)
                }
            )
        default: return (begin, [])
        }
    }

    // MARK: Comment-based help

    private static let helpKeywords = [
        "COMPONENT", "DESCRIPTION", "EXAMPLE", "EXTERNALHELP", "FORWARDHELPCATEGORY", "FORWARDHELPTARGETNAME",
        "FUNCTIONALITY", "INPUTS", "LINK", "NOTES", "OUTPUTS", "PARAMETER", "REMOTEHELPRUNSPACE", "ROLE", "SYNOPSIS",
    ]

    /// - Parameters:
    ///   - text: of the comment, up to the cursor.
    ///   - start: where the comment begins.
    func helpKeyword(_ text: String, at start: Int) -> (Int, [CompletionResult]) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let line = lines.last else { return (start, []) }
        let end = start + 2 + text.utf8.count
        let body = line.drop(while: \.isWhitespace)
        guard body.hasPrefix(".") else { return (end, []) }
        let words = body.dropFirst().split(whereSeparator: \.isWhitespace).map(String.init)
        let hasSpace = body.contains(where: \.isWhitespace)
        let earlier = lines.dropLast().map { $0.trimmed.folded }
        guard hasSpace else {
            let prefix = words.first ?? ""
            let pattern = Self.pattern(prefix)
            let written = Set(earlier.compactMap { $0.split(whereSeparator: \.isWhitespace).first.map(String.init) })
            return (
                end - prefix.utf8.count,
                Self.helpKeywords.filter { name in
                    pattern.matches(name)
                        && (["PARAMETER", "EXAMPLE", "LINK"].contains(name) || !written.contains("." + name.folded))
                }.map { CompletionResult($0, .keyword) }
            )
        }
        let word = words.count > 1 ? words[words.count - 1] : ""
        let begin = end - word.utf8.count
        let pattern = Self.pattern(word)
        switch words.first?.uppercased() {
        case "PARAMETER":
            let named = Set(earlier.filter { $0.hasPrefix(".parameter ") }.map { String($0.dropFirst(11)).trimmed })
            return (
                begin,
                documented(from: start).filter { pattern.matches($0) && !named.contains($0.folded) }.map {
                    CompletionResult($0, .parameterValue)
                }
            )
        case "FORWARDHELPTARGETNAME": return (begin, commands(word, programs: false))
        case "FORWARDHELPCATEGORY":
            return (
                begin,
                [
                    "Alias", "All", "Cmdlet", "ExternalScript", "FAQ", "Filter", "Function", "General", "Glossary",
                    "HelpFile", "Provider", "ScriptCommand",
                ].filter(pattern.matches).map { CompletionResult($0, .parameterValue) }
            )
        case "REMOTEHELPRUNSPACE":
            return (
                begin,
                visibleVariables.map(\.name).filter(pattern.matches).sorted { $0.folded < $1.folded }.map {
                    CompletionResult($0, .variable)
                }
            )
        case "EXTERNALHELP":
            return (
                begin, paths(word, quote: nil).filter { $0.kind == .providerContainer || $0.text.hasSuffix(".xml") }
            )
        default: return (begin, [])
        }
    }

    /// The parameters of what a comment that begins at `start` documents: the function right behind it, the one it stands in, or the
    /// script.
    private func documented(from start: Int) -> [String] {
        let inside = outline.functions.filter { $0.body.range.start < start && start < $0.body.range.end }
            .max { $0.range.start < $1.range.start }
        if let next = outline.functions.filter({ $0.range.start > start }).min(by: { $0.range.start < $1.range.start }),
            inside.map({ next.range.start < $0.body.range.end }) ?? true
        {
            let between = next.range.source.text(start, next.range.start)
            let behind = between.firstRange(of: "#>").map { between[$0.upperBound...] } ?? ""
            if behind.filter(\.isNewline).count <= 2 { return next.body.names }
            if outline.blocks.first?.parameters == nil { return inside?.body.names ?? [] }
        }
        return inside?.body.names ?? outline.blocks.first?.names ?? []
    }
}

extension FerryLanguage.ScriptBlock {
    fileprivate var names: [String] { parameters?.parameters.map(\.name) ?? [] }
}
