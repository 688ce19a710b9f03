import FerryLanguage

/// What could stand at the cursor of a line: commands, parameters and their values, files, variables, members, types.
///
/// Shape of the answers is PowerShell's `CompletionResult`. Nothing typed is run: members are read of values that variables hold
/// already, of literals, and of what commands say they put out. Usable without a terminal, on the runspace's thread.
package struct Completer {
    let runspace: Runspace
    let frame: Frame
    /// What the text around the cursor defines.
    var outline = CompletionOutline("", cursor: 0, wordEnd: 0, word: "", closers: "")

    package init(_ runspace: Runspace) { self.init(runspace.promptFrame) }

    init(_ frame: Frame) {
        self.frame = frame
        runspace = frame.runspace
    }

    /// - Parameter cursor: in UTF-8 bytes of `text`.
    package func complete(_ text: String, cursor: Int) -> CommandCompletion {
        let bytes = Array(text.utf8)
        let place = CompletionPlace(bytes, cursor: min(max(0, cursor), bytes.count))
        let scan = CompletionScan(place.text)
        var completer = self
        let start = scan.bytes(before: scan.start)
        let isHelp = if case .help = scan.place { true } else { false }
        completer.outline = CompletionOutline(
            text, cursor: isHelp ? place.end : start, wordEnd: place.end, word: scan.raw, closers: scan.closers)
        var (begin, matches) = completer.matches(scan, behind: place.follows)
        // Places behind a gap that was left out are further on in the text.
        if begin >= place.gapStart { begin += place.gapCount }
        return CommandCompletion(matches: matches, start: begin, count: max(0, place.end - begin))
    }

    /// The matches and where what they replace begins, in bytes.
    private func matches(_ scan: CompletionScan, behind follows: String) -> (Int, [CompletionResult]) {
        let start = scan.bytes(before: scan.start)
        switch scan.place {
        case .comment(let text):
            if text.lowercased().hasPrefix("requires ") { return requirement(text, at: start) }
            return (start, history(text))
        case .help(let text): return helpKeyword(text, at: start)
        case .type(let prefix): return (start, types(prefix) + attributes(prefix))
        case .word, .string: break
        }
        if let variable = variablePart(of: scan) {
            let begin = start + scan.raw.dropLast(variable.count).utf8.count
            return (begin, declaresNames(scan) ? [] : variables(variable))
        }
        if scan.quote == nil, let access = MemberAccess(scan.raw) {
            return (start + access.length, members(access, scan))
        }
        if let found = keysOfTable(scan) ?? attributeArguments(scan) { return (start, found) }
        let level = scan.level
        if scan.quote == nil, let name = scan.raw.typeOnly, level.words.isEmpty {
            return (start + scan.raw.utf8.count, statics(name))
        }
        if level.opener == "@{", !level.hasKey, level.words.isEmpty, scan.quote == nil {
            return (start, keys(scan))
        }
        if level.words.isEmpty, let target = level.assigned, level.pipeline.isEmpty,
            let found = assigned(to: target, scan)
        {
            return (start, found)
        }
        if let last = level.words.last, last.raw == ">" { return (start, paths(scan)) }
        guard let first = level.words.first else { return (start, commandPosition(scan)) }
        if let found = keyword(first.raw.lowercased(), scan, behind: follows) { return (start, found) }
        if Self.isExpression(first.raw), !level.isCalled {
            if let found = compared(scan) { return (start, found) }
            return (start, scan.raw.hasPrefix("-") ? operators(scan.raw) : [])
        }
        let command = command(named: first.text)
        if scan.quote == nil, scan.raw.hasPrefix("-"), let found = parameters(scan, command) {
            return (start, found)
        }
        return arguments(scan, command, at: start)
    }

    static func isExpression(_ raw: String) -> Bool {
        guard let first = raw.first else { return false }
        return "$([@'\"".contains(first) || first.isNumber
    }

    /// The command a word names, of the text first; a module that exports it is loaded. Programs have no parameters to offer.
    func command(named name: String) -> CommandEntry? {
        if let function = outline.function(named: name), function.body.hasConstantAttributes {
            return FunctionCommand(
                function.name, runspace.compiled(function.body, layout: Layout()), session: frame.scope.session,
                runspace: runspace, isFilter: function.isFilter, definition: function.definition)
        }
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

    static let operatorNames = [
        "and", "as", "band", "bnot", "bor", "bxor", "ccontains", "ceq", "cge", "cgt", "cin", "cle", "clike", "clt",
        "cmatch", "cne", "cnotcontains", "cnotin", "cnotlike", "cnotmatch", "contains", "creplace", "csplit", "eq",
        "f", "ge", "gt", "icontains", "ieq", "ige", "igt", "iin", "ile", "ilike", "ilt", "imatch", "in", "ine",
        "inotcontains", "inotin", "inotlike", "inotmatch", "ireplace", "is", "isnot", "isplit", "join", "le",
        "like", "lt", "match", "ne", "not", "notcontains", "notin", "notlike", "notmatch", "or", "replace", "shl",
        "shr", "split", "xor",
    ]

    private func operators(_ raw: String) -> [CompletionResult] {
        let prefix = raw.dropFirst().lowercased()
        return Self.operatorNames.filter { $0.hasPrefix(prefix) }.map {
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
        let needsQuotes =
            text.isEmpty || text.first.map { "#@".contains($0) } ?? false
            || text.contains {
                $0.isWhitespace
                    || "'\"`$(){}[];,|&<>\u{2018}\u{2019}\u{201A}\u{201B}\u{201C}\u{201D}\u{201E}".contains($0)
            }
        guard quote != nil || needsQuotes else { return text }
        return text.singleQuoted
    }

    /// Whether a name begins as typed; wildcards in it count.
    static func pattern(_ word: String) -> WildcardPattern { WildcardPattern(word + "*") }
}
