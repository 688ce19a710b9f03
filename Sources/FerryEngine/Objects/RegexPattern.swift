import Foundation
import Synchronization

/// A .NET-flavoured regular expression on ICU's engine, compiled once and cached.
package final class RegexPattern: Sendable {
    package struct Invalid: Error { package let message: String }

    package let pattern: String
    package let options: RegexOptions
    let expression: NSRegularExpression
    /// Names in order of appearance with their group numbers (ICU numbers named groups with the others).
    let names: [(name: String, number: Int)]

    private static let cache = Mutex<[String: RegexPattern]>([:])

    package static func cached(_ pattern: String, ignoresCase: Bool) throws(Invalid) -> RegexPattern {
        try cached(pattern, options: ignoresCase ? .ignoreCase : [])
    }

    package static func cached(_ pattern: String, options: RegexOptions) throws(Invalid) -> RegexPattern {
        let key = "\(options.rawValue):\(pattern)"
        if let found = cache.withLock({ $0[key] }) { return found }
        let made = try RegexPattern(pattern, options)
        cache.withLock { cache in
            if cache.count > 500 { cache.removeAll() }
            cache[key] = made
        }
        return made
    }

    private init(_ pattern: String, _ options: RegexOptions) throws(Invalid) {
        self.pattern = pattern
        self.options = options
        var flags: NSRegularExpression.Options = []
        if options.contains(.ignoreCase) { flags.insert(.caseInsensitive) }
        if options.contains(.multiline) { flags.insert(.anchorsMatchLines) }
        if options.contains(.singleline) { flags.insert(.dotMatchesLineSeparators) }
        if options.contains(.ignorePatternWhitespace) { flags.insert(.allowCommentsAndWhitespace) }
        do {
            expression = try NSRegularExpression(
                pattern: RegexPattern.translated(pattern), options: flags.union(.useUnixLineSeparators))
        } catch {
            throw Invalid(message: "Invalid pattern '\(pattern)': the regular expression cannot be read.")
        }
        names = RegexPattern.groupNames(pattern)
    }

    /// .NET's spellings that ICU lacks: `(?'name'…)`, underscores in names, `\Z` and `$` before a last newline are the same.
    private static func translated(_ pattern: String) -> String {
        // NSRegularExpression takes nothing for no pattern.
        if pattern.isEmpty { return "(?:)" }
        var result = ""
        let characters = Array(pattern)
        var index = 0
        var inClass = 0
        while index < characters.count {
            let character = characters[index]
            if character == "\\", index + 1 < characters.count {
                if characters[index + 1] == "k", index + 2 < characters.count, characters[index + 2] == "<" {
                    let name = String(characters[(index + 3)...].prefix { $0 != ">" })
                    result += "\\k<\(icuName(name))>"
                    index += 4 + name.count
                    continue
                }
                result.append(character)
                result.append(characters[index + 1])
                index += 2
                continue
            }
            if character == "[" {
                // A bracket inside a class is literal in .NET and a nested set in ICU.
                if inClass > 0 {
                    result += "\\["
                } else {
                    inClass = 1
                    result.append(character)
                    if index + 1 < characters.count, characters[index + 1] == "^" {
                        result.append("^")
                        index += 1
                    }
                    if index + 1 < characters.count, characters[index + 1] == "]" {
                        result += "\\]"
                        index += 1
                    }
                }
                index += 1
                continue
            }
            if character == "]", inClass > 0 { inClass = 0 }
            if inClass > 0, character == "&", index + 1 < characters.count, characters[index + 1] == "&" {
                result += "\\&"
                index += 1
                continue
            }
            if inClass == 0, character == "(", index + 2 < characters.count, characters[index + 1] == "?" {
                let open = characters[index + 2]
                if open == "'" || (open == "<" && index + 3 < characters.count && characters[index + 3].isLetter)
                    || (open == "<" && index + 3 < characters.count && characters[index + 3] == "_")
                {
                    let close: Character = open == "'" ? "'" : ">"
                    let name = String(characters[(index + 3)...].prefix { $0 != close })
                    result += "(?<\(icuName(name))>"
                    index += 4 + name.count
                    continue
                }
            }
            result.append(character)
            index += 1
        }
        return result
    }

    /// ICU's group names are letters and digits only.
    static func icuName(_ name: String) -> String {
        var result = ""
        for scalar in name.unicodeScalars {
            if scalar.isASCII, scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                result += "Z\(scalar.value)Z"
            }
        }
        return result
    }

    private static func groupNames(_ pattern: String) -> [(name: String, number: Int)] {
        var names: [(name: String, number: Int)] = []
        let characters = Array(pattern)
        var number = 0
        var index = 0
        var inClass = false
        while index < characters.count {
            switch characters[index] {
            case "\\": index += 1
            case "[": inClass = true
            case "]": inClass = false
            case "(" where !inClass:
                if index + 1 < characters.count, characters[index + 1] == "?" {
                    if index + 3 < characters.count, characters[index + 2] == "<" || characters[index + 2] == "'",
                        characters[index + 3] != "=", characters[index + 3] != "!"
                    {
                        number += 1
                        let close: Character = characters[index + 2] == "'" ? "'" : ">"
                        names.append((String(characters[(index + 3)...].prefix { $0 != close }), number))
                    }
                } else {
                    number += 1
                }
            default: break
            }
            index += 1
        }
        return names
    }

    /// Every match, or the first `limit`.
    ///
    /// - Parameter interrupt: what ends the search: a pattern such as `(a+)+b` may try more ways than anybody can wait for.
    func matches(
        in text: String, from start: Int = 0, limit: Int = .max, _ interrupt: Interrupt?
    ) throws(Stop) -> [RegexMatch] {
        let source = NSString(string: text)
        guard start >= 0, start <= source.length else { return [] }
        return try results(in: text, start..<source.length, limit, interrupt).map { RegexMatch($0, source, self) }
    }

    func firstMatch(in text: String, from start: Int = 0, _ interrupt: Interrupt?) throws(Stop) -> RegexMatch? {
        try matches(in: text, from: start, limit: 1, interrupt).first
    }

    package func isMatch(_ text: String, _ interrupt: Interrupt?) throws(Stop) -> Bool {
        try !results(in: text, 0..<text.utf16.count, 1, interrupt).isEmpty
    }

    /// A search that ICU gives up, because it would have to remember more ways back than it has room for, is an error: to say
    /// that nothing matches would be wrong.
    private func results(
        in text: String, _ range: Range<Int>, _ limit: Int, _ interrupt: Interrupt?
    ) throws(Stop) -> [NSTextCheckingResult] {
        guard limit > 0 else { return [] }
        var found: [NSTextCheckingResult] = []
        var isGivenUp = false
        unsafe expression.enumerateMatches(
            in: text, options: [.reportProgress, .reportCompletion], range: NSRange(range)
        ) { result, flags, stop in
            if flags.contains(.internalError) { isGivenUp = true }
            if let result { found.append(result) }
            // Without a result it is a report: the end, or another ten thousand steps.
            if found.count >= limit || interrupt?.isRaised == true { unsafe stop.pointee = true }
        }
        try interrupt?.check()
        guard isGivenUp else { return found }
        throw .runtime(
            "RegexTooComplex", .limitsExceeded,
            "The regular expression '\(pattern)' was given up on a text of \(text.utf16.count) characters: it has to remember "
                + "too many ways back. Repeat a set of characters instead of a group, or match parts of the text.",
            target: .string(pattern), exception: "System.Text.RegularExpressions.RegexMatchTimeoutException")
    }

    /// Replaces matches by a .NET replacement pattern: `$1`, `${name}`, `$&`, `$$`, `` $` ``, `$'`, `$_`, `$+`.
    func replace(
        _ text: String, with replacement: String, limit: Int = .max, _ interrupt: Interrupt?
    ) throws(Stop) -> String {
        try replace(text, limit: limit, interrupt) { match throws(Stop) in match.expand(replacement, in: text) }
    }

    func replace(
        _ text: String, limit: Int = .max, _ interrupt: Interrupt?, by body: (RegexMatch) throws(Stop) -> String
    ) throws(Stop) -> String {
        let found = try matches(in: text, limit: limit, interrupt)
        if found.isEmpty { return text }
        let units = text.units
        var result: [UInt16] = []
        var position = 0
        for match in found {
            result += units[position..<match.index]
            result += try body(match).utf16
            position = match.index + match.length
        }
        result += units[position...]
        return String(units: result)
    }

    /// The pieces between matches; captured groups are part of the result, as in .NET.
    func split(_ text: String, limit: Int = 0, _ interrupt: Interrupt?) throws(Stop) -> [String] {
        let found = try matches(in: text, limit: limit > 0 ? limit - 1 : .max, interrupt)
        let units = text.units
        var pieces: [String] = []
        var position = 0
        for match in found {
            pieces.append(String(units: units[position..<match.index]))
            for group in match.groups.dropFirst() where group.isSuccess { pieces.append(group.text) }
            position = match.index + match.length
        }
        pieces.append(String(units: units[position...]))
        return pieces
    }

    /// .NET's `Regex.Escape`.
    package static func escape(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\", "*", "+", "?", "|", "{", "[", "(", ")", "^", "$", ".", "#", " ":
                result += "\\" + String(character)
            case "\n": result += "\\n"
            case "\r", "\r\n": result += character == "\r" ? "\\r" : "\\r\\n"
            case "\t": result += "\\t"
            default: result.append(character)
            }
        }
        return result
    }

    package static func unescape(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            guard character == "\\", let next = rest.popFirst() else {
                result.append(character)
                continue
            }
            switch next {
            case "n": result.append("\n")
            case "r": result.append("\r")
            case "t": result.append("\t")
            default: result.append(next)
            }
        }
        return result
    }
}

