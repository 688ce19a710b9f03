/// Values that single commands of PowerShell take.
extension Completer {
    /// nil when nothing is known about the parameter.
    func commandValues(
        _ spec: ParameterSpec, _ command: CommandEntry, _ word: String, _ quote: Character?,
        _ written: WrittenArguments
    ) -> [CompletionResult]? {
        let pattern = Self.pattern(word)
        func offered(_ names: [String]) -> [CompletionResult] {
            names.filter(pattern.matches).map {
                CompletionResult(Self.written($0, quote: quote), listItem: $0, .parameterValue)
            }
        }
        switch (command.name, spec.name) {
        case (_, "Scope") where Self.scoped.contains(command.name): return offered(["Global", "Local", "Script"])
        case ("Set-StrictMode", "Version"): return offered(["1.0", "2.0", "3.0", "Latest"])
        case ("Get-Module", "PSEdition"): return offered(["Desktop", "Core"])
        case ("Get-Command", "Verb") where written.bound["noun"] != nil || written.bound["module"] != nil:
            return offered(parts(written, of: "noun", taking: \.verb))
        case ("Get-Command", "Noun"): return offered(parts(written, of: "verb", taking: \.noun))
        case (_, "Id") where Self.processCommands.contains(command.name):
            return processes().filter { pattern.matches(String($0.id)) }.map {
                CompletionResult(String($0.id), listItem: "\($0.id) - \($0.name)", .parameterValue)
            }
        case (_, "Name") where Self.processCommands.contains(command.name):
            return offered(Array(Set(processes().map(\.name))).sorted { $0.folded < $1.folded })
        case (_, "PSProvider"), ("Get-PSProvider", "PSProvider"):
            return offered(["Alias", "Environment", "FileSystem", "Function", "Variable"])
        case ("Remove-PSDrive", "Name"), ("Get-PSDrive", "Name"), (_, "PSDrive"):
            return offered(["Alias", "Env", "Function", "Variable"] + runspace.location.fileDrives.map(\.name))
        default: return nil
        }
    }

    private static let scoped: Set = [
        "Clear-Variable", "Export-Alias", "Get-Alias", "Get-PSDrive", "Get-Variable", "Import-Alias", "New-Alias",
        "New-PSDrive", "New-Variable", "Remove-Alias", "Remove-PSDrive", "Remove-Variable", "Set-Alias", "Set-Variable",
    ]

    private static let processCommands: Set = ["Get-Process", "Stop-Process", "Wait-Process", "Debug-Process"]

    private struct CommandName {
        var verb: String
        var noun: String
    }

    /// Verbs or nouns of the commands that the other part and the modules written leave, each once.
    private func parts(
        _ written: WrittenArguments, of other: String, taking part: KeyPath<CommandName, String>
    ) -> [String] {
        let patterns = (written.bound[other] ?? []).map { WildcardPattern($0) }
        let modules = (written.bound["module"] ?? []).map { WildcardPattern($0) }
        var found: [String: String] = [:]
        for entry in runspace.knownCommands(frame) {
            guard entry.commandType == .cmdlet || entry.commandType == .function || entry.commandType == .filter,
                let hyphen = entry.name.firstIndex(of: "-")
            else { continue }
            let name = CommandName(
                verb: String(entry.name[..<hyphen]), noun: String(entry.name[entry.name.index(after: hyphen)...]))
            let tested = other == "noun" ? name.noun : name.verb
            guard patterns.isEmpty || patterns.contains(where: { $0.matches(tested) }),
                modules.isEmpty || modules.contains(where: { $0.matches(entry.moduleName ?? "") })
            else { continue }
            found[name[keyPath: part].folded] = name[keyPath: part]
        }
        return found.values.sorted { $0.folded < $1.folded }
    }

    private func processes() -> [(id: Int, name: String)] {
        FileText.entries(of: "/proc").compactMap { entry in
            guard let id = Int(entry), let name = (try? FileText.read("/proc/\(entry)/comm").text)?.trimmed,
                !name.isEmpty
            else { return nil }
            return (id, name)
        }.sorted { $0.id < $1.id }
    }
}
