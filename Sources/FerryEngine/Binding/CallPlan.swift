import FerryLanguage

/// How the arguments written at one place reach the parameters of one plain function: worked out once, and good as long as that
/// place calls that function.
///
/// There is a plan where binding can decide nothing: the function has no attributes on its parameters and none of a pipeline's
/// blocks, and the arguments are values and full parameter names. Everything else goes through `ParameterBinder`.
final class CallPlan {
    /// An argument, evaluated in order. What it is to the binder, should a value need conversion after all.
    struct Step {
        enum Form {
            case value(written: String?)
            /// `-Name value`: two words for the binder; `-Name:value` is one.
            case named(String, written: String, isOneWord: Bool)
            case present(String, written: String)
        }
        let node: ExpressionNode
        let form: Form
        let range: SourceRange
        /// The parameter, or `nil` for `$args`.
        var slot: Int?
    }

    /// A parameter of the function, and where its value comes from.
    struct Place {
        let name: String
        /// Of the parameter's variable.
        let slot: Int
        /// The step that gives the value; -1 when none does.
        let step: Int
        let defaultValue: ExpressionNode?
        /// What the variable goes on converting to.
        let type: RuntimeType?
        let isTyped: Bool
        /// What the parameter is without an argument and a default.
        let unbound: RuntimeType
    }

    let function: FunctionCommand
    let signature: Signature
    let range: SourceRange
    let invocationName: String
    let steps: [Step]
    let places: [Place]
    let takesLoose: Bool
    /// By step: the type its value must have already; `nil` where anything will do.
    private let types: [RuntimeType?]
    /// The node of the first step: most calls have no other.
    private let first: ExpressionNode

    init?(_ function: FunctionCommand, _ signature: Signature, _ node: CommandNode, _ name: String) {
        let compiled = function.compiled
        guard !signature.hasCommonParameters, compiled.begin == nil, compiled.process == nil, compiled.clean == nil,
            compiled.dynamicParameters == nil,
            signature.parameters.allSatisfy({ $0.validations.isEmpty && $0.isInAllSets })
        else { return nil }
        guard var steps = CallPlan.named(node.arguments, signature) else { return nil }
        var taken = Set(steps.compactMap(\.slot))
        var open = signature.parameters.indices.filter {
            signature.parameters[$0].roles[ParameterSpec.allSets]?.position != nil
        }.sorted {
            (signature.parameters[$0].roles[ParameterSpec.allSets]?.position ?? 0)
                < (signature.parameters[$1].roles[ParameterSpec.allSets]?.position ?? 0)
        }[...]
        for index in steps.indices {
            guard case .value = steps[index].form else { continue }
            while let next = open.first, taken.contains(next) { open.removeFirst() }
            guard let slot = open.popFirst() else { break }
            taken.insert(slot)
            steps[index].slot = slot
        }
        self.function = function
        self.signature = signature
        range = node.range
        invocationName = name
        self.steps = steps
        takesLoose = steps.contains { $0.slot == nil }
        first = steps.first?.node ?? ConstantNode(node.range, .null)
        types = steps.map { step in
            guard let type = step.slot.map({ signature.parameters[$0].type }) else { return nil }
            if case .object = type.kind { return nil } else { return type }
        }
        places = (compiled.parameters?.items ?? []).enumerated().map { index, item in
            let spec = signature.parameters[index]
            var type: RuntimeType? = spec.isTyped ? spec.type : nil
            if case .object? = type?.kind { type = nil }
            return Place(
                name: item.declaration.name, slot: item.slot, step: steps.firstIndex { $0.slot == index } ?? -1,
                defaultValue: item.defaultValue, type: type, isTyped: type != nil, unbound: spec.type)
        }
    }

