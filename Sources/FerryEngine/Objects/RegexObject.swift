/// `[regex]'…'`.
package final class RegexObject: Object {
    package let pattern: RegexPattern
    package init(_ pattern: RegexPattern) { self.pattern = pattern }
    package override var typeName: RuntimeType { .regex }
    package override var text: String { pattern.pattern }
    package override var propertyNames: [String] { ["Options", "RightToLeft", "MatchTimeout"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "options": .symbol(RegexOptions.enumType.value(pattern.options.rawValue))
        case "righttoleft": .bool(false)
        case "matchtimeout": .span(TimeSpan(ticks: -10_000))
        default: nil
        }
    }
}

/// `Match` and `Group`: `Value`, `Index`, `Length`, `Success`, `Groups`.
package final class MatchObject: Object {
    private let match: RegexMatch?
    private let group: RegexMatch.Group?

    init(_ match: RegexMatch?) {
        self.match = match
        group = match?.groups[0]
    }

    private init(group: RegexMatch.Group) {
        match = nil
        self.group = group
    }

    private static let matchType = RuntimeType(
        "System.Text.RegularExpressions.Match",
        bases: ["System.Text.RegularExpressions.Group", "System.Text.RegularExpressions.Capture", "System.Object"])
    private static let groupType = RuntimeType(
        "System.Text.RegularExpressions.Group", bases: ["System.Text.RegularExpressions.Capture", "System.Object"])

    private var isMatch: Bool { match != nil || group == nil }
    package override var typeName: RuntimeType { isMatch ? Self.matchType : Self.groupType }
    package override var text: String { group?.text ?? "" }
    package override var propertyNames: [String] {
        isMatch
            ? ["Groups", "Success", "Name", "Captures", "Index", "Length", "Value"]
            : ["Success", "Name", "Captures", "Index", "Length", "Value"]
    }

    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "success": return .bool(group?.isSuccess ?? false)
        case "name": return .string(group?.name ?? "0")
        case "index": return .count(group?.index ?? 0)
        case "length": return .count(group?.text.length ?? 0)
        case "value": return .string(group?.text ?? "")
        case "captures": return .array(group.map { [.object(MatchObject(group: $0))] } ?? [])
        case "groups" where isMatch:
            return .object(GroupCollection((match?.groups ?? []).map { MatchObject(group: $0) }))
        default: return nil
        }
    }
}

/// `$match.Groups`: by number and by name.
package final class GroupCollection: Object {
    let groups: [MatchObject]
    init(_ groups: [MatchObject]) { self.groups = groups }
    private static let type = RuntimeType("System.Text.RegularExpressions.GroupCollection")
    package override var typeName: RuntimeType { Self.type }
    package override var enumerated: [Value]? { groups.map { .object($0) } }
    package override var propertyNames: [String] { ["Count"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        name.folded == "count" ? .count(groups.count) : nil
    }

    func named(_ name: String) throws(Stop) -> Value {
        for group in groups where try group.property("Name")?.display == name { return .object(group) }
        return .object(MatchObject(nil))
    }
}
