/// The bound arguments of a running command. While it processes pipeline input, parameters bound from the pipeline change with
/// each object.
package final class Call {
    package let signature: Signature
    package let invocation: Invocation
    /// The parameter set in force; `__AllParameterSets` if the command has none.
    package internal(set) var parameterSet: String
    /// By folded canonical name.
    var values: [String: Value] = [:]
    /// Names bound by the caller or the pipeline, canonical spelling, in order.
    package internal(set) var boundNames: [String] = []
    /// The pipeline object being processed; `.nothing` outside `process` and when there is no pipeline input.
    package internal(set) var input: Value = .nothing

    init(signature: Signature, invocation: Invocation, parameterSet: String) {
        self.signature = signature
        self.invocation = invocation
        self.parameterSet = parameterSet
    }

    /// The argument, or the type's `unbound` value.
    package subscript<Wrapped: ParameterValue>(key: Parameter<Wrapped>) -> Wrapped {
        guard let value = values[key.spec.key] else { return Wrapped.unbound }
        return Wrapped.read(value) ?? Wrapped.unbound
    }

    /// The argument as the script sees it; `.null` when unbound.
    package subscript(name: String) -> Value { values[name.folded] ?? .null }

    package func isBound<Wrapped>(_ key: Parameter<Wrapped>) -> Bool { values[key.spec.key] != nil }
    package func isBound(_ name: String) -> Bool { values[name.folded] != nil }

    /// Whether another command feeds this one.
    package var expectsInput: Bool { invocation.expectsInput }

    func bind(_ spec: ParameterSpec, to value: Value) {
        if values.updateValue(value, forKey: spec.key) == nil { boundNames.append(spec.name) }
        invocation.boundParameters[spec.name] = value
    }

    func unbind(_ spec: ParameterSpec) {
        values[spec.key] = nil
        boundNames.removeAll { $0 == spec.name }
        invocation.boundParameters[.string(spec.name)] = nil
    }

    /// Another value for a parameter that is bound: the next object of the pipeline. Scripts see it in `$PSBoundParameters`.
    func rebind(_ spec: ParameterSpec, to value: Value, isScript: Bool) {
        values[spec.key] = value
        if isScript { invocation.boundParameters[spec.name] = value }
    }
}
