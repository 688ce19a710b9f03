extension Completer {
    private static let limit = 1000

    func paths(_ scan: CompletionScan, isCommand: Bool = false) -> [CompletionResult] {
        var quote = scan.quote
        if quote == nil, let mark = scan.raw.first, mark == "'" || mark == "\"" { quote = mark }
        return paths(scan.word, quote: quote, isCommand: isCommand && !scan.level.isCalled)
    }

    /// Files and folders that begin as typed, wildcards in any part of the path included; hidden ones only when their dot is typed.
    /// Names of this folder are written `./name`, `~` and drives stay as they are written. Drives of the session (`env:`,
    /// `function:`, `variable:`, `alias:`) as well.
    ///
    /// - Parameter isLiteral: brackets in names stand for themselves.
    func paths(
        _ word: String, quote: Character?, isCommand: Bool = false, foldersOnly: Bool = false, isLiteral: Bool = false
    ) -> [CompletionResult] {
        let word = expanded(word.replacing("\\", with: "/"), quote)
        var prefix = ""
        var rest = word
        if let colons = word.firstRange(of: "::") {
            let provider = String(word[..<colons.lowerBound])
            guard provider.folded == "filesystem" else {
                return driveItems(provider, String(word[colons.upperBound...]).trimmed(of: "/"), quote, mark: "::")
            }
            prefix = "FileSystem::"
            rest = String(word[colons.upperBound...])
        } else if let colon = word.firstIndex(of: ":"), word[..<colon].allSatisfy({ $0.isLetter || $0.isNumber }) {
            let drive = String(word[..<colon])
            let inside = String(word[word.index(after: colon)...])
            guard let folder = runspace.location.fileDrives.first(where: { $0.name.folded == drive.folded }) else {
                return driveItems(drive, inside.trimmed(of: "/"), quote, mark: isCommand ? ":/" : ":")
            }
            prefix = drive + ":"
            rest = folder.root + (inside.hasPrefix("/") ? inside : "/" + inside)
            return files(rest, quote, isCommand, foldersOnly, isLiteral) { prefix + $0.dropFirst(folder.root.count) }
        }
        if rest.hasPrefix("~/") {
            let home = runspace.location.resolve("~")
            return files(home + rest.dropFirst(), quote, isCommand, foldersOnly, isLiteral) {
                "~" + $0.dropFirst(home.count)
            }
        }
        if rest.hasPrefix("/") { return files(rest, quote, isCommand, foldersOnly, isLiteral) { prefix + $0 } }
        let here = runspace.location.path
        let found = files(here + "/" + rest, quote, isCommand, foldersOnly, isLiteral) {
            Self.relative($0, to: here)
        }
        if found.isEmpty, rest == "~" {
            return paths("~/", quote: quote, isCommand: isCommand, foldersOnly: foldersOnly)
        }
        return found
    }

    /// - Parameter shown: a found path, whole, as it is written in the line.
    private func files(
        _ path: String, _ quote: Character?, _ isCommand: Bool, _ foldersOnly: Bool, _ isLiteral: Bool,
        as shown: (String) -> String
    ) -> [CompletionResult] {
        var folders = [""]
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        for part in parts.dropFirst().dropLast() {
            if part.isEmpty || part == "." { continue }
            if part == ".." {
                folders = folders.map { String($0[..<($0.lastIndex(of: "/") ?? $0.startIndex)]) }
            } else if part.contains(where: { "*?[".contains($0) }), !isLiteral {
                let pattern = WildcardPattern(part)
                folders = folders.flatMap { folder in
                    FileText.entries(of: folder + "/").filter(pattern.matches).map { folder + "/" + $0 }
                }.filter(FileText.isDirectory)
            } else {
                folders = folders.map { $0 + "/" + (isLiteral ? part : WildcardPattern.unescape(part)) }
            }
            if folders.count > Self.limit { folders.removeLast(folders.count - Self.limit) }
        }
        let leaf = parts.last ?? ""
        let pattern = isLiteral ? WildcardPattern(WildcardPattern.escape(leaf) + "*") : Self.pattern(leaf)
        var results: [CompletionResult] = []
        for folder in folders {
            for name in FileText.entries(of: folder.isEmpty ? "/" : folder).sorted(by: {
                Collation.compare($0, $1, caseSensitive: false) < 0
            }) {
                guard leaf.hasPrefix(".") || !name.hasPrefix("."), pattern.matches(name) else { continue }
                let full = folder + "/" + name
                let isFolder = FileText.isDirectory(full)
                if foldersOnly, !isFolder { continue }
                let path = shown(full)
                let text = Self.writtenPath(path, quote: quote, isLiteral: isLiteral || isCommand)
                results.append(
                    CompletionResult(
                        isCommand && (text.hasPrefix("'") || text.hasPrefix("\"")) && quote == nil ? "& " + text : text,
                        listItem: name, isFolder ? .providerContainer : .providerItem, toolTip: full))
                if results.count >= Self.limit { return results }
            }
        }
        return results
    }

    /// A path as it is written from a folder: `./name`, `../name`.
    private static func relative(_ path: String, to folder: String) -> String {
        let (own, base) = (path.split(separator: "/"), folder.split(separator: "/"))
        let common = zip(own, base).prefix { $0 == $1 }.count
        let ups = base.count - common
        let rest = own.dropFirst(common).joined(separator: "/")
        return (ups == 0 ? "./" : String(repeating: "../", count: ups)) + rest
    }

    /// A path as an argument: brackets and backticks escaped where they would be wildcards, in quotes where it needs them.
    private static func writtenPath(_ path: String, quote: Character?, isLiteral: Bool) -> String {
        let hasBrackets = path.contains { "[]".contains($0) }
        let escaped = isLiteral || !(hasBrackets || quote != "\"") ? path : WildcardPattern.escape(path)
        return written(escaped, quote: quote)
    }

    /// `$name` and `$env:name` at the beginning of a path.
    private func expanded(_ word: String, _ quote: Character?) -> String {
        guard word.hasPrefix("$"), quote != "'", let slash = word.firstIndex(of: "/") else { return word }
        let name = String(word[word.index(after: word.startIndex)..<slash])
        let value: String?
        if name.folded.hasPrefix("env:") {
            value = Environment.value(String(name.dropFirst(4)))
        } else {
            value = frame.scope.value(of: Symbol(name))?.display
        }
        return value.map { $0 + word[slash...] } ?? word
    }

    private func driveItems(_ drive: String, _ prefix: String, _ quote: Character?, mark: String) -> [CompletionResult]
    {
        let names: [String]
        var drive = drive
        switch drive.folded {
        case "env", "environment": names = Environment.all.map(\.name)
        case "variable": names = visibleVariables.map(\.name)
        case "function":
            names = runspace.knownCommands(frame).filter { $0.commandType == .function }.map(\.name)
        case "alias": names = runspace.knownCommands(frame).filter { $0.commandType == .alias }.map(\.name)
        default: return []
        }
        if mark == ":/" { drive = drive.prefix(1).uppercased() + drive.dropFirst().lowercased() }
        let pattern = Self.pattern(prefix)
        return names.filter(pattern.matches).sorted { $0.folded < $1.folded }.map {
            CompletionResult(
                Self.written("\(drive)\(mark)\($0)", quote: quote), listItem: $0, .providerItem,
                toolTip: "\(drive)\(mark)\($0)")
        }
    }
}
