import FerryLanguage

/// Reads `[Parameter(…)]`, `[CmdletBinding(…)]` and the validation attributes of script functions into a `Signature`.
enum AttributeReader {
    private static func constant(_ expression: Expression, _ frame: Frame) throws(Stop) -> Value {
        try Compiler(layout: Layout()).expression(expression).evaluate(frame)
    }

    private static func named(_ attribute: Attribute, _ name: String, _ frame: Frame) throws(Stop) -> Value? {
        guard let argument = attribute.named.first(where: { $0.name.folded == name.folded }) else { return nil }
        return try argument.value.map { value throws(Stop) in try constant(value, frame) } ?? .bool(true)
    }

    private static func positional(_ attribute: Attribute, _ frame: Frame) throws(Stop) -> [Value] {
        var values: [Value] = []
        for expression in attribute.positional { values.append(try constant(expression, frame)) }
        return values
    }

    // MARK: Signature

    /// - Parameter name: of the function; also what completes its error ids, as in PowerShell.
    static func signature(_ compiled: CompiledBlock, name: String, _ frame: Frame) throws(Stop) -> Signature {
        let block = compiled.parameters?.block
        let binding = block?.attributes.first { $0.typeName.matches("CmdletBinding") }
        let isAdvanced = compiled.syntax.isAdvanced
        var specs: [ParameterSpec] = []
        for item in compiled.parameters?.items ?? [] {
            specs.append(try spec(item.declaration, isAdvanced: isAdvanced, frame))
        }
        var setNames: [String] = []
        for spec in specs {
            for set in spec.roles.keys.sorted() where set != ParameterSpec.allSets && !setNames.contains(set) {
                setNames.append(set)
            }
        }
        let defaultSet = try binding.flatMap { binding throws(Stop) in
            try named(binding, "DefaultParameterSetName", frame)?.display
        }
        if let defaultSet, !setNames.contains(where: { $0.folded == defaultSet.folded }), !setNames.isEmpty {
            setNames.append(defaultSet)
        }
        let positionalBinding =
            try binding.flatMap { binding throws(Stop) in try named(binding, "PositionalBinding", frame)?.isTrue }
            ?? true
        if positionalBinding { numberPositions(&specs) }
        var impact: ConfirmImpact?
        if let binding, try named(binding, "SupportsShouldProcess", frame)?.isTrue == true {
            let level = try named(binding, "ConfirmImpact", frame)?.display.lowercased() ?? "medium"
            impact =
                level == "high" ? .high : (level == "low" ? .low : (level == "none" ? ConfirmImpact.none : .medium))
        }
        var signature = Signature(
            name: name, typeName: name, impact: impact, defaultSet: defaultSet, specs: specs, sets: setNames,
            hasCommonParameters: isAdvanced)
        signature.takesLooseArguments = !isAdvanced
        return signature
    }

    /// Parameters take positions in order of declaration, unless any has one written out. Switches have none.
    private static func numberPositions(_ specs: inout [ParameterSpec]) {
        guard !specs.contains(where: { $0.roles.values.contains { $0.position != nil } }) else { return }
        var next = 0
        for index in specs.indices where !specs[index].isSwitch {
            for set in specs[index].roles.keys where specs[index].roles[set]?.takesRemaining != true {
                specs[index].roles[set]?.position = next
            }
            next += 1
        }
    }

