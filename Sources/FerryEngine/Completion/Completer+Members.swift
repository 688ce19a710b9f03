import FerryLanguage

extension Completer {
    func members(_ access: MemberAccess, _ scan: CompletionScan) -> [CompletionResult] {
        let entries: [MemberEntry]
        if access.isStatic {
            let name = access.base.trimmed(of: "[]")
            guard access.base.hasPrefix("["), let type = TypeCatalog.resolve(name) ?? runspace.registeredType(name)
            else { return [] }
            entries = Members.staticEntries(of: type)
        } else {
            entries = self.entries(of: access.base, scan)
        }
        let pattern = Self.pattern(access.prefix)
        let found = entries.filter { pattern.matches($0.name) }.map { entry -> CompletionResult in
            entry.kind.hasSuffix("Method")
                ? CompletionResult(entry.name + "(", listItem: entry.name, .method, toolTip: entry.definition)
                : CompletionResult(entry.name, .property, toolTip: entry.definition)
        }
        return found.sorted { left, right in
            left.kind == right.kind
                ? left.listItem.folded < right.listItem.folded : left.kind == .property
        }
    }

    /// The members of what an expression means, without running anything: values that variables hold and their properties,
    /// literals, types of casts, and what commands say they put out.
    private func entries(of base: String, _ scan: CompletionScan) -> [MemberEntry] {
        if base == "$_" || base.folded == "$psitem" {
            // The object of the pipeline that the enclosing block works on.
            let levels = scan.levels
            for index in levels.indices.dropFirst().reversed() where levels[index].opener == "{" {
                let found = upstream(of: levels[index - 1])
                if !found.isEmpty { return found }
            }
        }
        if let value = value(of: base) { return entries(of: value) }
        if base.hasPrefix("("), base.hasSuffix(")") {
            let inner = CompletionScan(String(base.dropFirst().dropLast()) + " ")
            var level = inner.level
            level.pipeline.append(level.words)
            let found = upstream(of: level)
            if !found.isEmpty { return found }
        }
        // `[datetime]$x`: the cast says the type.
        if base.hasPrefix("["), let end = base.firstIndex(of: "]"), base.index(after: end) < base.endIndex {
            if let type = TypeCatalog.resolve(String(base[base.index(after: base.startIndex)..<end])) {
                return Members.entries(of: type, runspace)
            }
        }
        return []
    }

    /// Members of the elements where a collection enumerates them, and its own.
    private func entries(of value: Value) -> [MemberEntry] {
        var found = Members.entries(of: value, runspace)
        if let first = value.elements?.first {
            for entry in Members.entries(of: first, runspace)
            where !found.contains(where: { $0.name.folded == entry.name.folded }) {
                found.append(entry)
            }
        }
        if case .table(let table) = value {
            for (key, item) in table.pairs {
                let name = key.display
                found.append(
                    MemberEntry(name: name, kind: "Property", definition: "\(item.typeName.shortName) \(name)"))
            }
        }
        return found
    }

    /// `$name.property[0].other` and literals, by reading alone; nil for everything that would have to be run.
    private func value(of base: String) -> Value? {
        guard let block = Parser.parse(base).script?.end, block.body.statements.count == 1,
            case .pipeline(let pipeline) = block.body.statements[0], pipeline.elements.count == 1,
            case .expression(let element) = pipeline.elements[0]
        else { return nil }
        return read(element.expression)
    }

    private func read(_ expression: Expression) -> Value? {
        switch expression {
        case .variable(let variable):
            if case .drive(let drive) = variable.path.qualifier {
                return drive == "env" ? .string(Environment.value(variable.path.name) ?? "") : nil
            }
            return frame.scope.value(of: Symbol(variable.path.name))
        case .string(let string): return .string(string.value)
        case .expandable: return .string("")
        case .number(let number): return Compiler.value(number.value)
        case .member(let member):
            guard case .name(let name, _) = member.member else { return nil }
            if member.isStatic {
                guard case .type(let type) = member.target,
                    let resolved = TypeCatalog.resolve(type.typeName.range.text),
                    let property = TypeCatalog.table(of: resolved)?.staticProperty(name.folded)
                else { return nil }
                return property.get(.type(resolved))
            }
            guard let owner = read(member.target) else { return nil }
            if let found = (try? Members.property(name, of: owner, runspace)) ?? nil { return found }
            for element in owner.elements ?? [] {
                if let found = (try? Members.property(name, of: element, runspace)) ?? nil { return found }
            }
            return nil
        case .index(let index): return read(index.target)?.elements?.first
        default: return nil
        }
    }

