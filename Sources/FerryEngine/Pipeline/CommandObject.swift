/// What `Get-Command` gives: `CmdletInfo`, `FunctionInfo`, `AliasInfo` ….
package final class CommandObject: Object {
    package let entry: CommandEntry
    /// With the parameters that its arguments bring, where somebody asked for those.
    private let extended: Signature?

    package init(_ entry: CommandEntry, signature: Signature? = nil) {
        self.entry = entry
        extended = signature
    }

    package var signature: Signature? { extended ?? entry.signature }

    private static func type(_ name: String) -> RuntimeType {
        RuntimeType(
            "System.Management.Automation." + name,
            bases: ["System.Management.Automation.CommandInfo", "System.Object"])
    }

    private static let types: [CommandType: RuntimeType] = [
        .alias: type("AliasInfo"), .function: type("FunctionInfo"), .filter: type("FilterInfo"),
        .cmdlet: type("CmdletInfo"), .externalScript: type("ExternalScriptInfo"), .application: type("ApplicationInfo"),
        .script: type("ScriptInfo"),
    ]

    package override var typeName: RuntimeType { Self.types[entry.commandType] ?? .object }
    package override var text: String {
        entry.commandType == .externalScript || entry.commandType == .application ? entry.definition : entry.name
    }
    package override func isEqual(to other: Object) -> Bool { (other as? CommandObject)?.entry === entry }

    package override var propertyNames: [String] {
        var names = [
            "Name", "CommandType", "Definition", "Version", "Source", "ModuleName", "Module", "Parameters",
            "ParameterSets", "OutputType", "Visibility",
        ]
        switch entry.commandType {
        case .alias:
            names += [
                "ResolvedCommand", "ResolvedCommandName", "ReferencedCommand", "DisplayName", "Options", "Description",
            ]
        case .function, .filter:
            names += ["ScriptBlock", "Verb", "Noun", "CmdletBinding", "DefaultParameterSet", "HelpFile"]
        case .cmdlet: names += ["Verb", "Noun", "DefaultParameterSet", "ImplementingType", "HelpFile"]
        case .externalScript, .application, .script: names += ["Path", "Extension"]
        }
        return names
    }

    package override func property(_ name: String) throws(Stop) -> Value? {
        let parts = entry.name.split(separator: "-", maxSplits: 1).map(String.init)
        switch name.folded {
        case "name": return .string(entry.name)
        case "commandtype": return entry.commandType.value
        case "definition": return .string(entry.definition)
        case "version": return module.map { .version($0.version) } ?? .null
        case "module": return module.map { .object($0) } ?? .null
        case "source": return .string(entry.source)
        case "modulename": return .string(entry.moduleName ?? "")
        case "visibility": return .string("Public")
        case "path":
            let isFile = entry.commandType == .externalScript || entry.commandType == .application
            return isFile || entry.commandType == .script ? .string(entry.definition) : nil
        case "extension": return .string(PathText.fileExtension(entry.definition))
        case "verb": return .string(parts.count == 2 ? parts[0] : "")
        case "noun": return .string(parts.count == 2 ? parts[1] : "")
        case "helpfile": return .string("")
        case "implementingtype":
            return entry.commandType == .cmdlet ? signature.map { .type(RuntimeType($0.typeName)) } : nil
        case "outputtype":
            return .array(
                (signature?.outputs ?? []).map { type in
                    .object(
                        SnapshotObject(
                            typeNames: ["System.Management.Automation.PSTypeName", "System.Object"],
                            text: type.fullName,
                            properties: PropertyBag([("Name", .string(type.fullName)), ("Type", .type(type))])))
                })
        case "resolvedcommand", "referencedcommand":
            let target = entry.resolved
            return target === entry ? .null : target.object
        case "resolvedcommandname":
            guard entry.commandType == .alias else { return nil }
            return entry.resolved === entry ? .null : .string(entry.resolved.name)
        case "options":
            if let function = entry as? FunctionCommand { return .string(function.options.text) }
            return (entry as? AliasCommand).map { .string($0.options.text) }
        case "description": return (entry as? AliasCommand).map { .string($0.description) }
        case "displayname": return .string("\(entry.name) -> \(entry.resolved.name)")
        case "scriptblock": return (entry as? FunctionCommand).map { .object($0.scriptBlock) }
        case "cmdletbinding": return .bool(signature?.hasCommonParameters ?? false)
        case "defaultparameterset": return .optional(signature?.defaultSet)
        case "parameters":
            let table = TableObject(kind: .dictionary)
            for spec in signature?.parameters ?? [] { table[spec.name] = .object(ParameterObject(spec)) }
            return .table(table)
        case "parametersets":
            guard let signature else { return .array([]) }
            return .array(signature.sets.map { .object(ParameterSetObject($0, signature)) })
        default: return nil
        }
    }

    private var module: ModuleObject? {
        if let cmdlet = entry as? CmdletCommand {
            return ModuleObject(
                name: cmdlet.moduleName ?? "", version: VersionNumber(cmdlet.moduleVersion) ?? VersionNumber(0, 0),
                path: "", kind: .binary)
        }
        guard let function = entry as? FunctionCommand, entry.moduleName != nil else { return nil }
        return function.session.module
    }

    static let members = TypeMembers("System.Management.Automation.CommandInfo") {
        $0.method(
            "ResolveParameter", "System.Management.Automation.ParameterMetadata ResolveParameter(string name)", 1...1
        ) { call throws(Stop) in
            guard let command = call.target.asObject as? CommandObject else { throw call.noOverload() }
            let name = try call.string(0).folded
            let all = command.signature?.parameters ?? []
            if let exact = command.signature?.parameter(named: name) { return .object(ParameterObject(exact)) }
            let found = all.filter { $0.name.folded.hasPrefix(name) }
            guard found.count == 1 else {
                throw call.failed(
                    "System.Management.Automation.ParameterBindingException",
                    found.isEmpty
                        ? "A parameter cannot be found that matches parameter name '\(name)'."
                        : "Parameter cannot be processed because the parameter name '\(name)' is ambiguous.")
            }
            return .object(ParameterObject(found[0]))
        }
        $0.method("ToString", "string ToString()", 0...0) { call throws(Stop) in .string(call.target.display) }
    }
}

