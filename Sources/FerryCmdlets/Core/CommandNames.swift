package import FerryEngine

/// Words that PowerShell's own commands take and that only they know: verbs, topics of help.
package struct CommandNames: CompletionSource {
    package init() {}

    package func values(command: String, parameter: String, word: String, bound: [String: [String]])
        -> [CompletionResult]?
    {
        switch (command, parameter) {
        case ("Get-Verb", "Verb"): results(GetVerb.verbs(of: bound["group"] ?? []), word)
        case ("Get-Command", "Verb") where bound["noun"] == nil && bound["module"] == nil:
            results(GetVerb.verbs(of: []), word)
        default: nil
        }
    }

    private func results(_ names: [String], _ word: String) -> [CompletionResult] {
        let pattern = WildcardPattern(word + "*")
        return names.filter(pattern.matches).sorted { $0.lowercased() < $1.lowercased() }.map {
            CompletionResult($0, .parameterValue)
        }
    }
}
