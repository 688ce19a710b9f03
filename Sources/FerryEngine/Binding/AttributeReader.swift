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

    /// The positional arguments of an attribute as texts.
    static func words(_ attribute: Attribute, _ frame: Frame) throws(Stop) -> [String] {
        try positional(attribute, frame).flatMap { $0.elements ?? [$0] }.map(\.display)
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
        try checkAliases(specs)
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
        var outputs: [RuntimeType] = []
        for attribute in block?.attributes ?? [] where attribute.typeName.matches("OutputType") {
            for argument in attribute.positional { outputs += try declaredOutputs(argument, frame) }
        }
        var signature = Signature(
            name: name, typeName: name, impact: impact, defaultSet: defaultSet, outputs: outputs, specs: specs,
            sets: setNames,
            hasCommonParameters: isAdvanced)
        signature.takesLooseArguments = !isAdvanced
        return signature
    }

    /// The types that an argument of `OutputType` names. One that nothing here makes is a name all the same: a declaration of what
    /// comes out keeps no function from running.
    private static func declaredOutputs(_ argument: Expression, _ frame: Frame) throws(Stop) -> [RuntimeType] {
        func named(_ name: String) -> RuntimeType { TypeCatalog.resolve(name) ?? RuntimeType(name) }
        if case .array(let array) = argument {
            var types: [RuntimeType] = []
            for element in array.elements { types += try declaredOutputs(element, frame) }
            return types
        }
        if case .type(let type) = argument {
            do throws(Stop) {
                if case .type(let known) = try constant(argument, frame) { return [known] }
            } catch {
                guard error.record != nil else { throw error }
            }
            return [RuntimeType(type.typeName.range.text)]
        }
        let value = try constant(argument, frame)
        return (value.elements ?? [value]).map { if case .type(let type) = $0 { type } else { named($0.display) } }
    }

    /// Parameters take positions in order of declaration, unless any has one written out or is in a set of its own. Switches have
    /// none.
    private static func numberPositions(_ specs: inout [ParameterSpec]) {
        guard
            !specs.contains(where: { $0.roles.contains { $0.key != ParameterSpec.allSets || $0.value.position != nil } }
            )
        else { return }
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
        for name in ["HelpMessage", "HelpMessageBaseName", "HelpMessageResourceId"] {
            guard let text = try named(attribute, name, frame)?.display, text.isEmpty else { continue }
            throw Stop.runtime(
                "Argument", .invalidArgument,
                "The argument \(name) of the Parameter attribute is empty. Give it a text.",
                exception: "System.Management.Automation.PSArgumentException"
            ).located(attribute.range, frame)
        }
        return (try named(attribute, "ParameterSetName", frame)?.display ?? ParameterSpec.allSets, role)
    }

    /// No alias may be another parameter's name.
    private static func checkAliases(_ specs: [ParameterSpec]) throws(Stop) {
        for spec in specs where !spec.aliases.isEmpty {
            for alias in spec.aliases {
                guard let other = specs.first(where: { $0.key == alias.folded && $0.key != spec.key }) else { continue }
                throw .runtime(
                    "ParameterNameConflictsWithAlias", .metadataError,
                    "The parameter \"\(other.name)\" cannot be specified because it conflicts with the parameter alias of "
                        + "the same name for parameter \"\(spec.name)\".",
                    exception: "System.Management.Automation.MetadataException")
            }
        }
    }

    // MARK: Validation

    /// The attributes' constructors, by how many arguments they take.
    private static let counts: [(name: String, counts: ClosedRange<Int>)] = [
        ("ValidateNotNull", 0...0), ("ValidateNotNullOrEmpty", 0...0), ("ValidateNotNullOrWhiteSpace", 0...0),
        ("ValidateRange", 1...2), ("ValidateLength", 2...2), ("ValidateCount", 2...2), ("ValidatePattern", 1...1),
        ("ValidateScript", 1...1),
    ]

    /// The least and the most of `ValidateLength` and `ValidateCount`: whole numbers that are not negative, in this order.
    private static func limits(_ attribute: Attribute, _ arguments: [Value], _ id: String) throws(Stop) -> (Int, Int) {
        var found: [Int] = []
        for argument in arguments {
            guard case .number(let number) = try Conversion.convert(argument, to: .int32), let whole = number.asInt64,
                whole >= 0
            else { throw constructing(attribute, "ArgumentOutOfRange") }
            found.append(Int(whole))
        }
        if found[0] > found[1] {
            throw metadata(
                attribute, id,
                "The maximum \(found[1]) of the attribute \(attribute.typeName.name) is less than its minimum \(found[0])."
            )
        }
        return (found[0], found[1])
    }

    /// The error of an attribute whose constructor refuses its arguments; the reason's id is inside.
    private static func constructing(_ attribute: Attribute, _ id: String) -> Stop {
        let name = "System.Management.Automation.ValidationMetadataException"
        let message =
            "Cannot construct the attribute '\(attribute.typeName.name)': its arguments \(attribute.range.text) are out of "
            + "range or are none of the values it takes."
        let inner = ExceptionObject(name, message)
        let record = ErrorRecord(ExceptionObject(name, message), errorID: id, category: .metadataError)
        inner.details = [("ErrorRecord", .object(record))]
        return .runtime(
            "ExceptionConstructingAttribute", .metadataError, message,
            exception: "System.Management.Automation.MetadataException", inner: inner)
    }

    private static func metadata(_ attribute: Attribute, _ id: String, _ message: String) -> Stop {
        .runtime(
            id, .metadataError, message, target: .string(attribute.typeName.name),
            exception: "System.Management.Automation.ValidationMetadataException")
    }

    private static func checkCount(_ attribute: Attribute, _ count: Int, _ frame: Frame) throws(Stop) {
        guard let known = counts.first(where: { attribute.typeName.matches($0.name) }), !known.counts.contains(count)
        else { return }
        throw MethodCall.noOverload(known.name + "Attribute", count).located(attribute.range, frame)
    }

    /// The check an attribute stands for; `nil` for attributes that check nothing.
    static func validation(_ attribute: Attribute, _ frame: Frame) throws(Stop) -> Validation? {
        let arguments = try positional(attribute, frame)
        let type = attribute.typeName
        try checkCount(attribute, arguments.count, frame)
        if type.matches("ValidateNotNull") { return .notNull }
        if type.matches("ValidateNotNullOrEmpty") { return .notNullOrEmpty }
        if type.matches("ValidateNotNullOrWhiteSpace") { return .notNullOrWhiteSpace }
        if type.matches("ValidateSet") {
            let ignoreCase = try named(attribute, "IgnoreCase", frame)?.isTrue ?? true
            return .set(
                arguments.flatMap { $0.elements ?? [$0] }.map(\.display), ignoreCase: ignoreCase,
                message: try named(attribute, "ErrorMessage", frame)?.display)
        }
        if type.matches("ValidateRange") {
            if arguments.count == 1 {
                let name = arguments[0].display.lowercased()
                let kind = [Validation.RangeKind.positive, .nonNegative, .negative, .nonPositive].first {
                    $0.rawValue.lowercased() == name
                }
                guard let kind else {
                    throw constructing(attribute, "SubstringDisambiguationEnumParseThrewAnException")
                }
                return .rangeKind(kind)
            }
            let numbers = arguments.map { value -> Double? in
                if case .string = value { return nil }
                return Arithmetic.operandNumber(value)?.asDouble
            }
            guard let low = numbers[0], let high = numbers[1] else {
                if arguments[0].typeName == arguments[1].typeName { return nil }
                throw metadata(
                    attribute, "MinRangeNotTheSameTypeOfMaxRange",
                    "The specified minimum range (\(arguments[0].display)) cannot be accepted because it is not the same type "
                        + "as the maximum range (\(arguments[1].display)). Update the ValidateRange attribute for the "
                        + "parameter.")
            }
            if low > high {
                throw metadata(
                    attribute, "MaxRangeSmallerThanMinRange",
                    "The specified maximum range (\(arguments[1].display)) cannot be accepted because it is less than the "
                        + "specified minimum range (\(arguments[0].display)). Update the ValidateRange attribute for the "
                        + "parameter.")
            }
            return .range(low, high)
        }
        if type.matches("ValidateLength") {
            let (low, high) = try limits(attribute, arguments, "ValidateLengthMaxLengthSmallerThanMinLength")
            return .length(low, high)
        }
        if type.matches("ValidateCount") {
            let (low, high) = try limits(attribute, arguments, "ValidateRangeMaxLengthSmallerThanMinLength")
            return .count(low, high)
        }
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
