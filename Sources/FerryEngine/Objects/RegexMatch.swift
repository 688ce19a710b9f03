import Foundation

/// One match: its groups, the whole match first.
struct RegexMatch {
    struct Group {
        let name: String
        let number: Int
        let isSuccess: Bool
        let index: Int
        let text: String
    }

    let index: Int
    let length: Int
    private let source: SearchedText
    private let pattern: RegexPattern
    /// Where the groups behind the first are; `nil` for those that took no part.
    private let others: [Range<Int>?]

    init(_ result: NSTextCheckingResult, _ source: SearchedText, _ pattern: RegexPattern) {
        index = result.range.location
        length = result.range.length
        self.source = source
        self.pattern = pattern
        others =
            result.numberOfRanges < 2
            ? []
            : (1..<result.numberOfRanges).map { number in
                let range = result.range(at: number)
                return range.location == NSNotFound ? nil : range.location..<range.location + range.length
            }
    }

    /// A match without groups.
    init(_ range: Range<Int>, _ source: SearchedText, _ pattern: RegexPattern) {
        index = range.lowerBound
        length = range.count
        self.source = source
        self.pattern = pattern
        others = []
    }

    var end: Int { index + length }

    var text: String { source[index..<end] }

    /// Made when somebody asks: most matches are only replaced, or split at.
    var groups: [Group] {
        let whole = Group(name: "0", number: 0, isSuccess: true, index: index, text: text)
        if others.isEmpty { return [whole] }
        var groups = [whole]
        for (place, range) in others.enumerated() {
            let number = place + 1
            let name = pattern.names.first { $0.number == number }?.name ?? String(number)
            groups.append(
                Group(
                    name: name, number: number, isSuccess: range != nil, index: range?.lowerBound ?? 0,
                    text: range.map { source[$0] } ?? ""))
        }
        return RegexMatch.renumbered(groups)
    }

    /// Whether there are groups besides the whole match.
    var hasGroups: Bool { !others.isEmpty }

    /// .NET numbers groups without a name first, and those with one after them; ICU numbers all as they come.
    private static func renumbered(_ groups: [Group]) -> [Group] {
        guard groups.dropFirst().contains(where: { Int($0.name) == nil }) else { return groups }
        let ordered =
            [groups[0]] + groups.dropFirst().filter { Int($0.name) != nil }
            + groups.dropFirst().filter { Int($0.name) == nil }
        return ordered.enumerated().map { number, group in
            Group(
                name: Int(group.name) == nil ? group.name : String(number), number: number, isSuccess: group.isSuccess,
                index: group.index, text: group.text)
        }
    }

    private static func group(named name: String, in groups: [Group]) -> Group? {
        groups.first { $0.name == name } ?? Int(name).flatMap { $0 < groups.count ? groups[$0] : nil }
    }

    func expand(_ replacement: String, in text: String) -> String {
        guard replacement.utf8.contains(0x24) else { return replacement }
        let groups = groups
        var result = ""
        var rest = replacement[...]
        while let character = rest.popFirst() {
            guard character == "$", let next = rest.first else {
                result.append(character)
                continue
            }
            switch next {
            case "$":
                rest.removeFirst()
                result.append("$")
            case "&":
                rest.removeFirst()
                result += self.text
            case "`":
                rest.removeFirst()
                result += source[0..<index]
            case "'":
                rest.removeFirst()
                result += source[end..<source.length]
            case "_":
                rest.removeFirst()
                result += text
            case "+":
                rest.removeFirst()
                result += groups.last?.text ?? ""
            case "{":
                let name = rest.dropFirst().prefix { $0 != "}" }
                if name.endIndex < rest.endIndex, let group = Self.group(named: String(name), in: groups) {
                    result += group.text
                    rest = rest[name.endIndex...].dropFirst()
                } else {
                    result.append("$")
                }
            case let digit where digit.isASCII && digit.isNumber:
                let digits = rest.prefix { $0.isASCII && $0.isNumber }
                var taken = digits
                while !taken.isEmpty, (Int(taken) ?? .max) >= groups.count { taken = taken.dropLast() }
                if taken.isEmpty {
                    result.append("$")
                } else {
                    result += groups[Int(taken) ?? 0].text
                    rest = rest[taken.endIndex...]
                }
            default: result.append("$")
            }
        }
        return result
    }
}
