import FerryLanguage

/// Gives a command's arguments to its parameters: names, then positions, then the rest; later the pipeline's objects.
///
/// Decides parameter sets as it goes: each bound parameter rules out the sets it is not in.
final class ParameterBinder {
    let call: Call
    /// Arguments that no parameter took; only commands that allow it have any.
    private(set) var loose: [Value] = []
    let signature: Signature
    let frame: Frame
    let isScript: Bool
    /// Binds what can be bound before dynamic parameters are known: what fits nothing yet is left over, nothing is asked for.
    private let isPreview: Bool
    /// Sets still possible.
    var validSets: [String]
    /// Bound on the command line, by slot.
    var bound: [Bool]
    /// Bound by the present pipeline object.
    var boundFromInput: [ParameterSpec] = []
    /// The one parameter that takes each object whole, when nothing else takes input: bound without any search.
    var soleInput: SoleInput?
    var hasLookedForSoleInput = false
    /// An object of its own: nothing of it is copied for each of a pipeline's objects.
    final class SoleInput {
        let slot: Int
        let type: RuntimeType
        let takesAnything: Bool
        /// Nulls, empty texts and collections are looked at closer.
        let isMandatory: Bool

        init(_ spec: ParameterSpec) {
            slot = spec.slot
            type = spec.type
            takesAnything =
                switch spec.type.kind {
                case .object, .psObject: true
                default: false
                }
            isMandatory = spec.roles.values.contains { $0.isMandatory }
        }

        @inline(__always) func takes(_ value: Value) -> Bool {
            if takesAnything, !isMandatory { return true }
            return takesClosely(value)
        }

        private func takesClosely(_ value: Value) -> Bool {
            if isMandatory {
                if value.isNull || value.elements != nil { return false }
                if case .string(let text) = value, text.isEmpty { return false }
            }
            return takesAnything || Conversion.matches(value, type)
        }
    }
    /// Script blocks that wait for each object: `-NewName { $_.Name + '.old' }`.
    var delayed: [(spec: ParameterSpec, block: ScriptBlock)] = []

    init(
        signature: Signature, _ arguments: [Argument], _ invocation: Invocation, _ frame: Frame, isScript: Bool = false,
        isPreview: Bool = false
    ) throws(Stop) {
        self.signature = signature
        self.frame = frame
        self.isScript = isScript
        self.isPreview = isPreview
        call = Call(signature: signature, invocation: invocation, parameterSet: signature.sets[0])
        validSets = signature.sets
        bound = Array(repeating: false, count: signature.parameters.count)
        try bindCommandLine(arguments)
    }

    var takesPipelineInput: Bool { !signature.places.input.isEmpty }

    /// An advanced function without pipeline parameters reports each object it is given.
    var isStrictAboutInput: Bool { signature.hasCommonParameters && !signature.takesLooseArguments }

    // MARK: Command line

    private func bindCommandLine(_ arguments: [Argument]) throws(Stop) {
        var positional: [Argument] = []
        var splatted: [(String, Value)] = []
        var index = 0
        var parametersEnded = false
        while index < arguments.count {
            let argument = arguments[index]
            index += 1
            switch argument.kind {
            case .value: positional.append(argument)
            case .endOfParameters: parametersEnded = true
            case .verbatim(let text): positional.append(Argument(value: .string(text)))
            case .splatted(let name, let value): splatted.append((name, value))
            case .parameter(let name, let given):
                if parametersEnded {
                    positional.append(Argument(value: .string(argument.written ?? "-" + name)))
                    continue
                }
                guard let spec = try match(name, argument) else {
                    // Loose functions keep what they do not know.
                    positional.append(
                        Argument(value: .object(ParameterWord(name, written: argument.written ?? "-" + name))))
                    if let given { positional.append(Argument(value: given)) }
                    continue
                }
                if let given {
                    try bindNamed(spec, given, argument)
                } else if spec.isSwitch {
                    try bindNamed(spec, .object(SwitchObject(true)), argument)
                } else {
                    guard index < arguments.count, case .value(let value) = arguments[index].kind else {
                        throw failure(
                            "MissingArgument", .invalidArgument,
                            "Missing an argument for parameter '\(spec.name)'. Specify a parameter of type "
                                + "'\(spec.type.fullName)' and try again.", parameter: spec.name)
                    }
                    let next = arguments[index]
                    index += 1
                    try bindNamed(spec, Self.asWritten(value, next, for: spec), argument)
                }
            }
        }
        for (name, value) in splatted {
            guard let spec = try match(name, Argument(.parameter(name, value), written: "-" + name)) else {
                positional.append(Argument(value: .object(ParameterWord(name, written: "-\(name):"))))
                positional.append(Argument(value: value))
                continue
            }
            if bound[spec.slot] { continue }
            try bindNamed(spec, value, nil)
        }
        try bindPositional(positional)
        try bindDefaults()
        try settleSets()
    }

