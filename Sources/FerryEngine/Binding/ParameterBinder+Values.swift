import FerryLanguage

extension ParameterBinder {
    // MARK: Conversion

    /// The argument as the parameter's type, or the error PowerShell's binder gives.
    func coerce(_ value: Value, _ spec: ParameterSpec) throws(Stop) -> Value {
        if case .object = spec.type.kind { return value.isNothing ? .null : value }
        do throws(Stop) {
            if !spec.type.isArray, let elements = value.elements { return try coerce(elements, value, spec) }
            // Plain functions look closer at a single truth only.
            let isStrict = !isScript || signature.hasCommonParameters || !spec.type.isArray
            return try Conversion.convert(value, to: spec.type, frame.runspace, strictBool: isStrict)
        } catch {
            guard let record = error.record else { throw error }
            if !isScript, spec.type.fullName == "System.Management.Automation.SwitchParameter" || spec.type == .bool {
                throw failure(
                    "CannotConvertArgument", .invalidArgument,
                    "Cannot convert '\(value.typeName.fullName)' to the type '\(spec.type.fullName)' required by "
                        + "parameter '\(spec.name)'. ", parameter: spec.name)
            }
            throw conversionFailure(record, spec)
        }
    }

    /// A collection given to a parameter that takes one value.
    private func coerce(_ elements: [Value], _ value: Value, _ spec: ParameterSpec) throws(Stop) -> Value {
        switch spec.type.kind {
        case .list, .psObject, .customObject, .hashtable, .ordered, .dictionary, .nullable, .enumeration, .named:
            return try Conversion.convert(value, to: spec.type, frame.runspace)
        case .string where isScript:
            throw .runtime("InvalidCast", .invalidArgument, "Cannot convert value to type System.String.")
        default:
            throw failure(
                "CannotConvertArgument", .invalidArgument,
                "Cannot convert '\(value.scalarText)' to the type '\(spec.type.fullName)' required by parameter "
                    + "'\(spec.name)'. Specified method is not supported.", parameter: spec.name)
        }
    }

    func conversionFailure(_ record: ErrorRecord, _ spec: ParameterSpec) -> Stop {
        if record.exception.exceptionType.isA(
            ExceptionTypes.type("System.Management.Automation.ParameterBindingException"))
        {
            return .error(record)
        }
        // Compiled commands convert encodings as scripts do all: by an attribute.
        if isScript || spec.type.fullName == "System.Text.Encoding" {
            return failure(
                "ParameterArgumentTransformationError", .invalidData,
                "Cannot process argument transformation on parameter '\(spec.name)'. \(record.exception.message)",
                parameter: spec.name,
                exception: "System.Management.Automation.ParameterBindingArgumentTransformationException",
                inner: ExceptionObject(
                    "System.Management.Automation.ArgumentTransformationMetadataException", record.exception.message,
                    inner: record.exception))
        }
        return failure(
            "CannotConvertArgumentNoMessage", .invalidArgument,
            "Cannot bind parameter '\(spec.name)'. \(record.exception.message)", parameter: spec.name,
            inner: record.exception)
    }

    // MARK: Validation

    func validate(_ value: Value, _ spec: ParameterSpec) throws(Stop) {
        try refuseEmpty(value, spec)
        for validation in spec.validations {
            guard let reason = try Validator.failure(of: validation, value: value, frame.runspace, frame) else {
                continue
            }
            throw failure(
                "ParameterArgumentValidationError", .invalidData,
                "Cannot validate argument on parameter '\(spec.name)'. \(reason.message)", parameter: spec.name,
                exception: "System.Management.Automation.ParameterBindingValidationException", inner: reason.exception)
        }
    }

    /// Mandatory parameters take no null, no empty string and no empty collection, unless they say so.
    func refuseEmpty(_ value: Value, _ spec: ParameterSpec) throws(Stop) {
        let isMandatory = spec.roles.values.contains { $0.isMandatory }
        guard isMandatory else { return }
        func refuse(_ id: String, _ what: String) -> Stop {
            failure(
                id, .invalidData, "Cannot bind argument to parameter '\(spec.name)' because it is \(what).",
                parameter: spec.name, exception: "System.Management.Automation.ParameterBindingValidationException")
        }
        if value.isNull {
            if spec.allowsNull { return }
            throw refuse("ParameterArgumentValidationErrorNullNotAllowed", "null")
        }
        let takesText: Bool =
            switch spec.type.kind {
            case .string: true
            case .array: if case .string = spec.type.arguments[0].kind { true } else { false }
            default: false
            }
        if takesText, case .string(let text) = value, text.isEmpty, !spec.allowsEmptyString {
            throw refuse("ParameterArgumentValidationErrorEmptyStringNotAllowed", "an empty string")
        }
        guard let elements = value.elements, spec.type.isArray || spec.type.isCollection else {
            return
        }
        if elements.isEmpty, !spec.allowsEmptyCollection {
            throw spec.type.isArray
                ? refuse("ParameterArgumentValidationErrorEmptyArrayNotAllowed", "an empty array")
                : refuse("ParameterArgumentValidationErrorEmptyCollectionNotAllowed", "an empty collection")
        }
        for element in elements {
            if element.isNull, !spec.allowsNull {
                throw refuse("ParameterArgumentValidationErrorNullNotAllowed", "null")
            }
            if takesText, case .string(let text) = element, text.isEmpty, !spec.allowsEmptyString {
                throw refuse("ParameterArgumentValidationErrorEmptyStringNotAllowed", "an empty string")
            }
        }
    }

