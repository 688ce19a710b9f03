import FerryLanguage

/// What is known of a value nobody has computed.
indirect enum Guess {
    case value(Value)
    case type(RuntimeType)
    /// A hashtable, or an object made of one: keys and what they hold.
    case table([(name: String, value: Guess?)], isObject: Bool)
    /// A collection of such elements.
    case elements([Guess])
}

/// Tells what expressions and pipelines give by reading them: values of variables and literals, types of casts, members of known
/// types, what commands say they put out. Nothing of the text is run.
struct Inference {
    let completer: Completer
    let outline: CompletionOutline
    /// Expressions refer to variables that refer to expressions.
    private var depth = 0
    private let effort = Effort()
    /// Where the functions begin whose bodies are being read: one that calls itself puts out nothing more for it.
    private var bodies: Set<Int> = []

    private static let depthLimit = 24

    /// What one question may cost: an array of arrays of variables asks many times as much at each depth.
    private final class Effort {
        var left = 5_000
    }

    init(_ completer: Completer, _ outline: CompletionOutline) {
        self.completer = completer
        self.outline = outline
    }

    private var runspace: Runspace { completer.runspace }

    var deeper: Inference? {
        guard depth < Self.depthLimit, effort.left > 0 else { return nil }
        effort.left -= 1
        var next = self
        next.depth += 1
        return next
    }

    /// For the body of a function; `nil` where it is being read already.
    func reading(_ function: FunctionDefinition) -> Inference? {
        var next = self
        return next.bodies.insert(function.range.start).inserted ? next : nil
    }

    // MARK: Expressions

    /// - Parameter place: where the expression stands in the text, which decides what its variables mean.
    func guess(_ expression: Expression, at place: Int) -> Guess? {
        guard let next = deeper else { return nil }
        switch expression {
        case .number(let number): return .value(Compiler.value(number.value))
        case .string(let string): return .value(.string(string.value))
        case .expandable: return .type(.string)
        case .scriptBlock: return .type(.scriptBlock)
        case .type(let type): return resolve(type.typeName).map { .value(.type($0)) }
        case .variable(let variable): return next.variable(variable, at: place)
        case .cast(let cast): return next.cast(cast.type.typeName, cast.operand, at: place)
        case .attributed(let node): return next.guess(node.operand, at: place)
        case .unary(let node):
            switch node.operator {
            case .plus, .minus, .preIncrement, .preDecrement, .postIncrement, .postDecrement, .bitNot:
                return next.guess(node.operand, at: place) ?? .type(.int32)
            case .not: return .type(.bool)
            case .split: return .elements([.type(.string)])
            case .join: return .type(.string)
            }
        case .binary(let node): return next.binary(node, at: place)
        case .ternary(let node):
            return next.guess(node.then, at: place) ?? next.guess(node.otherwise, at: place)
        case .member(let node): return next.member(node, at: place)
        case .invocation(let node): return next.invocation(node, at: place)
        case .index(let node): return next.index(node, at: place)
        case .array(let node): return .elements(node.elements.compactMap { next.guess($0, at: place) })
        case .arraySubexpression(let node): return .elements(next.output(node.body, at: place))
        case .subexpression(let node):
            let found = next.output(node.body, at: place)
            return found.count == 1 ? found[0] : .elements(found)
        case .parenthesized(let node): return next.guess(node.statement, at: place)
        case .hashtable(let node):
            return .table(
                node.entries.compactMap { entry in
                    guard case .string(let key) = entry.key else { return nil }
                    return (key.value, next.guess(entry.value, at: place))
                }, isObject: false)
        }
    }

    private func binary(_ node: BinaryExpression, at place: Int) -> Guess? {
        switch node.operator {
        case .add, .subtract, .multiply, .divide, .remainder, .coalesce:
            guard let left = guess(node.left, at: place) else { return nil }
            // A product is not the value of its factor.
            if case .value(let value) = left { return .type(value.typeName) }
            return left
        case .format, .join, .replace: return .type(.string)
        case .split: return .elements([.type(.string)])
        case .range: return .elements([.type(.int32)])
        case .bitAnd, .bitOr, .bitXor, .shiftLeft, .shiftRight: return .type(.int32)
        case .as:
            guard case .type(let type) = node.right else { return nil }
            return resolve(type.typeName).map { .type($0) }
        default: return .type(.bool)
        }
    }

