/// `[ParameterAttribute]::new()`, `[ValidateSet]::new('a', 'b')` …: an attribute as an object, for parameters made at run time.
package final class AttributeObject: Object {
    /// The type's name without namespace and `Attribute`, folded.
    private let kind: String
    private let type: RuntimeType
    private let positional: [Value]
    private var settings: [(name: String, value: Value)]

    init(_ type: RuntimeType, _ positional: [Value]) {
        self.type = type
        self.positional = positional
        let name = type.name
        kind = (name.hasSuffix("Attribute") ? String(name.dropLast(9)) : name).folded
        switch kind {
        case "parameter":
            settings = [
                ("Position", .int(.min)), ("ParameterSetName", .string(ParameterSpec.allSets)),
                ("Mandatory", .bool(false)), ("ValueFromPipeline", .bool(false)),
                ("ValueFromPipelineByPropertyName", .bool(false)), ("ValueFromRemainingArguments", .bool(false)),
                ("HelpMessage", .null), ("DontShow", .bool(false)),
            ]
        case "validateset": settings = [("IgnoreCase", .bool(true)), ("ErrorMessage", .null)]
        default: settings = [("ErrorMessage", .null)]
        }
    }

    package override var typeName: RuntimeType { type }
    package override var propertyNames: [String] { settings.map(\.name) }
    package override func property(_ name: String) throws(Stop) -> Value? { setting(name) }
    package override func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool {
        guard let index = settings.firstIndex(where: { $0.name.folded == name.folded }) else { return false }
        settings[index].value = value
        return true
    }

    private func setting(_ name: String) -> Value? { settings.first { $0.name.folded == name.folded }?.value }
    private func number(_ value: Value?) -> Double? { value.flatMap { Arithmetic.operandNumber($0)?.asDouble } }

    func apply(to spec: inout ParameterSpec) {
        let words = positional.flatMap { $0.elements ?? [$0] }
        switch kind {
        case "parameter":
            var role = ParameterRole()
            role.isMandatory = setting("Mandatory")?.isTrue ?? false
            if let position = number(setting("Position")), position >= 0 { role.position = Int(position) }
            if setting("ValueFromPipeline")?.isTrue == true { role.pipeline.insert(.byValue) }
            if setting("ValueFromPipelineByPropertyName")?.isTrue == true { role.pipeline.insert(.byProperty) }
            role.takesRemaining = setting("ValueFromRemainingArguments")?.isTrue ?? false
            spec.isHidden = setting("DontShow")?.isTrue ?? false
            spec.roles[setting("ParameterSetName")?.display ?? ParameterSpec.allSets] = role
        case "alias": spec.aliases += words.map(\.display)
        case "allownull": spec.allowsNull = true
        case "allowemptystring": spec.allowsEmptyString = true
        case "allowemptycollection": spec.allowsEmptyCollection = true
        case "validateset":
            spec.validations.append(.set(words.map(\.display), ignoreCase: setting("IgnoreCase")?.isTrue ?? true))
        case "validaterange":
            if let low = number(words.first), let high = number(words.last) {
                spec.validations.append(.range(low, high))
            }
        case "validatelength", "validatecount":
            guard let low = number(words.first), let high = number(words.last) else { return }
            spec.validations.append(
                kind == "validatelength" ? .length(Int(low), Int(high)) : .count(Int(low), Int(high)))
        case "validatepattern": spec.validations.append(.pattern(words.first?.display ?? ""))
        case "validatescript":
            if let block = words.first?.asScriptBlock { spec.validations.append(.script(block.syntax)) }
        case "validatenotnull": spec.validations.append(.notNull)
        case "validatenotnullorempty": spec.validations.append(.notNullOrEmpty)
        default: break
        }
    }

    static let members: [TypeMembers] = [
        "Parameter", "Alias", "AllowNull", "AllowEmptyString", "AllowEmptyCollection", "ValidateSet", "ValidateRange",
        "ValidateLength", "ValidateCount", "ValidatePattern", "ValidateScript", "ValidateNotNull",
        "ValidateNotNullOrEmpty",
    ].map { name in
        let full = "System.Management.Automation.\(name)Attribute"
        let type = RuntimeType(full, bases: ["System.Attribute", "System.Object"])
        return TypeMembers(full) {
            $0.make { call throws(Stop) in .object(AttributeObject(type, call.arguments)) }
        }
    }
}