    /// Some parameter takes what no other does: names that are none, too.
    private var takesRemaining: Bool {
        signature.places.remaining.contains { slot in
            !bound[slot] && validSets.contains { signature.parameters[slot].role(in: $0)?.takesRemaining == true }
        }
    }

    /// The parameter a name means; `nil` for a command that takes loose arguments and has none such.
    private func match(_ name: String, _ argument: Argument) throws(Stop) -> ParameterSpec? {
        let key = name.folded
        for spec in signature.parameters {
            if spec.key == key || spec.aliases.contains(where: { $0.equalsIgnoringCase(key) }) { return spec }
        }
        var candidates = signature.parameters.filter { spec in
            spec.key.hasPrefix(key) || spec.aliases.contains { $0.folded.hasPrefix(key) }
        }
        if candidates.count > 1 {
            let own = candidates.filter { !$0.isCommon }
            if own.count == 1 { candidates = own }
        }
        switch candidates.count {
        case 1: return candidates[0]
        case 0:
            if signature.takesLooseArguments || isPreview || takesRemaining { return nil }
            throw failure(
                "NamedParameterNotFound", .invalidArgument,
                "A parameter cannot be found that matches parameter name '\(name)'.", parameter: name,
                range: argument.range)
        default:
            let names = candidates.map { " -" + $0.name }.joined()
            throw failure(
                "AmbiguousParameter", .invalidArgument,
                "Parameter cannot be processed because the parameter name '\(name)' is ambiguous. Possible matches "
                    + "include:\(names).", parameter: name, range: argument.range)
        }
    }

    private func bindNamed(_ spec: ParameterSpec, _ value: Value, _ argument: Argument?) throws(Stop) {
        if bound[spec.slot] {
            throw failure(
                "ParameterAlreadyBound", .invalidArgument,
                "Cannot bind parameter because parameter '\(spec.name)' is specified more than once. To provide multiple "
                    + "values to parameters that can accept multiple values, use the array syntax. For example, "
                    + "\"-parameter value1,value2,value3\".", parameter: spec.name, range: argument?.range)
        }
        if let block = value.asScriptBlock, delays(spec) {
            delayed.append((spec, block))
            bound[spec.slot] = true
            narrow(to: spec)
            return
        }
        do throws(Stop) {
            try bind(spec, value)
        } catch {
            if let range = argument?.range, case .error(let record) = error, record.position == nil {
                record.position = range
            }
            throw error
        }
    }

    /// A version is read from the text: `-Version 9.0` is a number, and as one it would be 9.
    private static func asWritten(_ value: Value, _ argument: Argument, for spec: ParameterSpec) -> Value {
        guard case .version = spec.type.kind, case .number = value, let text = argument.range?.text,
            text.first?.isNumber == true
        else { return value }
        return .string(text)
    }

    /// A script block for a parameter that takes pipeline input and is not itself about script blocks waits for the input.
    private func delays(_ spec: ParameterSpec) -> Bool {
        guard spec.roles.values.contains(where: { !$0.pipeline.isEmpty }) else { return false }
        switch spec.type.kind {
        case .scriptBlock, .object, .psObject: return false
        case .array:
            switch spec.type.arguments[0].kind {
            case .scriptBlock, .object, .psObject: return false
            default: return true
            }
        default: return true
        }
    }

    func bind(_ spec: ParameterSpec, _ value: Value) throws(Stop) {
        // A script's parameter converts first (null as text is empty); a compiled one is asked about null as it was given.
        if !isScript, value.isNull { try refuseEmpty(.null, spec) }
        let converted = try coerce(value, spec)
        try validate(converted, spec)
        try refuseSuspend(converted, spec)
        call.bindings.bind(spec.slot, to: converted)
        bound[spec.slot] = true
        narrow(to: spec)
        if validSets.isEmpty { throw ambiguousSet() }
    }

    private func narrow(to spec: ParameterSpec) {
        guard !spec.isInAllSets else { return }
        validSets = validSets.filter { spec.roles[$0] != nil }
    }

    // MARK: Positions

