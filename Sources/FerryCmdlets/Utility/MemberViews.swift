import FerryEngine

/// `-View` of Get-Member: the members an object has of itself, those that types and scripts add, or both.
struct MemberViews: ParameterValue {
    private let bits: Int64

    private static let enumType = EnumType(
        "System.Management.Automation.PSMemberViewTypes",
        [("Extended", 1), ("Adapted", 2), ("Base", 4), ("All", 7)], flags: true)

    static var parameterType: RuntimeType { RuntimeType(enum: enumType) }
    static var unbound: Self { Self(bits: 0) }
    static func read(_ value: Value) -> Self? {
        guard case .symbol(let symbol) = value else { return nil }
        return Self(bits: symbol.number)
    }

    var haveExtended: Bool { bits & 1 != 0 }
    var haveOwn: Bool { bits & 6 != 0 }
}
