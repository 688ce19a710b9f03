extension Completer {
    private static let limit = 1000

    func paths(_ scan: CompletionScan, isCommand: Bool = false) -> [CompletionResult] {
        var quote = scan.quote
        if quote == nil, let mark = scan.raw.first, mark == "'" || mark == "\"" { quote = mark }
        return paths(scan.word, quote: quote, isCommand: isCommand && !scan.level.isCalled)
    }

    /// Files and folders that begin as typed, `~` and the folder part kept as written; hidden ones only when their dot is typed.
    /// Drives of the session (`env:`, `function:`, `variable:`, `alias:`) as well.
    func paths(
        _ word: String, quote: Character?, isCommand: Bool = false, foldersOnly: Bool = false
    ) -> [CompletionResult] {
        if let colon = word.firstIndex(of: ":"), !word.contains("/") || word[..<colon].allSatisfy(\.isLetter) {
            return driveItems(
                String(word[..<colon]), String(word[word.index(after: colon)...]).trimmed(of: "/"), quote)
        }
        var (folder, leaf) = ("", word)
        if word == "~" {
            (folder, leaf) = ("~/", "")
        } else if let slash = word.lastIndex(of: "/") {
            (folder, leaf) = (String(word[...slash]), String(word[word.index(after: slash)...]))
        }
        let home = folder.isEmpty ? runspace.location.path : runspace.location.resolve(folder)
        let pattern = Self.pattern(leaf)
        // Without a folder a name is written `./name`, as a command needs it.
        let prefix = folder.isEmpty ? "./" : folder
        var results: [CompletionResult] = []
        for name in FileText.entries(of: home).sorted(by: { $0.folded < $1.folded }) {
            guard pattern.matches(name), leaf.hasPrefix(".") || !name.hasPrefix(".") else { continue }
            let full = PathText.join(home, name)
            let isFolder = FileText.isDirectory(full)
            if foldersOnly, !isFolder { continue }
            if isCommand, !isFolder, !FileText.isExecutable(full), !name.lowercased().hasSuffix(".ps1") { continue }
            let text = Self.written(prefix + name, quote: quote)
            results.append(
                CompletionResult(
                    isCommand && text.hasPrefix("'") || isCommand && text.hasPrefix("\"") ? "& " + text : text,
                    listItem: name, isFolder ? .providerContainer : .providerItem, toolTip: full))
            if results.count >= Self.limit { break }
        }
        return results
    }

    private func driveItems(_ drive: String, _ prefix: String, _ quote: Character?) -> [CompletionResult] {
        let names: [String]
        switch drive.folded {
        case "env": names = Environment.all.map(\.name)
        case "variable": names = visibleVariables.map(\.name)
        case "function":
            names = runspace.knownCommands(frame).filter { $0.commandType == .function }.map(\.name)
        case "alias": names = runspace.knownCommands(frame).filter { $0.commandType == .alias }.map(\.name)
        default: return []
        }
        let pattern = Self.pattern(prefix)
        return names.filter(pattern.matches).sorted { $0.folded < $1.folded }.map {
            CompletionResult(
                Self.written("\(drive):\($0)", quote: quote), listItem: $0, .providerItem, toolTip: "\(drive):\($0)")
        }
    }
}