    private func bindPositional(_ arguments: [Argument]) throws(Stop) {
        var rest: [Argument] = []
        var queue = arguments[...]
        while let argument = queue.first {
            guard case .value(let value) = argument.kind else {
                queue.removeFirst()
                continue
            }
            if value.asObject is ParameterWord { break }
            let candidates = nextPositional()
            if candidates.isEmpty { break }
            queue.removeFirst()
            try bindOne(of: candidates, value, argument)
        }
        rest += queue
        try bindRemaining(rest)
    }

    /// The unbound parameters at the lowest position that is left.
    private func nextPositional() -> [ParameterSpec] {
        var lowest = Int.max
        var found: [ParameterSpec] = []
        for slot in signature.places.positional where !bound[slot] {
            let spec = signature.parameters[slot]
            for set in validSets {
                guard let role = spec.role(in: set), let position = role.position, !role.takesRemaining else {
                    continue
                }
                if position < lowest {
                    lowest = position
                    found = [spec]
                } else if position == lowest, found.last?.name != spec.name {
                    found.append(spec)
                }
                break
            }
        }
        return found
    }

    /// Several sets may have different parameters at one position: the default set first, and no conversion before conversion.
    private func bindOne(of candidates: [ParameterSpec], _ value: Value, _ argument: Argument) throws(Stop) {
        if candidates.count == 1 { return try bindNamed(candidates[0], value, argument) }
        if isScript, validSets.contains(where: { set in candidates.allSatisfy { $0.role(in: set) != nil } }) {
            throw failure(
                "AmbiguousPositionalParameterNoName", .invalidArgument,
                "The argument '\(value.display)' cannot be bound by its position: more than one parameter has that position.",
                parameter: candidates[0].name, range: argument.range)
        }
        let preferred = candidates.sorted { first, second in
            rank(first) < rank(second)
        }
        var firstFailure: Stop?
        let ready = preferred.filter { accepts(value, $0.type) }
        for spec in ready + preferred.filter({ spec in !ready.contains { $0.slot == spec.slot } }) {
            let saved = (validSets, bound)
            do throws(Stop) {
                return try bindNamed(spec, value, argument)
            } catch {
                (validSets, bound) = saved
                if firstFailure == nil { firstFailure = error }
            }
        }
        if let firstFailure { throw firstFailure }
    }

    func rank(_ spec: ParameterSpec) -> Int {
        guard let set = signature.defaultSet, validSets.contains(set) else { return 0 }
        return spec.role(in: set) != nil ? 0 : 1
    }

    /// Whether the value needs no conversion for the type; an element of an array type counts.
    func accepts(_ value: Value, _ type: RuntimeType) -> Bool {
        if Conversion.matches(value, type) { return true }
        if case .array = type.kind, value.elements == nil { return Conversion.matches(value, type.arguments[0]) }
        if case .array = type.kind, let elements = value.elements {
            return elements.allSatisfy { Conversion.matches($0, type.arguments[0]) }
        }
        return false
    }

    private func bindRemaining(_ arguments: [Argument]) throws(Stop) {
        let values = arguments.compactMap { argument in
            if case .value(let value) = argument.kind { value } else { nil }
        }
        if values.isEmpty { return }
        for slot in signature.places.remaining where !bound[slot] {
            let spec = signature.parameters[slot]
            guard validSets.contains(where: { spec.role(in: $0)?.takesRemaining == true }) else { continue }
            let words = values.map { $0.asObject is ParameterWord ? .string($0.display) : $0 }
            let value: Value = words.count == 1 && words[0].elements != nil ? words[0] : .array(words)
            return try bindNamed(spec, value, nil)
        }
        if signature.takesLooseArguments || isPreview {
            loose = values
            call.invocation.unboundArguments = values
            return
        }
        throw failure(
            "PositionalParameterNotFound", .invalidArgument,
            "A positional parameter cannot be found that accepts argument '\(values[0].display)'.",
            parameter: "", range: arguments.first?.range)
    }

    // MARK: $PSDefaultParameterValues

    private func bindDefaults() throws(Stop) {
        guard signature.hasCommonParameters,
            case .table(let defaults)? = frame.scope.value(of: .defaultParameterValues),
            defaults.count > 0, defaults["Disabled"]?.isTrue != true
        else { return }
        for (key, value) in defaults.pairs {
            let text = key.display
            guard let colon = text.firstIndex(of: ":") else { continue }
            let command = String(text[..<colon]).trimmed
            let parameter = WildcardPattern(String(text[text.index(after: colon)...]).trimmed)
            guard WildcardPattern(command).matches(signature.name) else { continue }
            for spec in signature.parameters where !bound[spec.slot] {
                guard parameter.matches(spec.name) || spec.aliases.contains(where: { parameter.matches($0) }) else {
                    continue
                }
                guard validSets.contains(where: { spec.role(in: $0) != nil }) else { continue }
                var given = value
                if let block = value.asScriptBlock {
                    let output = try block.collect(frame)
                    given = output.count == 1 ? output[0] : .array(output)
                }
                let saved = (validSets, bound)
                do throws(Stop) { try bind(spec, given) } catch { (validSets, bound) = saved }
            }
        }
    }

