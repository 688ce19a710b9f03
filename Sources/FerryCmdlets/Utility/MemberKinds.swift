import FerryEngine

/// `-MemberType` of Get-Member: one or more kinds of members.
struct MemberKinds: ParameterValue {
    private let bits: Int64

    /// `Properties`, `Methods` and `All` stand for all kinds of each.
    static let enumType = EnumType(
        MemberKind.enumType.fullName, MemberKind.enumType.members.map { ($0.name, $0.value) }, flags: true)

    static var parameterType: RuntimeType { RuntimeType(enum: enumType) }
    static var unbound: Self { Self(bits: 0) }
    static func read(_ value: Value) -> Self? {
        guard case .symbol(let symbol) = value else { return nil }
        return Self(bits: symbol.number)
    }

    func contain(_ kind: String) -> Bool {
        guard let bit = Self.enumType.value(named: kind)?.number else { return false }
        return bits & bit == bit
    }
}
