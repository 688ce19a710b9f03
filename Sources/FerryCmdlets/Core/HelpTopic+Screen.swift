import FerryEngine

/// The screens of `Get-Help`: the short one, -Detailed, -Full, -Examples and -Parameter.
extension HelpTopic {
    var text: String {
        switch extent {
        case .parameters(let patterns):
            return parameters(patterns).map { parameterBlock($0, isFull: true) }.joined(separator: "\n")
        case .examples: return (heading + examples).joined(separator: "\n")
        case .summary where sections.isEmpty: return unwritten.joined(separator: "\n")
        case .summary:
            return (heading + [syntaxBlock, descriptionBlock] + linkBlocks + remarks).joined(separator: "\n")
        case .detailed:
            let blocks = heading + [syntaxBlock, descriptionBlock] + parameterBlocks(isFull: false)
            return (blocks + examples + remarks).joined(separator: "\n")
        case .full:
            let blocks = heading + [syntaxBlock, descriptionBlock] + parameterBlocks(isFull: true)
            return (blocks + typeBlocks + examples + linkBlocks).joined(separator: "\n")
        }
    }

    private var heading: [String] { [block("NAME", name), block("SYNOPSIS", synopsis) + "\n"] }

    /// What there is to say of a command nobody described.
    private var unwritten: [String] {
        [block("NAME", name), syntaxBlock, block("ALIASES", "None") + "\n", block("REMARKS", "None") + "\n"]
    }

    private var syntaxBlock: String { block("SYNTAX", syntax.joined(separator: "\n\n")) + "\n" }
    private var descriptionBlock: String { block("DESCRIPTION", sections.text("description")) + "\n" }

    private var typeBlocks: [String] {
        [("INPUTS", "inputs"), ("OUTPUTS", "outputs"), ("NOTES", "notes")]
            .filter { !sections.text($0.1).isEmpty }
            .map { block($0.0, sections.all($0.1).joined(separator: "\n\n")) + "\n" }
    }

    private var linkBlocks: [String] { links.isEmpty ? [] : [block("RELATED LINKS", links.joined(separator: "\n"))] }

    private var remarks: [String] {
        guard !sections.isEmpty else { return [] }
        var lines = [
            "For more information, type: \"Get-Help \(name) -Detailed\"",
            "For technical information, type: \"Get-Help \(name) -Full\"",
        ]
        if !sections.examples.isEmpty {
            lines.insert("To see the examples, type: \"Get-Help \(name) -Examples\"", at: 0)
        }
        if onlineAddress != nil { lines.append("For online help, type: \"Get-Help \(name) -Online\"") }
        return [block("REMARKS", lines.joined(separator: "\n"))]
    }

    /// The first link that is an address.
    var onlineAddress: String? { links.first { $0.hasPrefix("https://") || $0.hasPrefix("http://") } }

    // MARK: Blocks

    private func block(_ title: String, _ text: String) -> String { title + "\n" + Self.indented(text, by: 4) + "\n" }

    private static func indented(_ text: String, by count: Int) -> String {
        let margin = String(repeating: " ", count: count)
        return text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.isEmpty ? "" : margin + $0
        }.joined(separator: "\n")
    }

    private var examples: [String] {
        sections.examples.map { example in
            let rule = String(repeating: "-", count: sections.isFile ? 9 : 26)
            var text = "    \(rule) \(example.title) \(rule)\n\n"
            text += Self.indented(example.introduction + example.code, by: 4) + "\n"
            if !example.remarks.isEmpty { text += "\n" + Self.indented(example.remarks, by: 4) + "\n" }
            return text + "\n"
        }
    }

    private func parameterBlocks(isFull: Bool) -> [String] {
        guard !shownParameters.isEmpty || hasCommonParameters else { return [] }
        var blocks = shownParameters.map { parameterBlock($0, isFull: isFull) }
        if hasCommonParameters {
            blocks.append(
                "    <CommonParameters>\n"
                    + Self.indented(
                        "The common parameters: Verbose, Debug, ErrorAction, ErrorVariable, WarningAction, WarningVariable, InformationAction, InformationVariable, ProgressAction, OutBuffer, OutVariable and PipelineVariable.",
                        by: 8) + "\n")
        }
        return ["PARAMETERS\n" + blocks.joined(separator: "\n")]
    }

    /// Comments are counted from 1, files from 0, as in PowerShell.
    func position(_ facts: ParameterFacts) -> String {
        guard let position = facts.position else { return "named" }
        return String(sections.isFile ? position : position + 1)
    }

    func parameterBlock(_ spec: ParameterSpec, isFull: Bool) -> String {
        var text = "    -\(spec.name)" + (spec.isSwitch ? " [<SwitchParameter>]" : " <\(typeName(of: spec))>") + "\n"
        let written = words(of: spec)
        if !written.isEmpty { text += Self.indented(written, by: 8) + "\n" }
        guard isFull else { return text }
        let facts = ParameterFacts(spec)
        let lines = [
            ("Required?", facts.required), ("Position?", position(facts)), ("Accept pipeline input?", facts.pipeline),
            ("Aliases", facts.aliases), ("Accept wildcard characters?", facts.wildcards),
        ]
        let table = lines.map { label, value in
            label + String(repeating: " ", count: 29 - label.count) + value
        }
        return text + "\n" + Self.indented(table.joined(separator: "\n"), by: 8) + "\n"
    }
}