    private func cast(_ name: TypeName, _ operand: Expression, at place: Int) -> Guess? {
        if name.matches("pscustomobject") || name.matches("psobject"),
            case .table(let keys, _)? = guess(operand, at: place)
        {
            return .table(keys, isObject: true)
        }
        if name.matches("ordered") { return guess(operand, at: place) }
        return resolve(name).map { $0.kindIsVoid ? .elements([]) : .type($0) }
    }

    func resolve(_ name: TypeName) -> RuntimeType? {
        TypeCatalog.resolve(name.range.text) ?? runspace.registeredTypes[name.key]
    }

    // MARK: Variables

    private func variable(_ variable: VariableExpression, at place: Int) -> Guess? {
        let name = variable.path.name
        if case .drive(let drive) = variable.path.qualifier {
            return drive == "env" ? .value(.string(Environment.value(name) ?? "")) : nil
        }
        switch name.folded {
        case "_", "psitem":
            let found = items(at: place)
            if !found.isEmpty { return found.count == 1 ? found[0] : .elements(found) }
        case "args", "input": return .value(.array([]))
        case "true", "false": return .type(.bool)
        case "null": return nil
        default: break
        }
        if let definition = outline.definition(of: name, at: place) {
            if let found = value(of: definition) { return found }
        }
        guard let known = completer.frame.scope.value(of: Symbol(name)), !known.isNull else { return nil }
        return .value(known)
    }

    private func value(of definition: CompletionOutline.Definition) -> Guess? {
        for attribute in definition.attributes {
            if case .type(let constraint) = attribute, let type = resolve(constraint.typeName) { return .type(type) }
        }
        switch definition.value {
        case .statement(let statement): return guess(statement, at: statement.range.start)
        case .element(let collection):
            return elements(of: guess(collection, at: collection.range.start)).first
        case .parameter(let parameter):
            return parameter.defaultValue.flatMap { guess($0, at: parameter.range.start) }
        case .stage(let pipeline, let index): return stream(pipeline, through: index).first
        case .unknown: return nil
        }
    }

    /// What `$_` may be: the objects of the pipeline whose block holds `place`, the value of a `switch`, an error in a `catch`.
    func items(at place: Int) -> [Guess] {
        var best: (start: Int, find: () -> [Guess])?
        func offer(_ start: Int, _ find: @escaping () -> [Guess]) {
            if best.map({ $0.start < start }) ?? true { best = (start, find) }
        }
        for pipeline in outline.pipelines {
            for (index, element) in pipeline.elements.enumerated() where index > 0 {
                guard case .command(let command) = element, holds(command.range, place) else { continue }
                for argument in command.arguments {
                    let value: Expression?
                    switch argument {
                    case .value(let expression): value = expression
                    case .parameter(let parameter): value = parameter.argument
                    default: value = nil
                    }
                    guard let value, holds(value.range, place) else { continue }
                    offer(value.range.start) { self.stream(pipeline, through: index - 1) }
                }
            }
        }
        for node in outline.switches {
            guard case .value(let value) = node.input else { continue }
            for clause in node.clauses where holds(clause.body.range, place) || holds(clause.pattern.range, place) {
                offer(clause.pattern.range.start) { self.elements(of: self.guess(value, at: value.range.start)) }
            }
        }
        for node in outline.tries {
            for clause in node.catches where holds(clause.body.range, place) {
                offer(clause.body.range.start) { [.type(.errorRecord)] }
            }
        }
        return best?.find() ?? []
    }

    private func holds(_ range: SourceRange, _ place: Int) -> Bool { range.start < place && place <= range.end }

    // MARK: Members

    private func member(_ node: MemberExpression, at place: Int) -> Guess? {
        guard case .name(let name, _) = node.member else { return nil }
        if node.isStatic {
            guard case .value(.type(let type))? = guess(node.target, at: place) else { return nil }
            if let member = type.enumType?.value(named: name) { return .value(.symbol(member)) }
            guard let property = TypeCatalog.table(of: type)?.staticProperty(name.folded) else { return nil }
            return .value(property.get(.type(type)))
        }
        return property(name, of: guess(node.target, at: place))
    }