/// `CommandParameterSetInfo`.
package final class ParameterSetObject: Object {
    private let name: String
    private let signature: Signature

    init(_ name: String, _ signature: Signature) {
        self.name = name
        self.signature = signature
    }

    private static let type = RuntimeType("System.Management.Automation.CommandParameterSetInfo")
    package override var typeName: RuntimeType { Self.type }
    /// The line of syntax without the command's name.
    package override var text: String {
        guard let place = signature.sets.firstIndex(of: name) else { return name }
        return String(signature.syntaxLines[place].dropFirst(signature.name.count + 1))
    }
    package override var propertyNames: [String] { ["Name", "IsDefault", "Parameters"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "name": .string(self.name)
        case "isdefault": .bool(signature.defaultSet == self.name)
        case "parameters":
            .array(
                signature.parameters.filter { $0.role(in: self.name) != nil }.map {
                    .object(ParameterObject($0, in: self.name))
                })
        default: nil
        }
    }
}

/// `ParameterMetadata`, or `CommandParameterInfo` in a set.
package final class ParameterObject: Object {
    private let spec: ParameterSpec
    private let home: String?

    init(_ spec: ParameterSpec, in set: String? = nil) {
        self.spec = spec
        home = set
    }

    private static let metadata = RuntimeType("System.Management.Automation.ParameterMetadata")
    private static let inSet = RuntimeType("System.Management.Automation.CommandParameterInfo")
    package override var typeName: RuntimeType { home == nil ? Self.metadata : Self.inSet }
    package override var propertyNames: [String] {
        if home == nil {
            return ["Name", "ParameterType", "ParameterSets", "IsDynamic", "Aliases", "Attributes", "SwitchParameter"]
        }
        return [
            "Name", "ParameterType", "IsMandatory", "IsDynamic", "Position", "ValueFromPipeline",
            "ValueFromPipelineByPropertyName", "ValueFromRemainingArguments", "HelpMessage", "Aliases", "Attributes",
        ]
    }

    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "name": return .string(spec.name)
        case "parametertype": return .type(spec.shownType)
        case "isdynamic": return .bool(false)
        case "aliases": return .array(spec.aliases.map { .string($0) })
        case "attributes": return .array(attributes)
        case "switchparameter": return .bool(spec.isSwitch)
        case "parametersets":
            let table = TableObject(kind: .dictionary)
            for (set, role) in spec.roles { table[set] = Self.record("ParameterSetMetadata", Self.facts(role)) }
            return .table(table)
        default:
            guard let home, let role = spec.role(in: home) else { return nil }
            return Self.facts(role).first { $0.0.folded == name.folded }?.1
        }
    }

    private static func facts(_ role: ParameterRole) -> [(String, Value)] {
        [
            ("IsMandatory", .bool(role.isMandatory)), ("Position", .count(role.position ?? Int(Int32.min))),
            ("ValueFromPipeline", .bool(role.pipeline.contains(.byValue))),
            ("ValueFromPipelineByPropertyName", .bool(role.pipeline.contains(.byProperty))),
            ("ValueFromRemainingArguments", .bool(role.takesRemaining)), ("HelpMessage", .optional(role.help)),
        ]
    }

    private var attributes: [Value] {
        var found = spec.roles.sorted { $0.key < $1.key }.map { set, role in
            Self.record(
                "ParameterAttribute",
                [("ParameterSetName", .string(set)), ("Mandatory", .bool(role.isMandatory))]
                    + Self.facts(role).dropFirst())
        }
        if !spec.aliases.isEmpty {
            found.append(Self.record("AliasAttribute", [("AliasNames", .array(spec.aliases.map { .string($0) }))]))
        }
        if spec.allowsNull { found.append(Self.record("AllowNullAttribute", [])) }
        if spec.allowsEmptyString { found.append(Self.record("AllowEmptyStringAttribute", [])) }
        if spec.allowsEmptyCollection { found.append(Self.record("AllowEmptyCollectionAttribute", [])) }
        return found + spec.validations.map { Self.attribute($0) }
    }

    private static func attribute(_ validation: Validation) -> Value {
        func number(_ value: Double) -> Value { Int64(exactly: value).map { .count(Int($0)) } ?? .double(value) }
        return switch validation {
        case .notNull: record("ValidateNotNullAttribute", [])
        case .notNullOrEmpty: record("ValidateNotNullOrEmptyAttribute", [])
        case .notNullOrWhiteSpace: record("ValidateNotNullOrWhiteSpaceAttribute", [])
        case .set(let values, let ignoresCase, let message):
            record(
                "ValidateSetAttribute",
                [
                    ("ErrorMessage", .optional(message)), ("IgnoreCase", .bool(ignoresCase)),
                    ("ValidValues", .array(values.map { .string($0) })),
                ])
        case .range(let low, let high):
            record("ValidateRangeAttribute", [("MinRange", number(low)), ("MaxRange", number(high))])
        case .rangeKind(let kind):
            record(
                "ValidateRangeAttribute",
                [("RangeKind", .string(kind.rawValue.prefix(1).uppercased() + kind.rawValue.dropFirst()))])
        case .length(let low, let high):
            record("ValidateLengthAttribute", [("MinLength", .count(low)), ("MaxLength", .count(high))])
        case .count(let low, let high):
            record("ValidateCountAttribute", [("MinLength", .count(low)), ("MaxLength", .count(high))])
        case .pattern(let pattern, _, let message):
            record(
                "ValidatePatternAttribute", [("RegexPattern", .string(pattern)), ("ErrorMessage", .optional(message))])
        case .script(_, let message): record("ValidateScriptAttribute", [("ErrorMessage", .optional(message))])
        }
    }

    /// What is known of a parameter, as an object of PowerShell's type.
    private static func record(_ type: String, _ facts: [(String, Value)]) -> Value {
        .object(CustomObject(facts, type: RuntimeType("System.Management.Automation." + type)))
    }
}
