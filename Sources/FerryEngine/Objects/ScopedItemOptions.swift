/// `System.Management.Automation.ScopedItemOptions`: what a variable or an alias allows, as `-Option` takes it.
package struct ScopedItemOptions: ParameterValue {
    package let variableOptions: Variable.Options

    package static let enumType = EnumType(
        "System.Management.Automation.ScopedItemOptions",
        [("None", 0), ("ReadOnly", 1), ("Constant", 2), ("Private", 4), ("AllScope", 8), ("Unspecified", 16)],
        flags: true)

    package static var parameterType: RuntimeType { RuntimeType(enum: enumType) }
    package static var unbound: Self { Self(variableOptions: []) }

    package static func read(_ value: Value) -> Self? {
        guard case .symbol(let symbol) = value else { return nil }
        var options: Variable.Options = []
        for (bit, option) in [(1, Variable.Options.readOnly), (2, .constant), (4, .private), (8, .allScope)]
        where symbol.number & Int64(bit) != 0 { options.insert(option) }
        return Self(variableOptions: options)
    }
}
