import FerryLanguage

/// Keys: of tables that are indexed, of calculated properties, of splats, of attributes.
extension Completer {
    /// `$table[`, and types in `Method[`; nil when the cursor is not in such a place.
    func keysOfTable(_ scan: CompletionScan) -> [CompletionResult]? {
        let index = scan.levels.count - 1
        guard scan.level.opener == "[", scan.level.words.isEmpty else { return nil }
        let base = scan.opening(of: index)
        if MemberAccess(base) != nil { return types(scan.word) }
        guard base.hasPrefix("$"),
            let expression = Parser.parse(base).script?.end?.body.statements.first?.soleExpression
        else { return nil }
        let names: [String]
        switch Inference(self, outline).guess(expression, at: outline.cursor) {
        case .value(.table(let table)): names = table.pairs.map { $0.0.display }
        case .table(let keys, false): names = keys.map(\.name)
        default: return nil
        }
        let pattern = Self.pattern(scan.word)
        return names.filter(pattern.matches).map {
            CompletionResult(Self.written($0, quote: "'"), listItem: $0, .text)
        }
    }

    /// The keys a table in the place of the cursor takes, those that are written left out.
    func keys(_ scan: CompletionScan) -> [CompletionResult] {
        let pattern = Self.pattern(scan.word)
        let written = Set(scan.level.keys.map(\.folded))
        return possibleKeys(scan).filter { pattern.matches($0) && !written.contains($0.folded) }.map {
            CompletionResult($0, .property)
        }
    }

    private func possibleKeys(_ scan: CompletionScan) -> [String] {
        let levels = scan.levels
        guard levels.count > 1 else { return [] }
        let outer = levels[levels.count - 2]
        if outer.words.first?.raw.lowercased() == "using" { return moduleKeys(levels[levels.count - 1].keys).sorted() }
        if outer.words.isEmpty, let target = outer.assigned, target.hasPrefix("$") {
            return splatted(String(target.dropFirst()))
        }
        guard let first = outer.words.first, let command = command(named: first.text) else { return [] }
        let written = command.signature.map { WrittenArguments(outer.words, $0, followsComma: outer.followsComma) }
        if written?.next.contains(where: { $0.name == "GroupBy" }) == true {
            return ["Expression", "FormatString", "Label"]
        }
        switch command.name {
        case "Select-Object": return ["Name", "Expression"]
        case "Sort-Object": return ["Expression", "Ascending", "Descending"]
        case "Group-Object", "Measure-Object", "Compare-Object": return ["Expression"]
        case "Format-Table":
            let names = ["Expression", "FormatString", "Label", "Width", "Alignment"]
            // `@{ N…` for `Name`, which means the same.
            return scan.word.lowercased().hasPrefix("n") ? ["Name"] : names
        case "Format-List":
            return scan.word.lowercased().hasPrefix("n") ? ["Name"] : ["Expression", "FormatString", "Label"]
        case "Format-Wide": return ["Expression", "FormatString"]
        case "Format-Custom": return ["Expression", "Depth"]
        case "Invoke-Command" where written?.next.contains { $0.name == "SSHConnection" } == true,
            "New-PSSession" where written?.next.contains { $0.name == "SSHConnection" } == true:
            return ["HostName", "UserName", "Port", "KeyFilePath", "Subsystem", "ConnectingTimeout", "Options"]
        default: return []
        }
    }

    /// The parameters of the command that `@name` is given to.
    private func splatted(_ name: String) -> [String] {
        for command in outline.commands {
            let takes = command.arguments.contains { argument in
                guard case .value(.variable(let variable)) = argument else { return false }
                return variable.isSplatted && variable.path.name.folded == name.folded
            }
            guard takes, let entry = command.literalName.flatMap({ self.command(named: $0) }) else { continue }
            return entry.signature?.ordered.filter { !$0.isHidden }.map(\.name) ?? []
        }
        return []
    }

