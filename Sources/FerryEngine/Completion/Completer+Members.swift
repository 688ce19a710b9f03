import FerryLanguage

extension Completer {
    func members(_ access: MemberAccess, _ scan: CompletionScan) -> [CompletionResult] {
        if access.base.hasPrefix("@") && !access.base.hasPrefix("@(") && !access.base.hasPrefix("@{") { return [] }
        if access.isStatic {
            let name = access.base.trimmed(of: "[]")
            guard access.base.hasPrefix("["), let type = TypeCatalog.resolve(name) ?? runspace.registeredType(name)
            else { return [] }
            return results(Members.staticEntries(of: type), access.prefix)
        }
        guard
            let expression = Parser.parse(access.base).script?.end?.body.statements.first?.soleExpression
        else { return [] }
        let inference = Inference(self, outline)
        return results(
            inference.entries(of: inference.guess(expression, at: max(outline.cursor, scan.bytes(before: scan.start)))),
            access.prefix)
    }

    private func results(_ entries: [MemberEntry], _ prefix: String) -> [CompletionResult] {
        let pattern = Self.pattern(prefix)
        var found: [CompletionResult] = []
        for entry in entries where pattern.matches(entry.name) {
            if entry.kind.hasSuffix("Method") {
                found.append(
                    CompletionResult(entry.name + "(", listItem: entry.name, .method, toolTip: entry.definition))
            } else {
                // A key that is no name is written as a text.
                let isName = entry.name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
                found.append(
                    CompletionResult(
                        isName ? entry.name : Self.written(entry.name, quote: "'"), listItem: entry.name, .property,
                        toolTip: entry.definition))
            }
        }
        found.sort { left, right in
            left.kind == right.kind
                ? left.listItem.folded < right.listItem.folded : left.kind == .property
        }
        // Every collection has these.
        for (name, definition) in Self.collectionMethods
        where !entries.isEmpty && pattern.matches(name) && !found.contains(where: { $0.listItem == name }) {
            found.append(CompletionResult(name + "(", listItem: name, .method, toolTip: definition))
        }
        return found
    }

    private static let collectionMethods = [
        ("ForEach", "ForEach(expression [, arguments...])"),
        ("Where", "Where({ expression } [, mode [, numberToReturn]])"),
    ]

    /// `::Name` behind a whole type in brackets.
    func statics(_ name: String) -> [CompletionResult] {
        guard let type = TypeCatalog.resolve(name) ?? runspace.registeredType(name) else { return [] }
        return results(Members.staticEntries(of: type), "").map {
            CompletionResult("::" + $0.text, listItem: $0.listItem, $0.kind, toolTip: $0.toolTip)
        }
    }

    /// Members of the elements where a collection enumerates them, and its own.
    func entries(of value: Value) -> [MemberEntry] {
        var found = Members.entries(of: value, runspace)
        for element in (value.elements ?? []).prefix(4) { found.add(Members.entries(of: element, runspace)) }
        if case .table(let table) = value {
            found.add(
                table.pairs.map { key, item in
                    let name = key.display
                    return MemberEntry(name: name, kind: "Property", definition: "\(item.typeName.shortName) \(name)")
                })
        }
        return found
    }

    /// An object of the type, come by with a command of PowerShell that changes nothing; nil where there is none.
    func sample(of type: RuntimeType) -> Value? {
        guard let text = CommandOutput.sample(type.fullName), let block = try? runspace.makeScriptBlock(text) else {
            return nil
        }
        let sink = CollectingSink()
        let saved = (runspace.lastSucceeded, runspace.errors.elements)
        defer { (runspace.lastSucceeded, runspace.errors.elements) = saved }
        guard (try? block.invoke(frame.silent, arguments: [], newScope: true, output: sink)) != nil else { return nil }
        return sink.values.first
    }

    // MARK: Down the pipeline

    /// What reaches the command at the cursor.
    func upstream(_ scan: CompletionScan) -> [Guess] {
        guard let last = scan.level.pipeline.last, let end = last.first?.start else { return [] }
        let place = scan.bytes(before: end)
        let pipelines = outline.pipelines.filter { $0.range.start <= place && place <= $0.range.end }
        for pipeline in pipelines.reversed() {
            guard let index = pipeline.elements.lastIndex(where: { $0.range.start <= place }),
                pipeline.elements[index].range.start >= place - 1
            else { continue }
            return Inference(self, outline).stream(pipeline, through: index)
        }
        return []
    }

    /// The properties, and with `methods` all members, of what reaches the command.
    func upstreamMembers(_ scan: CompletionScan, methods: Bool = false) -> [MemberEntry] {
        var found: [MemberEntry] = []
        let inference = Inference(self, outline)
        for guess in upstream(scan).prefix(8) {
            found.add(inference.entries(of: guess).filter { methods || !$0.kind.hasSuffix("Method") })
        }
        return found
    }

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
        for name in CommandOutput.propertyNames(of: type.fullName) {
            found.append(MemberEntry(name: name, kind: "Property", definition: "object \(name) {get;}"))
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

extension String {
    /// The name in `[name]`, when that is all there is.
    var typeOnly: String? {
        guard hasPrefix("["), hasSuffix("]"), count > 2, !dropFirst().dropLast().contains("]") || hasSuffix("]]") else {
            return nil
        }
        return String(dropFirst().dropLast())
    }
}

extension Runspace {
    func registeredType(_ name: String) -> RuntimeType? { registeredTypes[name.folded] }
}
