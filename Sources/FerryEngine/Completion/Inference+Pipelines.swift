import FerryLanguage

extension Inference {
    // MARK: Statements

    func guess(_ statement: Statement, at place: Int) -> Guess? {
        if let expression = statement.soleExpression { return guess(expression, at: place) }
        let found = output(statement, at: place)
        return found.count == 1 ? found[0] : found.isEmpty ? nil : .elements(found)
    }

    /// What a block's statements put out.
    func output(_ block: StatementBlock, at place: Int) -> [Guess] {
        block.statements.flatMap { output($0, at: $0.range.start) }
    }

    private func output(_ statement: Statement, at place: Int) -> [Guess] {
        switch statement {
        case .pipeline(let pipeline): return stream(pipeline, through: pipeline.elements.count - 1)
        case .chain(let chain): return output(chain.first, at: place)
        case .conditional(let node):
            return (node.clauses.map(\.body) + [node.otherwise].compactMap { $0 }).flatMap { output($0, at: place) }
        case .foreach(let node): return output(node.body, at: place)
        case .loop(let node): return output(node.body, at: place)
        case .for(let node): return output(node.body, at: place)
        case .switch(let node):
            return (node.clauses.map(\.body) + [node.otherwise].compactMap { $0 }).flatMap { output($0, at: place) }
        case .try(let node): return output(node.body, at: place)
        case .leave(let node) where node.kind == .return:
            return node.value.map { output($0, at: place) } ?? []
        case .assignment, .leave, .jump, .function, .data: return []
        }
    }

    // MARK: Pipelines

    /// The objects that come out of a pipeline's stage, one of each kind.
    func stream(_ pipeline: Pipeline, through last: Int) -> [Guess] {
        guard last >= 0, last < pipeline.elements.count, let next = deeper else { return [] }
        switch pipeline.elements[last] {
        case .expression(let element):
            return next.elements(of: next.guess(element.expression, at: element.range.start))
        case .command(let command): return next.output(of: command, in: pipeline, at: last)
        }
    }

    private func output(of command: Command, in pipeline: Pipeline, at index: Int) -> [Guess] {
        guard let name = command.literalName else {
            if case .scriptBlock(let block) = command.name { return output(of: block.block) }
            return []
        }
        if let function = outline.function(named: name) {
            let declared = types(of: function.body.parameters?.attributes ?? [])
            return declared.isEmpty ? reading(function)?.output(of: function.body) ?? [] : declared
        }
        guard let entry = completer.command(named: name) else { return [] }
        func before() -> [Guess] { stream(pipeline, through: index - 1) }
        switch entry.name {
        case "Where-Object", "Sort-Object", "Tee-Object", "Get-Unique", "Write-Output", "Out-Default", "Out-Host":
            if index == 0 { return values(of: command).compactMap { guess($0, at: command.range.start) } }
            return before()
        case "Select-Object": return selected(command, before())
        case "ForEach-Object":
            var found: [Guess] = []
            for value in values(of: command) {
                if case .scriptBlock(let block) = value {
                    found += output(of: block.block)
                } else if let name = Self.text(value), let part = property(name, of: .elements(before())) {
                    found += elements(of: part)
                }
            }
            return found
        case "New-Object":
            guard let name = values(of: command).first.flatMap(Self.text), let type = TypeCatalog.resolve(name) else {
                return []
            }
            if case .hashtable? = values(of: command).dropFirst().first, type == .psObject || type.kindIsCustom,
                let table = values(of: command).dropFirst().first,
                case .table(let keys, _)? = guess(table, at: command.range.start)
            {
                return [.table(keys, isObject: true)]
            }
            return [.type(type)]
        default: break
        }
        if case .cmdlet = entry.commandType {
        } else if let function = entry as? FunctionCommand {
            let declared = types(of: function.compiled.syntax.parameters?.attributes ?? [])
            if !declared.isEmpty { return declared }
        }
        let outputs = entry.signature?.outputs ?? []
        return (outputs.isEmpty ? CommandOutput.types(of: entry.name) : outputs).map { .type($0) }
    }

    private func output(of block: FerryLanguage.ScriptBlock) -> [Guess] {
        [block.begin, block.process, block.end].compactMap { $0 }.flatMap { output($0.body, at: $0.range.start) }
    }

    /// `[OutputType('System.IO.FileInfo')]`, `[OutputType([int])]`
    private func types(of attributes: [Attribute]) -> [Guess] {
        attributes.filter { $0.typeName.matches("OutputType") }.flatMap(\.positional).compactMap { argument in
            switch argument {
            case .type(let type): resolve(type.typeName).map { .type($0) }
            case .string(let string):
                TypeCatalog.resolve(string.value).map { .type($0) } ?? .type(RuntimeType(string.value))
            default: nil
            }
        }
    }

    /// `Select-Object Name, Length` makes objects of those; `-ExpandProperty` gives a property's values.
    private func selected(_ command: Command, _ input: [Guess]) -> [Guess] {
        var names: [String] = []
        var expanded: String?
        var pending: String?
        for argument in command.arguments {
            switch argument {
            case .parameter(let parameter):
                let name = parameter.name.folded
                pending = name
                if let value = parameter.argument, "expandproperty".hasPrefix(name) { expanded = Self.text(value) }
            case .value(let value):
                defer { pending = nil }
                if let name = pending, !name.isEmpty, !"property".hasPrefix(name) {
                    if "expandproperty".hasPrefix(name), name.hasPrefix("exp") { expanded = Self.text(value) }
                    continue
                }
                let parts: [Expression] = if case .array(let array) = value { array.elements } else { [value] }
                for part in parts {
                    if let name = Self.text(part) {
                        names.append(name)
                    } else if case .table(let keys, _)? = guess(part, at: part.range.start),
                        case .value(.string(let name))? = keys.first(where: {
                            ["name", "n", "label", "l"].contains($0.name.folded)
                        })?.value
                    {
                        names.append(name)
                    }
                }
            default: break
            }
        }
        if let expanded { return elements(of: property(expanded, of: .elements(input))) }
        if names.isEmpty || names.contains(where: { $0.contains("*") }) { return input }
        return [.table(names.map { ($0, property($0, of: .elements(input))) }, isObject: true)]
    }

    private func values(of command: Command) -> [Expression] {
        command.arguments.compactMap { argument in
            switch argument {
            case .value(let value): value
            case .parameter(let parameter): parameter.argument
            default: nil
            }
        }
    }

    private static func text(_ expression: Expression) -> String? {
        if case .string(let string) = expression { string.value } else { nil }
    }
}

extension RuntimeType {
    fileprivate var kindIsCustom: Bool { if case .customObject = kind { true } else { false } }
}