    /// Keys of a module's specification; two of them name versions that exclude the third.
    func moduleKeys(_ written: [String]) -> [String] {
        let known = Set(written.map(\.folded))
        return ["GUID", "MaximumVersion", "ModuleName", "ModuleVersion", "RequiredVersion"].filter { key in
            if known.contains(key.folded) { return false }
            if known.contains("requiredversion") { return !["ModuleVersion", "MaximumVersion"].contains(key) }
            return key != "RequiredVersion" || known.isDisjoint(with: ["moduleversion", "maximumversion"])
        }
    }

    // MARK: Attributes

    /// `[Parameter(`: what the attribute can be given; nil outside of an attribute.
    func attributeArguments(_ scan: CompletionScan) -> [CompletionResult]? {
        let index = scan.levels.count - 1
        guard index > 1, scan.level.opener == "(", scan.levels[index - 1].opener == "[", !scan.level.hasKey,
            scan.quote == nil
        else { return nil }
        guard let names = Self.attributeNames[scan.opening(of: index).trimmed.folded] else { return nil }
        let written = Set(scan.level.words.map(\.raw.folded))
        let pattern = Self.pattern(scan.word)
        return names.filter { pattern.matches($0) && !written.contains($0.folded) }.map {
            CompletionResult($0, .property)
        }
    }

    private static let attributeNames: [String: [String]] = [
        "parameter": [
            "Position", "ParameterSetName", "Mandatory", "ValueFromPipeline", "ValueFromPipelineByPropertyName",
            "ValueFromRemainingArguments", "HelpMessage", "HelpMessageBaseName", "HelpMessageResourceId", "DontShow",
        ],
        "cmdletbinding": [
            "PositionalBinding", "DefaultParameterSetName", "SupportsShouldProcess", "SupportsPaging",
            "SupportsTransactions", "ConfirmImpact", "HelpUri", "RemotingCapability",
        ],
        "outputtype": ["ProviderCmdlet", "ParameterSetName"],
        "validateset": ["ErrorMessage", "IgnoreCase"],
        "validatepattern": ["Options", "ErrorMessage"],
        "validatescript": ["ErrorMessage"],
    ]

    /// Attributes where a type's name could stand.
    func attributes(_ prefix: String) -> [CompletionResult] {
        if prefix.isEmpty || prefix.contains(where: { ".[,".contains($0) }) { return [] }
        let pattern = Self.pattern(prefix)
        return Self.attributeTypes.filter(pattern.matches).map {
            CompletionResult($0, .type, toolTip: "System.Management.Automation.\($0)Attribute")
        }
    }

    private static let attributeTypes = [
        "Alias", "AllowEmptyCollection", "AllowEmptyString", "AllowNull", "ArgumentCompleter", "ArgumentCompletions",
        "CmdletBinding", "OutputType", "Parameter", "SupportsWildcards", "ValidateCount", "ValidateLength",
        "ValidateNotNull", "ValidateNotNullOrEmpty", "ValidateNotNullOrWhiteSpace", "ValidatePattern", "ValidateRange",
        "ValidateScript", "ValidateSet",
    ]
}

extension FerryLanguage.ScriptBlock {
    /// Whether what its parameters' attributes say can be read without running anything.
    var hasConstantAttributes: Bool {
        let own = parameters?.attributes ?? []
        let all = (parameters?.parameters ?? []).flatMap(\.attributes).compactMap { node -> Attribute? in
            if case .attribute(let attribute) = node { attribute } else { nil }
        }
        return (own + all).allSatisfy { attribute in
            attribute.positional.allSatisfy(\.isConstant) && attribute.named.allSatisfy { $0.value?.isConstant ?? true }
        }
    }
}

extension Expression {
    fileprivate var isConstant: Bool {
        switch self {
        case .number, .string, .type, .scriptBlock: true
        case .variable(let variable): ["true", "false", "null"].contains(variable.path.key)
        case .array(let array): array.elements.allSatisfy(\.isConstant)
        case .unary(let node): node.operator == .minus && node.operand.isConstant
        case .member(let node): if case .type = node.target { node.isStatic } else { false }
        case .cast(let node): node.operand.isConstant
        default: false
        }
    }
}
