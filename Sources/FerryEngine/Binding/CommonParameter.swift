/// The parameters every cmdlet and advanced function has.
enum CommonParameter: String, CaseIterable {
    case verbose = "Verbose"
    case debug = "Debug"
    case errorAction = "ErrorAction"
    case warningAction = "WarningAction"
    case informationAction = "InformationAction"
    case progressAction = "ProgressAction"
    case errorVariable = "ErrorVariable"
    case warningVariable = "WarningVariable"
    case informationVariable = "InformationVariable"
    case outVariable = "OutVariable"
    case outBuffer = "OutBuffer"
    case pipelineVariable = "PipelineVariable"
    case whatIf = "WhatIf"
    case confirm = "Confirm"

    private var alias: String {
        switch self {
        case .verbose: "vb"
        case .debug: "db"
        case .errorAction: "ea"
        case .warningAction: "wa"
        case .informationAction: "infa"
        case .progressAction: "proga"
        case .errorVariable: "ev"
        case .warningVariable: "wv"
        case .informationVariable: "iv"
        case .outVariable: "ov"
        case .outBuffer: "ob"
        case .pipelineVariable: "pv"
        case .whatIf: "wi"
        case .confirm: "cf"
        }
    }

    private var type: RuntimeType {
        switch self {
        case .verbose, .debug, .whatIf, .confirm: .switchParameter
        case .errorAction, .warningAction, .informationAction, .progressAction:
            RuntimeType(enum: ActionPreference.enumType)
        case .errorVariable, .warningVariable, .informationVariable, .outVariable, .pipelineVariable: .string
        case .outBuffer: .int32
        }
    }

    private var spec: ParameterSpec {
        var spec = ParameterSpec(name: rawValue, aliases: [alias], type: type)
        spec.roles = [ParameterSpec.allSets: ParameterRole()]
        spec.isCommon = true
        return spec
    }

    static let specs: [ParameterSpec] = allCases.filter { $0 != .whatIf && $0 != .confirm }.map(\.spec)
    static let confirmationSpecs: [ParameterSpec] = [CommonParameter.whatIf.spec, CommonParameter.confirm.spec]
}

/// What to do with an error, warning or other message.
package enum ActionPreference: String, ScriptEnum {
    case silentlyContinue = "SilentlyContinue"
    case stop = "Stop"
    case `continue` = "Continue"
    case inquire = "Inquire"
    case ignore = "Ignore"
    case suspend = "Suspend"
    case `break` = "Break"

    package static let enumType = makeEnumType("System.Management.Automation.ActionPreference")

    static let type = RuntimeType(enum: enumType)

    /// From a preference variable's value.
    package init?(_ value: Value) {
        switch value {
        case .symbol(let symbol): self.init(rawValue: symbol.text)
        case .string(let text):
            guard let symbol = Self.enumType.value(named: text) else { return nil }
            self.init(rawValue: symbol.text)
        case .number(let number):
            guard let whole = number.asInt64 else { return nil }
            self.init(rawValue: Self.enumType.value(whole).text)
        default: return nil
        }
    }
}
