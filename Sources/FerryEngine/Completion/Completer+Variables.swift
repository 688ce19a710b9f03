import FerryLanguage

extension Completer {
    /// The `$name` (or `@name` of a splatted table) that the word at the cursor ends in; nil when it ends in something else.
    func variablePart(of scan: CompletionScan) -> String? {
        if scan.quote == "'" { return nil }
        let raw = scan.raw
        var name = ""
        var rest = raw[...]
        while let last = rest.last {
            if last.isLetter || last.isNumber || last == "_" || last == ":" || last == "?" {
                name = String(last) + name
                rest.removeLast()
                continue
            }
            break
        }
        if rest.hasSuffix("${") { return "${" + name }
        if rest.hasSuffix("$") {
            // An escaped dollar is a character.
            if rest.dropLast().hasSuffix("`") { return nil }
            return "$" + name
        }
        if rest == "@", !name.isEmpty { return "@" + name }
        return nil
    }

    var visibleVariables: [Variable] {
        var seen: Set<String> = []
        var found: [Variable] = []
        var scope: Scope? = frame.scope
        // `TabExpansion2` has variables of its own.
        if let own = scope?.ownVariables.map(\.name), own.contains("inputScript"), own.contains("cursorColumn") {
            scope = scope?.parent
        }
        while let current = scope {
            for variable in current.ownVariables where seen.insert(variable.name.folded).inserted {
                found.append(variable)
            }
            scope = current.parent
        }
        return found
    }

    /// - Parameter written: with its `$`, `${` or `@`, and a scope or drive.
    func variables(_ written: String) -> [CompletionResult] {
        let isBraced = written.hasPrefix("${")
        let sign = written.hasPrefix("@") ? "@" : "$"
        let name = String(written.dropFirst(isBraced ? 2 : 1))
        var (prefix, rest) = ("", name)
        if let colon = name.firstIndex(of: ":") {
            prefix = String(name[...colon])
            rest = String(name[name.index(after: colon)...])
        }
        let pattern = Self.pattern(rest)
        func result(_ name: String, _ type: String?) -> CompletionResult {
            let needsBraces =
                isBraced || name.contains { !($0.isLetter || $0.isNumber || $0 == "_") } && name != "?" && name != "^"
            let text = needsBraces ? "\(sign){\(prefix)\(name)}" : sign + prefix + name
            let shown = "$" + prefix + name
            return CompletionResult(
                text, listItem: prefix.isEmpty ? name : prefix + name, .variable,
                toolTip: type.map { "[\($0)]\(shown)" } ?? shown)
        }
        func sorted(_ names: [String], type: String?) -> [CompletionResult] {
            names.filter(pattern.matches).sorted { $0.folded < $1.folded }.map { result($0, type) }
        }
        switch prefix.folded {
        case "env:": return sorted(Environment.all.map(\.name), type: "string")
        case "function:":
            return sorted(
                runspace.knownCommands(frame).filter { $0.commandType == .function }.map(\.name), type: "scriptblock")
        case "alias:":
            return sorted(
                runspace.knownCommands(frame).filter { $0.commandType == .alias }.map(\.name), type: "string")
        case "", "global:", "script:", "local:", "private:", "using:", "variable:":
            var named: [String: (name: String, type: String?)] = [:]
            for variable in visibleVariables where pattern.matches(variable.name) {
                let type = variable.value.isNull ? nil : variable.value.typeName.shortName
                named[variable.name.folded] = (variable.name, type)
            }
            // Those of the text, as they are written there.
            for definition in outline.definitions
            where definition.end <= outline.cursor && definition.reach?.contains(outline.cursor) != false
                && pattern.matches(definition.name)
            {
                var type: String?
                for case .type(let constraint) in definition.attributes where type == nil {
                    type = constraint.typeName.name
                }
                let known = named[definition.name.folded]
                named[definition.name.folded] = (known?.name ?? definition.name, type ?? known?.type)
            }
            if prefix.isEmpty {
                for name in ["args", "input", "_", "PSItem"] where pattern.matches(name) && !rest.isEmpty {
                    if named[name.folded] == nil { named[name.folded] = (name, nil) }
                }
            }
            var results = named.values.sorted { $0.name.folded < $1.name.folded }.map { result($0.name, $0.type) }
            if prefix.isEmpty, sign == "$" {
                for drive in ["alias:", "env:", "function:", "global:", "local:", "script:", "variable:"]
                where !rest.isEmpty && pattern.matches(drive) {
                    results.append(CompletionResult("$" + drive, listItem: drive, .variable))
                }
            }
            return results
        default: return []
        }
    }
}
