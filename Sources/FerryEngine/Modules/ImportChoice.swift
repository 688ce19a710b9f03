/// What an import brings into the importer's scope, and under which names.
package struct ImportChoice {
    /// Goes before the noun of every command: `Get-Thing` comes as `Get-MyThing`.
    package var prefix: String?
    /// Patterns of names. Once one kind is named, the others bring nothing.
    package var functions: [String]?
    package var aliases: [String]?
    package var variables: [String]?
    /// Commands that exist already stay what they are: `-NoClobber`.
    package var keepsExisting = false

    package init() {}

    private var namesSome: Bool { functions != nil || aliases != nil || variables != nil }

    private func brings(_ name: String, _ patterns: [String]?) -> Bool {
        guard let patterns else { return !namesSome }
        return patterns.contains { WildcardPattern($0).matches(name) }
    }

    func brings(function name: String) -> Bool { brings(name, functions) }
    func brings(alias name: String) -> Bool { brings(name, aliases) }
    func brings(variable name: String) -> Bool { brings(name, variables) }

    /// - Parameter standard: the manifest's `DefaultCommandPrefix`.
    func name(of command: String, standard: String) -> String {
        let prefix = prefix ?? standard
        guard !prefix.isEmpty else { return command }
        guard let hyphen = command.firstIndex(of: "-") else { return prefix + command }
        return command[...hyphen] + prefix + command[command.index(after: hyphen)...]
    }
}
