/// What could stand at the cursor of a line: commands, parameters and their values, files, variables, members, types.
///
/// Shape of the answers is PowerShell's `CompletionResult`. Nothing typed is run: members are read of values that variables hold
/// already, of literals, and of what commands say they put out. Usable without a terminal, on the runspace's thread.
package struct Completer {
    let runspace: Runspace
    let frame: Frame

    package init(_ runspace: Runspace) { self.init(runspace.promptFrame) }

    init(_ frame: Frame) {
        self.frame = frame
        runspace = frame.runspace
    }

    /// - Parameter cursor: in UTF-8 bytes of `text`.
    package func complete(_ text: String, cursor: Int) -> CommandCompletion {
        let bytes = Array(text.utf8)
        let end = min(max(0, cursor), bytes.count)
        let scan = CompletionScan(String(decoding: bytes[..<end], as: UTF8.self))
        let (start, matches) = matches(scan)
        return CommandCompletion(matches: matches, start: start, count: max(0, end - start))
    }

    /// The matches and where what they replace begins, in bytes.
    private func matches(_ scan: CompletionScan) -> (Int, [CompletionResult]) {
        switch scan.place {
        case .comment(let pattern): return (scan.bytes(before: scan.start), history(pattern))
        case .type(let prefix): return typed(scan, types(prefix))
        case .word, .string: break
        }
        if let variable = variablePart(of: scan) {
            return (
                scan.bytes(before: scan.start) + scan.raw.dropLast(variable.count).utf8.count,
                variables(variable)
            )
        }
        let start = scan.bytes(before: scan.start)
        if scan.quote == nil, let access = MemberAccess(scan.raw) {
            return (start + access.length, members(access, scan))
        }
        let level = scan.level
        if level.opener == "@{", !level.hasKey, level.words.isEmpty, scan.quote == nil {
            return (start, keys(scan))
        }
        if let last = level.words.last, last.raw == ">" { return (start, paths(scan)) }
        guard let first = level.words.first else { return (start, commandPosition(scan)) }
        if Self.isExpression(first.raw), !level.isCalled {
            return (start, scan.raw.hasPrefix("-") ? operators(scan.raw) : [])
        }
        let command = command(named: first.text)
        if scan.quote == nil, scan.raw.hasPrefix("-"), let found = parameters(scan, command) {
            return (start, found)
        }
        return arguments(scan, command, at: start)
    }

    private func typed(_ scan: CompletionScan, _ matches: [CompletionResult]) -> (Int, [CompletionResult]) {
        (scan.bytes(before: scan.start), matches)
    }

    static func isExpression(_ raw: String) -> Bool {
        guard let first = raw.first else { return false }
        return "$([@'\"".contains(first) || first.isNumber
    }

    /// The command a word names; a module that exports it is loaded. Programs have no parameters to offer.
    func command(named name: String) -> CommandEntry? {
        guard let entry = try? runspace.find(name, frame, programs: false) else { return nil }
        return entry.resolved
    }

    // MARK: History

    /// `#text`: earlier commands that contain the text; `#12`: the command of that number.
    private func history(_ pattern: String) -> [CompletionResult] {
        let entries = runspace.history.entries.reversed()
        if let id = Int64(pattern) {
            return entries.filter { $0.id == id }.map { CompletionResult($0.commandLine, .history) }
        }
        var seen: Set<String> = []
        return entries.map(\.commandLine).filter { line in
            (pattern.isEmpty || line.lowercased().contains(pattern.lowercased())) && seen.insert(line).inserted
        }.map { CompletionResult($0, .history) }
    }

    // MARK: Operators

    private func operators(_ raw: String) -> [CompletionResult] {
        let names = [
            "and", "as", "band", "bnot", "bor", "bxor", "ccontains", "ceq", "cge", "cgt", "cin", "cle", "clike", "clt",
            "cmatch", "cne", "cnotcontains", "cnotin", "cnotlike", "cnotmatch", "contains", "creplace", "csplit", "eq",
            "f", "ge", "gt", "icontains", "ieq", "ige", "igt", "iin", "ile", "ilike", "ilt", "imatch", "in", "ine",
            "inotcontains", "inotin", "inotlike", "inotmatch", "ireplace", "is", "isnot", "isplit", "join", "le",
            "like", "lt", "match", "ne", "not", "notcontains", "notin", "notlike", "notmatch", "or", "replace", "shl",
            "shr", "split", "xor",
        ]
        let prefix = raw.dropFirst().lowercased()
        return names.filter { $0.hasPrefix(prefix) }.map {
            CompletionResult("-" + $0, listItem: $0, .parameterName, toolTip: "-" + $0)
        }
    }

    // MARK: Words

    /// A value as it must be written where a word stands: in the quotes that are open, or in some where it needs them.
    static func written(_ text: String, quote: Character? = nil) -> String {
        if quote == "\"" {
            var result = "\""
            for character in text {
                if "\"`$".contains(character) { result.append("`") }
                result.append(character)
            }
            return result + "\""
        }
        let needsQuotes = text.isEmpty || text.contains { $0.isWhitespace || "'\"`$(){}[];,|&<>@#".contains($0) }
        guard quote != nil || needsQuotes else { return text }
        return "'" + text.replacing("'", with: "''") + "'"
    }

    /// Whether a name begins as typed; wildcards in it count.
    static func pattern(_ word: String) -> WildcardPattern { WildcardPattern(word + "*") }
}
