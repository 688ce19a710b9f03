import FerryLanguage

/// Values of enumerations and sets, where a variable or property that takes only those is given one or compared with one.
extension Completer {
    /// - Parameter target: what stands before the `=`, with its attributes.
    func assigned(to target: String, _ scan: CompletionScan) -> [CompletionResult]? {
        let plain = target.trimmed(of: "+-*/%? ")
        guard let script = Parser.parse(plain + " = 1").script, let statement = script.end?.body.statements.first,
            case .assignment(let node) = statement
        else { return nil }
        var (attributes, place): ([AttributeNode], AssignmentTarget) = ([], node.target)
        while case .constrained(let own, let inner, _) = place {
            attributes += own
            place = inner
        }
        if case .variable(let variable) = place {
            attributes += outline.attributes(of: variable.path.name, at: outline.cursor)
            if let found = frame.scope.find(Symbol(variable.path.name)) {
                for case .set(let names, _, _) in found.validations { return literals(names, scan) }
                if attributes.isEmpty, let type = found.type?.enumType { return literals(of: type, scan) }
            }
        }
        for case .attribute(let attribute) in attributes where attribute.typeName.matches("ValidateSet") {
            return literals(attribute.positional.compactMap(Self.literal), scan)
        }
        for case .type(let constraint) in attributes {
            let type = TypeCatalog.resolve(constraint.typeName.range.text)
            return type?.enumType.map { literals(of: $0, scan) }
        }
        let inference = Inference(self, outline)
        let guess: Guess? =
            switch place {
            case .variable(let variable): inference.guess(.variable(variable), at: outline.cursor)
            case .member(let member): inference.guess(.member(member), at: outline.cursor)
            default: nil
            }
        return enumeration(of: guess).map { literals(of: $0, scan) }
    }

    /// The value behind a comparison operator, when what stands before it is of an enumeration.
    func compared(_ scan: CompletionScan) -> [CompletionResult]? {
        let words = scan.level.words
        guard words.count > 1, let last = words.last, CompletionScan.isOperator(last.raw),
            Self.comparisons.contains(last.raw.dropFirst().lowercased()), !scan.raw.hasPrefix("-")
        else { return nil }
        guard
            let expression = Parser.parse(words[words.count - 2].raw).script?.end?.body.statements.first?.soleExpression
        else { return nil }
        let guess = Inference(self, outline).guess(expression, at: outline.cursor)
        return enumeration(of: guess).map { literals(of: $0, scan, quote: "'") }
    }

    private static let comparisons: Set = [
        "eq", "ne", "like", "notlike", "match", "notmatch", "in", "notin", "contains", "notcontains", "ceq", "cne",
        "ieq",
        "ine", "ilike", "clike", "inotlike", "cnotlike", "imatch", "cmatch",
    ]

    func enumeration(of guess: Guess?) -> EnumType? {
        switch guess {
        case .type(let type): type.enumType
        case .value(.symbol(let member)): member.type
        case .elements(let elements): elements.lazy.compactMap { enumeration(of: $0) }.first
        case .value(let value): value.elements?.lazy.compactMap { enumeration(of: .value($0)) }.first
        default: nil
        }
    }

    private static func literal(_ expression: Expression) -> String? {
        switch expression {
        case .string(let string): string.value
        case .number(let number): number.range.text
        default: nil
        }
    }

    private func literals(of type: EnumType, _ scan: CompletionScan, quote: Character? = nil) -> [CompletionResult] {
        literals(type.members.map(\.name).sorted { $0.folded < $1.folded }, scan, quote: quote)
    }

    /// Texts in quotes, numbers without.
    private func literals(_ names: [String], _ scan: CompletionScan, quote: Character? = nil) -> [CompletionResult] {
        let mark = quote ?? scan.quote ?? "'"
        let pattern = Self.pattern(scan.word)
        return names.filter(pattern.matches).map { name in
            let isNumber = scan.quote == nil && Int64(name) != nil
            return CompletionResult(
                isNumber ? name : Self.written(name, quote: mark), listItem: name, .parameterValue)
        }
    }
}
