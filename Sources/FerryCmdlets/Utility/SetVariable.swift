import FerryEngine

/// Sets a variable, made when it is not there.
struct SetVariable: Cmdlet {
    static let name = Parameter<[String]>("Name", position: 0, mandatory: true, pipeline: .byProperty)
    static let value = Parameter<Value>("Value", position: 1, pipeline: .byValueAndProperty)
    static let description = Parameter<String>("Description")
    static let option = Parameter<ScopedItemOptions?>("Option")
    static let scope = Parameter<String>("Scope")
    static let force = Parameter<Bool>.switch("Force")
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let include = Parameter<[String]>("Include")
    static let exclude = Parameter<[String]>("Exclude")

    static let signature = Signature(
        "Set-Variable", typeName: "Microsoft.PowerShell.Commands.SetVariableCommand", shouldProcess: .low,
        parameters: [
            name, value, description, option, NewVariable.visibility, scope, force, passThru, include, exclude,
        ])

    private var values: [Value] = []

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        try NewVariable.refusePrivate(call, io)
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.isBound(Self.value) { values.append(call[Self.value]) }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        let value: Value = values.isEmpty ? .null : values.count == 1 ? values[0] : .array(values)
        let scope = try io.scope(named: call[Self.scope])
        for (name, target) in wanted(call, scope) {
            guard try io.confirms("Set variable", "Name: \(name) Value: \(value.display)") else { continue }
            let kept = target.ownVariables.first { $0.name.folded == name.folded }
            do throws(Stop) {
                try io.assign(
                    name, values.isEmpty ? kept?.value ?? .null : value, in: target,
                    options: call[Self.option]?.variableOptions,
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

extension SetVariable {
    /// The variables to set and their scopes. Wildcards stand for variables that are there.
    private func wanted(_ call: Call, _ scope: Scope) -> [(name: String, scope: Scope)] {
        return call[Self.name].flatMap { text -> [(name: String, scope: Scope)] in
            let bare = GetVariable.bare(text)
            let target =
                text.folded.hasPrefix("global:")
                ? scope.global : text.folded.hasPrefix("script:") ? scope.script : scope
            var names = [bare]
            if WildcardPattern.isPattern(bare), bare != "?" {
                let pattern = WildcardPattern(bare)
                names = target.ownVariables.map(\.name).filter { pattern.matches($0) }.sorted { $0.folded < $1.folded }
            }
            return VariableFilter.names(names, include: call[Self.include], exclude: call[Self.exclude])
                .map { ($0, target) }
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
