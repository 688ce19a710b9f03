/// `[DBNull]::Value` and `[NullString]::Value`: objects that count as `$null` in comparisons and conditions, though not for each
/// other, and not for `??`.
package final class NullStandIn: Object {
    enum Kind: String, Sendable {
        case database = "System.DBNull"
        case string = "System.Management.Automation.Language.NullString"
    }

    let kind: Kind
    init(_ kind: Kind) { self.kind = kind }

    package override var typeName: RuntimeType { RuntimeType(kind.rawValue) }
    package override var text: String { "" }
    package override func isEqual(to other: Object) -> Bool { (other as? NullStandIn)?.kind == kind }

    static let members: [TypeMembers] =
        [Kind.database, .string].map { kind in
            TypeMembers(kind.rawValue) {
                $0.constant("Value", RuntimeType(kind.rawValue)) { .object(NullStandIn(kind)) }
            }
        } + [
            TypeMembers("System.Management.Automation.Internal.AutomationNull") {
                $0.constant("Value", .object) { .nothing }
            }
        ]
}

extension Value {
    /// `[DBNull]::Value` or `[NullString]::Value`.
    package var standsForNull: Bool { asObject is NullStandIn }

    /// `$null`, nothing, or what stands for it.
    var countsAsNull: Bool { isNull || asObject is NullStandIn }
}
