import FerryEngine

/// What is known about a command: its syntax and what its author wrote, in sections.
final class HelpTopic: HostedBody {
    /// How much of it is shown.
    enum Extent { case summary, examples, detailed, full, parameters([String]) }

    let name: String
    private let syntax: [String]
    private let signature: Signature?
    private let sections: HelpSections
    private let extent: Extent

    init(_ entry: CommandEntry, _ sections: HelpSections, _ extent: Extent) {
        name = entry.name
        signature = entry.signature
        syntax = signature?.syntaxLines ?? [entry.name]
        self.sections = sections
        self.extent = extent
    }

    private static let type = RuntimeType("MamlCommandHelpInfo")
    var typeName: RuntimeType { Self.type }
    var propertyNames: [String] { ["Name", "Synopsis", "Syntax", "Description", "Examples", "Parameters", "Notes"] }

    func property(_ wanted: String) throws(Stop) -> Value? {
        switch wanted.folded {
        case "name": .string(name)
        case "synopsis": .string(synopsis)
        case "syntax": .string(syntax.joined(separator: "\n"))
        case "description": .string(sections.text("description"))
        case "examples": .array(sections.all("example").map { .string($0) })
        case "parameters": .array(shownParameters.map { .string($0.name) })
        case "notes": .string(sections.text("notes"))
        default: nil
        }
    }

    /// PowerShell shows the first line of syntax where nobody wrote a synopsis.
    private var synopsis: String {
        let written = sections.text("synopsis")
        return written.isEmpty ? syntax.first ?? name : written
    }

    private var shownParameters: [ParameterSpec] {
        (signature?.parameters ?? []).filter { !$0.isCommon && !$0.isHidden }
    }

    var text: String {
        if case .parameters(let patterns) = extent { return parameterText(patterns) }
        var blocks = [block("NAME", name), block("SYNOPSIS", synopsis)]
        if case .examples = extent {
            return (blocks + examples).joined(separator: "\n")
        }
        blocks.append(block("SYNTAX", syntax.joined(separator: "\n\n")) + "\n")
        blocks.append(block("DESCRIPTION", sections.text("description")) + "\n")
        switch extent {
        case .summary, .examples, .parameters: break
        case .detailed: blocks.append("PARAMETERS\n" + parameterBlocks(isFull: false).joined(separator: "\n"))
        case .full:
            blocks.append("PARAMETERS\n" + parameterBlocks(isFull: true).joined(separator: "\n"))
            for (title, key) in [("INPUTS", "inputs"), ("OUTPUTS", "outputs"), ("NOTES", "notes")]
            where !sections.text(key).isEmpty {
                blocks.append(block(title, sections.text(key)))
            }
        }
        switch extent {
        case .detailed, .full: blocks += examples
        case .summary, .examples, .parameters: break
        }
        let links = sections.all("link")
        if !links.isEmpty { blocks.append(block("RELATED LINKS", links.joined(separator: "\n"))) }
        if case .summary = extent, !sections.all("example").isEmpty {
            blocks.append(
                block(
                    "REMARKS",
                    "To see the examples, type: \"Get-Help \(name) -Examples\"\n"
                        + "For more information, type: \"Get-Help \(name) -Detailed\"\n"
                        + "For technical information, type: \"Get-Help \(name) -Full\""))
        }
        return blocks.joined(separator: "\n")
    }

    private func block(_ title: String, _ text: String) -> String { title + "\n" + Self.indented(text, by: 4) + "\n" }

    private static func indented(_ text: String, by count: Int) -> String {
        let margin = String(repeating: " ", count: count)
        return text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.isEmpty ? "" : margin + $0
        }.joined(separator: "\n")
    }

    private var examples: [String] {
        sections.all("example").enumerated().map { index, text in
            let title = "    -------------------------- EXAMPLE \(index + 1) --------------------------\n\n"
            return title + Self.indented(text, by: 4) + "\n"
        }
    }

    private func parameterBlocks(isFull: Bool) -> [String] {
        shownParameters.map { parameterBlock($0, isFull: isFull) }
    }

    private func parameterBlock(_ spec: ParameterSpec, isFull: Bool) -> String {
        var text = "    -\(spec.name)" + (spec.isSwitch ? " [<SwitchParameter>]" : " <\(spec.type.shortName)>") + "\n"
        let written = sections.parameters[spec.name.folded] ?? ""
        if !written.isEmpty { text += Self.indented(written, by: 8) + "\n" }
        guard isFull else { return text }
        let roles = spec.roles.values
        let position = roles.compactMap(\.position).min()
        let byValue = roles.contains { $0.pipeline.contains(.byValue) }
        let byName = roles.contains { $0.pipeline.contains(.byProperty) }
        let sources = [byValue ? "ByValue" : nil, byName ? "ByPropertyName" : nil].compactMap { $0 }
        text +=
            "\n        Required?                    \(roles.contains { $0.isMandatory })\n"
            + "        Position?                    \(position.map { String($0 + 1) } ?? "named")\n"
            + "        Accept pipeline input?       "
            + (sources.isEmpty ? "false" : "true (\(sources.joined(separator: ", ")))") + "\n"
            + "        Aliases                      "
            + (spec.aliases.isEmpty ? "none" : spec.aliases.joined(separator: ", "))
            + "\n"
        return text
    }

    /// Whether a parameter of that name or pattern exists.
    func hasParameter(_ patterns: [String]) -> Bool { !parameters(patterns).isEmpty }

    private func parameters(_ patterns: [String]) -> [ParameterSpec] {
        shownParameters.filter { spec in patterns.contains { WildcardPattern($0).matches(spec.name) } }
    }

    private func parameterText(_ patterns: [String]) -> String {
        parameters(patterns).map { parameterBlock($0, isFull: true) }.joined(separator: "\n")
    }
}
