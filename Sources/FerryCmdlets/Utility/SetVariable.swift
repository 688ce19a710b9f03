import FerryEngine

/// Sets a variable, made when it is not there.
struct SetVariable: Cmdlet {
    static let name = Parameter<[String]>("Name", position: 0, mandatory: true, pipeline: .byProperty)
    static let value = Parameter<Value>("Value", position: 1, pipeline: .byValueAndProperty)
    static let description = Parameter<String>("Description")
    static let option = Parameter<String>("Option")
    static let visibility = Parameter<String>("Visibility")
    static let scope = Parameter<String>("Scope")
    static let force = Parameter<Bool>.switch("Force")
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let include = Parameter<[String]>("Include")
    static let exclude = Parameter<[String]>("Exclude")

    static let signature = Signature(
        "Set-Variable", typeName: "Microsoft.PowerShell.Commands.SetVariableCommand", shouldProcess: .low,
        parameters: [name, value, description, option, visibility, scope, force, passThru, include, exclude])

    private var values: [Value] = []

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.isBound(Self.value) { values.append(call[Self.value]) }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        let value: Value = values.isEmpty ? .null : values.count == 1 ? values[0] : .array(values)
        let scope = try io.scope(named: call[Self.scope])
        for wanted in call[Self.name] {
            let name = GetVariable.bare(wanted)
            guard try io.confirms("Set variable", "Name: \(name) Value: \(value.display)") else { continue }
            let target =
                wanted.folded.hasPrefix("global:")
                ? scope.global : wanted.folded.hasPrefix("script:") ? scope.script : scope
            let kept = target.ownVariables.first { $0.name.folded == name.folded }
            do throws(Stop) {
                try io.assign(
                    name, call.isBound(Self.value) ? value : kept?.value ?? .null, in: target,
                    options: try io.variableOptions(call[Self.option], isGiven: call.isBound(Self.option)),
                    description: call.isBound(Self.description) ? call[Self.description] : nil, force: call[Self.force])
            } catch {
                guard let record = error.record else { throw error }
                try io.report(record)
                continue
            }
            if call[Self.passThru], let made = target.ownVariables.first(where: { $0.name.folded == name.folded }) {
                try io.emit(VariableObject(made).value)
            }
        }
    }
}

extension CommandIO {
    /// `-Option ReadOnly, AllScope`; nil when it was not given.
    func variableOptions(_ text: String, isGiven: Bool) throws(Stop) -> Variable.Options? {
        guard isGiven else { return nil }
        var options: Variable.Options = []
        for part in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
            switch part.lowercased() {
            case "none", "unspecified": continue
            case "readonly": options.insert(.readOnly)
            case "constant": options.insert(.constant)
            case "private": options.insert(.private)
            case "allscope": options.insert(.allScope)
            default:
                throw failing(
                    "CannotConvertArgument", .invalidArgument,
                    "Unable to match the identifier name \(part) to a valid enumerator name. Specify one of the following "
                        + "enumerator names and try again: None, ReadOnly, Constant, Private, AllScope, Unspecified")
            }
        }
        return options
    }
}