    /// A property of what is guessed, or of its elements.
    func property(_ name: String, of owner: Guess?) -> Guess? {
        guard let next = deeper else { return nil }
        switch owner {
        case .value(let value):
            if let found = (try? Members.property(name, of: value, runspace)) ?? nil, !found.isNull {
                return .value(found)
            }
            for element in (value.elements ?? []).prefix(8) {
                if let found = next.property(name, of: .value(element)) { return found }
            }
            return nil
        case .type(let type):
            if let known = CommandOutput.propertyType(name, of: type.fullName) { return .type(known) }
            if let sample = completer.sample(of: type) { return next.property(name, of: .value(sample)) }
            guard let entry = Members.entries(of: type, runspace).first(where: { $0.name.folded == name.folded })
            else { return nil }
            return result(of: entry.definition)
        case .table(let keys, _):
            if let key = keys.first(where: { $0.name.folded == name.folded }) { return key.value }
            return name.folded == "count" ? .type(.int32) : nil
        case .elements(let elements):
            if ["count", "length"].contains(name.folded) { return .type(.int32) }
            for element in elements { if let found = next.property(name, of: element) { return found } }
            return nil
        case nil: return nil
        }
    }

    private func invocation(_ node: InvocationExpression, at place: Int) -> Guess? {
        guard case .name(let name, _) = node.member, let target = guess(node.target, at: place) else { return nil }
        if node.isStatic {
            guard case .value(.type(let type)) = target else { return nil }
            if name.folded == "new" { return .type(type) }
            return TypeCatalog.table(of: type)?.staticMethod(name.folded).flatMap { result(of: $0.definitions) }
        }
        switch name.folded {
        case "where": return .elements(elements(of: target))
        case "gettype": return .value(.type(.object))
        default: break
        }
        guard let entry = entries(of: target).first(where: { $0.name.folded == name.folded }) else { return nil }
        return result(of: entry.definition)
    }

    /// The type in front of a member's definition: `string ToUpper()`, `static int Parse(string s)`.
    private func result(of definition: String) -> Guess? {
        var words = definition.split(separator: " ").map(String.init)
        if words.first == "static" { words.removeFirst() }
        guard let name = words.first, let type = TypeCatalog.resolve(name) ?? runspace.registeredType(name) else {
            return nil
        }
        return type.kindIsVoid ? nil : .type(type)
    }

    private func index(_ node: IndexExpression, at place: Int) -> Guess? {
        let target = guess(node.target, at: place)
        if case .string(let key) = node.index, let found = property(key.value, of: target) { return found }
        let elements = elements(of: target)
        var number: Int?
        switch node.index {
        case .number(let index): number = Self.int(index.value)
        case .unary(let unary) where unary.operator == .minus:
            if case .number(let index) = unary.operand { number = Self.int(index.value).map { -$0 } }
        default: break
        }
        guard let number else { return elements.first }
        let place = number < 0 ? elements.count + number : number
        return elements.indices.contains(place) ? elements[place] : elements.first
    }

    private static func int(_ number: NumberValue) -> Int? {
        if case .int32(let value) = number { Int(value) } else { nil }
    }

    /// What enumerating gives.
    func elements(of guess: Guess?) -> [Guess] {
        switch guess {
        case .elements(let elements): return elements
        case .value(let value):
            guard let elements = value.elements else { return [.value(value)] }
            return elements.prefix(16).map { .value($0) }
        case .type(let type): return [.type(type.isArray ? type.arguments.first ?? type : type)]
        case .some(let one): return [one]
        case nil: return []
        }
    }

    /// The members to offer, of each guess those not there yet.
    func entries(of guess: Guess?) -> [MemberEntry] {
        guard let next = deeper else { return [] }
        switch guess {
        case .value(let value): return completer.entries(of: value)
        case .type(let type):
            if let sample = completer.sample(of: type) { return completer.entries(of: sample) }
            return Members.entries(of: type, runspace)
        case .table(let keys, let isObject):
            let own = keys.map { MemberEntry(name: $0.name, kind: "NoteProperty", definition: "object \($0.name)") }
            let owner: Value = isObject ? .object(CustomObject([])) : .table(TableObject())
            return own + Members.entries(of: owner, runspace)
        case .elements(let elements):
            if elements.isEmpty { return [] }
            var found = Members.entries(of: .array([]), runspace)
            for element in elements.prefix(8) { found.add(next.entries(of: element)) }
            return found
        case nil: return []
        }
    }
}

extension [MemberEntry] {
    /// Those of names that are not there.
    mutating func add(_ others: [MemberEntry]) {
        var known = Set(map(\.name.folded))
        for entry in others where known.insert(entry.name.folded).inserted { append(entry) }
    }
}

extension RuntimeType {
    var kindIsVoid: Bool { if case .void = kind { true } else { false } }
}
