/// `[WildcardPattern]::new('a*', 'IgnoreCase')`: a pattern to ask with `IsMatch`. Case counts unless the options say otherwise.
package final class WildcardObject: Object {
    let pattern: WildcardPattern

    init(_ source: String, ignoresCase: Bool) {
        pattern = WildcardPattern(source, caseSensitive: !ignoresCase)
    }

    static let type = RuntimeType("System.Management.Automation.WildcardPattern")
    package override var typeName: RuntimeType { Self.type }
    package override var text: String { Self.type.fullName }

    static let options = EnumType(
        "System.Management.Automation.WildcardOptions",
        [("None", 0), ("Compiled", 1), ("IgnoreCase", 2), ("CultureInvariant", 4)], flags: true)

    /// From the arguments of the constructor or of `Get`: the pattern, and options that may be left out.
    static func make(_ call: MethodCall) throws(Stop) -> Value {
        var ignoresCase = false
        if call.count > 1, case .symbol(let symbol) = try call.convert(1, RuntimeType(enum: options)) {
            ignoresCase = symbol.number & 2 != 0
        }
        return .object(WildcardObject(try call.string(0), ignoresCase: ignoresCase))
    }
}