    /// The steps with those that name their parameter resolved; `nil` where the binder is needed.
    private static func named(_ arguments: [CommandNode.ArgumentNode], _ signature: Signature) -> [Step]? {
        var steps: [Step] = []
        var taken: Set<Int> = []
        var index = 0
        while index < arguments.count {
            defer { index += 1 }
            switch arguments[index] {
            case .value(let node, let written, let range, _):
                steps.append(Step(node: node, form: .value(written: written), range: range, slot: nil))
            case .parameter(let name, let node, let written, let range):
                guard let spec = signature.parameters.first(where: { $0.key == name.folded }),
                    taken.insert(spec.slot).inserted
                else { return nil }
                if let node {
                    let form = Step.Form.named(name, written: written, isOneWord: true)
                    steps.append(Step(node: node, form: form, range: range, slot: spec.slot))
                } else if spec.isSwitch {
                    steps.append(
                        Step(
                            node: PresentSwitchNode(range), form: .present(name, written: written), range: range,
                            slot: spec.slot))
                } else {
                    guard index + 1 < arguments.count, case .value(let value, _, _, _) = arguments[index + 1] else {
                        return nil
                    }
                    index += 1
                    let form = Step.Form.named(name, written: written, isOneWord: false)
                    steps.append(Step(node: value, form: form, range: range, slot: spec.slot))
                }
            case .splat, .endOfParameters, .verbatim: return nil
            }
        }
        return steps
    }

    /// The values of all steps, in the order they are written, and whether none needs conversion.
    func evaluate(_ frame: Frame) throws(Stop) -> (values: [Value], fit: Bool) {
        if steps.count == 1 {
            let value = try first.evaluate(frame)
            let fits = takes(value, 0)
            return ([value.isNothing ? .null : value], fits)
        }
        var values: [Value] = []
        values.reserveCapacity(steps.count)
        var fit = true
        for index in steps.indices {
            let value = try steps[index].node.evaluate(frame)
            if !takes(value, index) { fit = false }
            values.append(value.isNothing ? .null : value)
        }
        return (values, fit)
    }

    @inline(__always) private func takes(_ value: Value, _ step: Int) -> Bool {
        if case .object(let object) = value, object is ParameterWord { return false }
        guard let type = types[step] else { return true }
        return CallPlan.fits(value.isNothing ? .null : value, type)
    }

    static func fits(_ value: Value, _ type: RuntimeType) -> Bool {
        switch (type.kind, value) {
        case (.object, _): return true
        case (.string, .string), (.bool, .bool), (.char, .char), (.dateTime, .date), (.timeSpan, .span),
            (.guid, .guid), (.version, .version):
            return true
        case (.hashtable, .table(let table)): return table.kind == .hashtable
        case (.number(let kind), .number(let number)): return number.kind == kind
        case (.switchParameter, .object(let object)): return object is SwitchObject
        case (.scriptBlock, .object(let object)): return object is ScriptBlock
        default: return false
        }
    }

    /// The evaluated arguments as the binder takes them.
    func arguments(_ values: [Value]) -> [Argument] {
        var arguments: [Argument] = []
        for (index, step) in steps.enumerated() {
            let value = values[index]
            switch step.form {
            case .value(let written): arguments.append(Argument(value: value, written: written, range: step.range))
            case .present(let name, let written):
                arguments.append(Argument(.parameter(name, nil), written: written, range: step.range))
            case .named(let name, let written, let isOneWord):
                if isOneWord {
                    arguments.append(Argument(.parameter(name, value), written: written, range: step.range))
                } else {
                    arguments.append(Argument(.parameter(name, nil), written: written, range: step.range))
                    arguments.append(Argument(value: value, range: step.range))
                }
            }
        }
        return arguments
    }

    /// `$MyInvocation` of a call with these values.
    func invocation(_ values: [Value]) -> Invocation {
        let invocation = Invocation(
            commandName: function.name, command: function, range: range, invocationName: invocationName)
        invocation.unboundArguments = loose(values)
        let bindings = Bindings(signature.parameters)
        for (index, step) in steps.enumerated() {
            if let slot = step.slot { bindings.bind(slot, to: values[index]) }
        }
        invocation.bindings = bindings
        return invocation
    }

    /// `$args`
    func loose(_ values: [Value]) -> [Value] {
        guard takesLoose else { return [] }
        return steps.indices.filter { steps[$0].slot == nil }.map { values[$0] }
    }
}

/// `-Force`, said and no more.
private final class PresentSwitchNode: ExpressionNode {
    override func evaluate(_ frame: Frame) throws(Stop) -> Value { .object(SwitchObject(true)) }
}