    // MARK: Down the pipeline

    /// The members of the objects that reach the command being written: of what the pipeline's first command puts out, past those
    /// that only choose or order.
    func upstream(of level: CompletionScan.Level) -> [MemberEntry] {
        for words in level.pipeline.reversed() {
            guard let first = words.first else { return [] }
            if Completer.isExpression(first.raw) {
                guard let value = value(of: first.raw) else { return [] }
                return Members.entries(of: value.elements?.first ?? value, runspace)
            }
            guard let command = command(named: first.text) else { return [] }
            if Self.passing.contains(command.name) { continue }
            var found: [MemberEntry] = []
            for type in command.signature?.outputs ?? [] {
                for entry in Members.entries(of: type, runspace)
                where !found.contains(where: { $0.name.folded == entry.name.folded }) {
                    found.append(entry)
                }
            }
            return found
        }
        return []
    }

    private static let passing: Set = [
        "Where-Object", "Sort-Object", "Select-Object", "Tee-Object", "Get-Unique", "Write-Output", "Out-Default",
    ]

    // MARK: Types

    func types(_ prefix: String) -> [CompletionResult] {
        // `List[str`: the innermost name.
        let head = prefix.lastIndex { "[,".contains($0) }.map { prefix.index(after: $0) } ?? prefix.startIndex
        let (kept, name) = (String(prefix[..<head]), String(prefix[head...]).trimmed)
        if name.isEmpty { return [] }
        let pattern = Self.pattern(name)
        var results: [CompletionResult] = []
        var seen: Set<String> = []
        for (accelerator, type) in RuntimeType.accelerators.sorted(by: { $0.key < $1.key })
        where pattern.matches(accelerator) && seen.insert(type.key).inserted {
            results.append(
                CompletionResult(kept + accelerator, listItem: accelerator, .type, toolTip: type.fullName))
        }
        var namespaces: Set<String> = []
        for type in TypeCatalog.allNames + runspace.registeredTypes.values.map(\.fullName).sorted() {
            let short = type.split(separator: ".").last.map(String.init) ?? type
            if !name.contains("."), pattern.matches(short), seen.insert(type.folded).inserted {
                results.append(CompletionResult(kept + type, listItem: short, .type, toolTip: type))
            }
            guard pattern.matches(type) || Self.pattern("System." + name).matches(type) else { continue }
            let full = pattern.matches(type) ? type : String(type.dropFirst("System.".count))
            let parts = full.split(separator: ".")
            let depth = name.split(separator: ".", omittingEmptySubsequences: false).count
            if parts.count > depth {
                namespaces.insert(parts.prefix(depth).joined(separator: "."))
            } else if name.contains("."), seen.insert(type.folded).inserted {
                results.append(CompletionResult(kept + full, listItem: short, .type, toolTip: type))
            }
        }
        return results
            + namespaces.sorted().map {
                CompletionResult(
                    kept + $0, listItem: $0.split(separator: ".").last.map(String.init), .namespace,
                    toolTip: "Namespace \($0)")
            }
    }
}

extension Members {
    /// The members objects of a type have, told without one.
    static func entries(of type: RuntimeType, _ runspace: Runspace) -> [MemberEntry] {
        var found: [MemberEntry] = []
        for (name, kind) in NounCatalog.properties(of: type.fullName) {
            found.append(MemberEntry(name: name, kind: "Property", definition: "\(kind) \(name) {get;}"))
        }
        for name in [type.fullName] + type.bases {
            guard let table = TypeCatalog.resolve(name).flatMap(TypeCatalog.table) else { continue }
            for property in table.properties where !found.contains(where: { $0.name == property.name }) {
                found.append(
                    MemberEntry(
                        name: property.name, kind: "Property",
                        definition: "\(property.type.shortName) \(property.name) {get;}"))
            }
            for method in table.methods where !found.contains(where: { $0.name == method.name }) {
                found.append(MemberEntry(name: method.name, kind: "Method", definition: method.definitions))
            }
        }
        for name in runspace.types.names(of: [type.fullName] + type.bases) {
            found.append(MemberEntry(name: name, kind: "ScriptProperty", definition: name))
        }
        return found
    }
}

extension Runspace {
    func registeredType(_ name: String) -> RuntimeType? { registeredTypes[name.folded] }
}