/// `System.Text.RegularExpressions.RegexOptions`.
package struct RegexOptions: OptionSet, Sendable {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
    package static let ignoreCase = RegexOptions(rawValue: 1)
    package static let multiline = RegexOptions(rawValue: 2)
    package static let explicitCapture = RegexOptions(rawValue: 4)
    package static let singleline = RegexOptions(rawValue: 16)
    package static let ignorePatternWhitespace = RegexOptions(rawValue: 32)

    static let enumType = EnumType(
        "System.Text.RegularExpressions.RegexOptions",
        [
            ("None", 0), ("IgnoreCase", 1), ("Multiline", 2), ("ExplicitCapture", 4), ("Compiled", 8),
            ("Singleline", 16),
            ("IgnorePatternWhitespace", 32), ("RightToLeft", 64), ("ECMAScript", 256), ("CultureInvariant", 512),
        ], flags: true)
}

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
    let groups: [Group]

    init(_ result: NSTextCheckingResult, _ source: NSString, _ pattern: RegexPattern) {
        index = result.range.location
        length = result.range.length
        var groups: [Group] = []
        for number in 0..<result.numberOfRanges {
            let range = result.range(at: number)
            let name = pattern.names.first { $0.number == number }?.name ?? String(number)
            if range.location == NSNotFound {
                groups.append(Group(name: name, number: number, isSuccess: false, index: 0, text: ""))
            } else {
                groups.append(
                    Group(
                        name: name, number: number, isSuccess: true, index: range.location,
                        text: source.substring(with: range)))
            }
        }
        self.groups = RegexMatch.renumbered(groups)
    }

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

    var text: String { groups[0].text }

    func group(named name: String) -> Group? {
        groups.first { $0.name == name } ?? Int(name).flatMap { $0 < groups.count ? groups[$0] : nil }
    }

    func expand(_ replacement: String, in text: String) -> String {
        guard replacement.contains("$") else { return replacement }
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
                result += String(units: text.units[..<index])
            case "'":
                rest.removeFirst()
                result += String(units: text.units[(index + length)...])
            case "_":
                rest.removeFirst()
                result += text
            case "+":
                rest.removeFirst()
                result += groups.last?.text ?? ""
            case "{":
                let name = rest.dropFirst().prefix { $0 != "}" }
                if name.endIndex < rest.endIndex, let group = group(named: String(name)) {
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