    // MARK: Sets

    func unsatisfied(_ set: String, countingInput: Bool) -> [ParameterSpec] {
        var missing: [ParameterSpec] = []
        for slot in signature.places.mandatory where !bound[slot] {
            guard let role = signature.parameters[slot].role(in: set), role.isMandatory else { continue }
            if countingInput || role.pipeline.isEmpty { missing.append(signature.parameters[slot]) }
        }
        return missing
    }

    /// After the command line: picks the set, unless pipeline input is still to decide it.
    private func settleSets() throws(Stop) {
        if isPreview { return }
        // A block that waits for its object may have been given to a parameter that goes with none of the others.
        if validSets.isEmpty { throw ambiguousSet() }
        let expectsInput = call.invocation.expectsInput && takesPipelineInput
        if expectsInput {
            // Sets whose missing parameters the pipeline cannot give are out, as long as others are left.
            let possible = validSets.filter { unsatisfied($0, countingInput: false).isEmpty }
            if !possible.isEmpty { validSets = possible }
            if validSets.count == 1 || signature.defaultSet.map(validSets.contains) == true {
                call.parameterSet = validSets.count == 1 ? validSets[0] : signature.defaultSet ?? validSets[0]
            } else {
                call.parameterSet = validSets[0]
            }
            // What no set can get from the pipeline is asked for before it starts.
            let missing = unsatisfied(call.parameterSet, countingInput: false)
            if possible.isEmpty, !missing.isEmpty { try supply(missing) }
            return
        }
        if let (spec, _) = delayed.first {
            throw failure(
                "ScriptBlockArgumentNoInput", .metadataError,
                "Cannot evaluate parameter '\(spec.name)' because its argument is specified as a script block and there is "
                    + "no input. A script block cannot be evaluated without input.", parameter: spec.name)
        }
        call.parameterSet = try chosenSet()
        try supply(unsatisfied(call.parameterSet, countingInput: true))
    }

    private func chosenSet() throws(Stop) -> String {
        if validSets.count == 1 { return validSets[0] }
        if let set = signature.defaultSet, validSets.contains(set), unsatisfied(set, countingInput: true).isEmpty {
            return set
        }
        let complete = validSets.filter { unsatisfied($0, countingInput: true).isEmpty }
        if complete.count == 1 { return complete[0] }
        if let set = signature.defaultSet, validSets.contains(set) { return set }
        if complete.count > 1 {
            // Of several complete sets the one is meant that has mandatory parameters and got them.
            let withMandatory = complete.filter { set in
                signature.places.mandatory.contains { signature.parameters[$0].roles[set]?.isMandatory == true }
            }
            if withMandatory.count == 1 { return withMandatory[0] }
            // Compiled commands list their sets in the order of preference: `Move-VM -VM $vm -DestinationHost NODE1` fits one
            // destination and several.
            if !isScript { return complete[0] }
        }
        throw ambiguousSet()
    }

    /// Asks for missing mandatory parameters where somebody can answer; otherwise an error.
    private func supply(_ missing: [ParameterSpec]) throws(Stop) {
        if missing.isEmpty { return }
        let host = frame.runspace.host
        guard host.isInteractive else {
            let names = missing.map { " " + $0.name }.joined()
            throw failure(
                "MissingMandatoryParameter", .invalidArgument,
                "Cannot process command because of one or more missing mandatory parameters:\(names).",
                parameter: missing[0].name)
        }
        let questions = missing.map { FieldQuestion(name: $0.name, type: $0.type, help: help(for: $0)) }
        host.write(
            FieldQuestion.heading(
                caption: "cmdlet \(signature.name) at command pipeline position \(call.invocation.pipelinePosition)",
                message: "Supply values for the following parameters:", questions))
        for (spec, question) in zip(missing, questions) {
            guard let value = try question.ask(frame.runspace) else { throw .interrupted }
            try bind(spec, value)
        }
    }

    private func help(for spec: ParameterSpec) -> String? {
        (spec.role(in: call.parameterSet) ?? spec.roles.values.first)?.help.flatMap { $0.isEmpty ? nil : $0 }
    }
}
