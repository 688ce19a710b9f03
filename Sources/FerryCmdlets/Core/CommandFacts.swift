import FerryEngine

/// What `Get-Command -ShowCommandInfo` gives: a command as plain properties.
enum CommandFacts {
    static func value(_ command: CommandObject) throws(Stop) -> Value {
        let signature = command.signature
        let module = command.entry.moduleName ?? ""
        var sets: [Value] = []
        for set in signature?.sets ?? [] {
            let parameters = (signature?.parameters ?? []).filter { $0.role(in: set) != nil }
            sets.append(
                object([
                    ("Name", .string(set)), ("IsDefault", .bool(signature?.defaultSet == set)),
                    ("Parameters", .array(parameters.map { parameter($0, in: set) })),
                ]))
        }
        return object([
            ("Name", .string(command.entry.name)), ("ModuleName", .string(module)),
            ("Module", object([("Name", .string(module))])), ("CommandType", command.entry.commandType.value),
            ("Definition", .string(command.entry.definition)), ("ParameterSets", .array(sets)),
        ])
    }

    private static func object(_ properties: [(String, Value)]) -> Value { .object(CustomObject(properties)) }

    private static func parameter(_ spec: ParameterSpec, in set: String) -> Value {
        guard let role = spec.role(in: set) else { return .null }
        var valid: [Value] = []
        for case .set(let values, _, _) in spec.validations { valid = values.map { .string($0) } }
        return object([
            ("Name", .string(spec.name)), ("IsMandatory", .bool(role.isMandatory)),
            ("ValueFromPipeline", .bool(role.pipeline.contains(.byValue))),
            ("Position", .count(role.position ?? Int(Int32.min))),
            (
                "ParameterType",
                object([
                    ("FullName", .string(spec.type.fullName)), ("IsEnum", .bool(spec.type.enumType != nil)),
                    ("IsArray", .bool(spec.type.isArray)), ("IsSwitch", .bool(spec.isSwitch)),
                    ("IsString", .bool(spec.type == .string)), ("IsScriptBlock", .bool(spec.type == .scriptBlock)),
                ])
            ),
            ("HasParameterSet", .bool(!valid.isEmpty)), ("ValidParamSetValues", .array(valid)),
        ])
    }
}