    /// `Suspend` is for workflows, which there are none of.
    func refuseSuspend(_ value: Value, _ spec: ParameterSpec) throws(Stop) {
        guard spec.isCommon, case .symbol(let symbol) = value, symbol.text == ActionPreference.suspend.rawValue else {
            return
        }
        throw failure(
            "ParameterBindingFailed", .invalidArgument,
            "Cannot bind parameter '\(spec.name)' to the target. The value Suspend is only supported in workflows.",
            parameter: spec.name)
    }

    // MARK: Failures

    func ambiguousSet() -> Stop {
        failure(
            "AmbiguousParameterSet", .invalidArgument,
            "Parameter set cannot be resolved using the specified named parameters. One or more parameters issued cannot be "
                + "used together or an insufficient number of parameters were provided.", parameter: "")
    }

    /// A `ParameterBindingException` of this command.
    func failure(
        _ id: String, _ category: ErrorCategory, _ message: String, parameter: String, target: Value = .null,
        range: SourceRange? = nil, exception: String = "System.Management.Automation.ParameterBindingException",
        inner: ExceptionObject? = nil
    ) -> Stop {
        let object = ExceptionObject(exception, message, inner: inner)
        object.details = [
            ("ParameterName", .string(parameter)), ("ErrorId", .string(id)), ("CommandInvocation", .null),
        ]
        let record = ErrorRecord(object, errorID: id, category: category, target: target)
        record.commandTypeName = signature.typeName
        record.activity = signature.name
        record.invocation = call.invocation
        record.position = range
        record.scriptStackTrace = frame.runspace.stackTrace(from: frame, at: range)
        return .error(record)
    }

    // MARK: Script parameters

    /// Puts arguments and default values into the function's scope, typed and checked from then on.
    func assign(_ parameters: CompiledParameters, _ inner: Frame) throws(Stop) {
        for (slot, item) in parameters.items.enumerated() {
            // A function's own parameters come first in its signature, in the order they are declared.
            let spec = slot < signature.ownCount ? signature.parameters[slot] : nil
            let variable = Variable(item.declaration.name, .null)
            if let spec, let value = call.bindings.value(at: spec.slot) {
                variable.stored = value
            } else if let node = item.defaultValue {
                let value = try node.evaluate(inner)
                do throws(Stop) {
                    variable.stored =
                        try spec.map { spec throws(Stop) in try Conversion.convert(value, to: spec.type, inner.runspace)
                        }
                        ?? value
                } catch {
                    guard let record = error.record, let spec else { throw error }
                    throw conversionFailure(record, spec)
                }
            } else {
                variable.stored = spec.map { ParameterBinder.unboundValue($0.type) } ?? .null
            }
            if let spec, spec.isTyped {
                if case .object = spec.type.kind {} else { variable.type = spec.type }
                variable.validations = spec.validations
            }
            inner.scope.put(item.variable, variable)
        }
    }

    /// What a typed parameter holds when nothing was given.
    static func unboundValue(_ type: RuntimeType) -> Value {
        switch type.kind {
        case .string: .string("")
        case .bool: .bool(false)
        case .switchParameter: .object(SwitchObject(false))
        case .number(let kind): Conversion.fit(.int(0), kind).map { .number($0) } ?? .null
        case .char: .char(0)
        default: .null
        }
    }

    /// Binds the arguments of a script block that is called directly; returns what its parameters left over.
    static func bindBlock(_ compiled: CompiledBlock, _ arguments: [Argument], _ frame: Frame, name: String)
        throws(Stop) -> [Value]
    {
        guard let parameters = compiled.parameters else {
            return arguments.flatMap { argument -> [Value] in
                switch argument.kind {
                case .value(let value): [value]
                case .parameter(let name, let value):
                    [.string(argument.written ?? "-" + name)] + (value.map { [$0] } ?? [])
                case .splatted, .endOfParameters, .verbatim: []
                }
            }
        }
        let signature = try frame.runspace.signature(of: compiled, name: name, frame)
        let invocation = Invocation(commandName: name, range: frame.context.position, invocationName: name)
        let binder = try ParameterBinder(signature: signature, arguments, invocation, frame, isScript: true)
        for (key, value) in invocation.boundParameters.pairs { frame.context.bound[key] = value }
        try frame.runspace.entering(frame.scope) { () throws(Stop) in try binder.assign(parameters, frame) }
        return binder.loose
    }
}
