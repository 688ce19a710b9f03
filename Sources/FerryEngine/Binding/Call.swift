/// The bound arguments of a running command. While it processes pipeline input, parameters bound from the pipeline change with
/// each object.
package final class Call {
    package let signature: Signature
    package let invocation: Invocation
    /// The parameter set in force; `__AllParameterSets` if the command has none.
    package internal(set) var parameterSet: String
    let bindings: Bindings
    /// The pipeline object being processed; `.nothing` outside `process` and when there is no pipeline input.
    package var input: Value { bindings.input }

    init(signature: Signature, invocation: Invocation, parameterSet: String) {
        self.signature = signature
        self.invocation = invocation
        self.parameterSet = parameterSet
        bindings = Bindings(signature.parameters)
        invocation.bindings = bindings
    }

    /// The argument, or the type's `unbound` value.
    @inlinable
    package subscript<Wrapped: ParameterValue>(key: Parameter<Wrapped>) -> Wrapped {
        guard let value = value(of: key.symbol) else { return Wrapped.unbound }
        return Wrapped.read(value) ?? Wrapped.unbound
    }

    /// The argument as the script sees it; `.null` when unbound.
    package subscript(name: String) -> Value { value(of: Symbol(name)) ?? .null }

    @inlinable
    package func isBound<Wrapped>(_ key: Parameter<Wrapped>) -> Bool { value(of: key.symbol) != nil }
    package func isBound(_ name: String) -> Bool { value(of: Symbol(name)) != nil }

    package func value(of symbol: Symbol) -> Value? {
        guard let slot = signature.slot(of: symbol) else { return nil }
        return bindings.value(at: slot)
    }

    /// Names bound by the caller or the pipeline, canonical spelling, in order.
    package var boundNames: [String] { bindings.names }

    /// Whether another command feeds this one.
    package var expectsInput: Bool { invocation.expectsInput }
}
