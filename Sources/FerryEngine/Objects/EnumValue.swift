/// An enumeration type as scripts see it: a full name and its members' names and numbers.
package final class EnumType: Sendable {
    package struct Member: Sendable {
        package let name: String
        package let value: Int64
    }

    package let fullName: String
    package let members: [Member]
    package let isFlags: Bool
    /// Further names and numbers, folded, that stand for a member: of encodings, their names on the Internet and code pages.
    package let others: [String: Int64]

    package init(
        _ fullName: String, _ members: [(String, Int64)], flags: Bool = false, others: [String: Int64] = [:]
    ) {
        self.fullName = fullName
        self.others = others
        self.members = members.map { Member(name: $0, value: $1) }
        isFlags = flags
    }

    /// Numbered from 0 in order.
    package convenience init(_ fullName: String, _ names: [String]) {
        self.init(fullName, names.enumerated().map { ($1, Int64($0)) })
    }

    package func value(_ number: Int64) -> EnumValue { EnumValue(type: self, number: number) }

    /// The member of exactly that name (any case), or the only one it is a prefix of; comma lists for flags.
    package func value(named text: String) -> EnumValue? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmed }
        guard parts.count == 1 || isFlags else { return nil }
        var number: Int64 = 0
        for part in parts {
            guard let member = member(named: part) else { return nil }
            number |= member.value
        }
        return value(number)
    }

    private func member(named text: String) -> Member? {
        let key = text.folded
        if key.isEmpty { return nil }
        if let exact = members.first(where: { $0.name.folded == key }) { return exact }
        let candidates = members.filter { $0.name.folded.hasPrefix(key) }
        return candidates.count == 1 ? candidates[0] : nil
    }

    /// How many members begin with `text`: tells an ambiguous prefix from an unknown name.
    package func candidates(for text: String) -> [String] {
        members.filter { $0.name.folded.hasPrefix(text.folded) }.map(\.name)
    }
}

/// One member (or, for flags, a combination) of an enumeration.
package struct EnumValue {
    package let type: EnumType
    package let number: Int64

    package init(type: EnumType, number: Int64) {
        self.type = type
        self.number = number
    }

    /// The member's name; flags joined by `, `; the number where no name fits.
    package var text: String {
        if let member = type.members.first(where: { $0.value == number }) { return member.name }
        guard type.isFlags, number != 0 else { return String(number) }
        var rest = number
        var names: [String] = []
        for member in type.members.sorted(by: { $0.value > $1.value }) where member.value != 0 {
            if rest & member.value == member.value {
                names.insert(member.name, at: 0)
                rest &= ~member.value
            }
        }
        return rest == 0 ? names.joined(separator: ", ") : String(number)
    }
}

/// A Swift enum that scripts see as a .NET enumeration. Raw values are the members' names.
package protocol ScriptEnum: RawRepresentable<String>, CaseIterable, Sendable, ParameterValue {
    /// `Microsoft.HyperV.PowerShell.VMState`
    static var enumType: EnumType { get }
}

extension ScriptEnum {
    /// Builds the type from the cases; `numbers` where they are not 0, 1, 2 ….
    package static func makeEnumType(_ fullName: String, numbers: [Int64]? = nil) -> EnumType {
        EnumType(
            fullName,
            allCases.enumerated().map { position, item in (item.rawValue, numbers?[position] ?? Int64(position)) })
    }

    /// The value scripts see.
    package var value: Value { Self.enumType.value(named: rawValue).map { .symbol($0) } ?? .string(rawValue) }
}