    private static func spec(_ declaration: ParameterDeclaration, isAdvanced: Bool, _ frame: Frame) throws(Stop)
        -> ParameterSpec
    {
        var type = RuntimeType.object
        if let syntax = declaration.type {
            type = try TypeCatalog.resolve(syntax, frame.runspace, at: syntax.range, frame)
        }
        var spec = ParameterSpec(name: declaration.name, type: type)
        spec.isTyped = declaration.type != nil
        for node in declaration.attributes {
            guard case .attribute(let attribute) = node else { continue }
            if attribute.typeName.matches("Parameter") {
                let (set, role) = try role(attribute, frame)
                spec.roles[set] = role
                if try named(attribute, "DontShow", frame)?.isTrue == true { spec.isHidden = true }
            } else if attribute.typeName.matches("Alias") {
                spec.aliases += try positional(attribute, frame).flatMap { $0.elements ?? [$0] }.map(\.display)
            } else if attribute.typeName.matches("AllowNull") {
                spec.allowsNull = true
            } else if attribute.typeName.matches("AllowEmptyString") {
                spec.allowsEmptyString = true
            } else if attribute.typeName.matches("AllowEmptyCollection") {
                spec.allowsEmptyCollection = true
            } else if attribute.typeName.matches("ArgumentCompleter") {
                spec.completer = try positional(attribute, frame).first?.asScriptBlock?.syntax
            } else if attribute.typeName.matches("ArgumentCompletions") {
                spec.completions += try positional(attribute, frame).flatMap { $0.elements ?? [$0] }.map(\.display)
            } else if attribute.typeName.matches("SupportsWildcards") {
                spec.supportsWildcards = true
            } else if let validation = try validation(attribute, frame) {
                spec.validations.append(validation)
            }
        }
        if spec.roles.isEmpty { spec.roles[ParameterSpec.allSets] = ParameterRole() }
        return spec
    }

    private static func role(_ attribute: Attribute, _ frame: Frame) throws(Stop) -> (String, ParameterRole) {
        var role = ParameterRole()
        role.isMandatory = try named(attribute, "Mandatory", frame)?.isTrue ?? false
        if let position = try named(attribute, "Position", frame),
            case .number(let number) = try Conversion.convert(position, to: .int32)
        {
            role.position = number.asInt64.map { Int($0) }
        }
        if try named(attribute, "ValueFromPipeline", frame)?.isTrue == true { role.pipeline.insert(.byValue) }
        if try named(attribute, "ValueFromPipelineByPropertyName", frame)?.isTrue == true {
            role.pipeline.insert(.byProperty)
        }
        role.takesRemaining = try named(attribute, "ValueFromRemainingArguments", frame)?.isTrue ?? false
        role.help = try named(attribute, "HelpMessage", frame)?.display
        return (try named(attribute, "ParameterSetName", frame)?.display ?? ParameterSpec.allSets, role)
    }

    // MARK: Validation

    /// The check an attribute stands for; `nil` for attributes that check nothing.
    static func validation(_ attribute: Attribute, _ frame: Frame) throws(Stop) -> Validation? {
        let arguments = try positional(attribute, frame)
        func number(_ index: Int) -> Double {
            index < arguments.count ? Arithmetic.operandNumber(arguments[index])?.asDouble ?? 0 : 0
        }
        let type = attribute.typeName
        if type.matches("ValidateNotNull") { return .notNull }
        if type.matches("ValidateNotNullOrEmpty") { return .notNullOrEmpty }
        if type.matches("ValidateNotNullOrWhiteSpace") { return .notNullOrWhiteSpace }
        if type.matches("ValidateSet") {
            let ignoreCase = try named(attribute, "IgnoreCase", frame)?.isTrue ?? true
            return .set(arguments.flatMap { $0.elements ?? [$0] }.map(\.display), ignoreCase: ignoreCase)
        }
        if type.matches("ValidateRange") {
            if arguments.count == 1 {
                let name = arguments[0].display.lowercased()
                let kind = [Validation.RangeKind.positive, .nonNegative, .negative, .nonPositive].first {
                    $0.rawValue.lowercased() == name
                }
                return kind.map { .rangeKind($0) }
            }
            return .range(number(0), number(1))
        }
        if type.matches("ValidateLength") { return .length(Int(number(0)), Int(number(1))) }
        if type.matches("ValidateCount") { return .count(Int(number(0)), Int(number(1))) }
        if type.matches("ValidatePattern") {
            let message = try named(attribute, "ErrorMessage", frame)?.display
            let options = try named(attribute, "Options", frame)
            let ignoreCase = options.map { $0.display.lowercased().contains("ignorecase") } ?? true
            return .pattern(arguments.first?.display ?? "", ignoreCase: ignoreCase, message: message)
        }
        if type.matches("ValidateScript") {
            let message = try named(attribute, "ErrorMessage", frame)?.display
            return arguments.first?.asScriptBlock.map { .script($0.syntax, message: message) }
        }
        return nil
    }
}
