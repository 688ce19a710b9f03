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
    /// The pattern, where it is a plain text.
    private let literal: LiteralSearch?

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
        literal = LiteralSearch(pattern, options)
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
        let source = SearchedText(text)
        guard start >= 0, start <= source.length, limit > 0 else { return [] }
        if let literal, source.isASCII {
            return literal.ranges(in: text, from: start, limit: limit).map { RegexMatch($0, source, self) }
        }
        return try results(in: text, start..<source.length, limit, interrupt).map { RegexMatch($0, source, self) }
    }

    func firstMatch(in text: String, from start: Int = 0, _ interrupt: Interrupt?) throws(Stop) -> RegexMatch? {
        try matches(in: text, from: start, limit: 1, interrupt).first
    }

    package func isMatch(_ text: String, _ interrupt: Interrupt?) throws(Stop) -> Bool {
        let length = text.utf16.count
        if let literal, length == text.utf8.count { return literal.isIn(text) }
        return try !results(in: text, 0..<length, 1, interrupt).isEmpty
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
        let source = SearchedText(text)
        // Pieces that end between two surrogates make a character again with what comes between them.
        guard source.isASCII else { return try replace(source, found, by: body) }
        var result = ""
        result.reserveCapacity(source.length)
        var position = 0
        for match in found {
            result += source[position..<match.index]
            result += try body(match)
            position = match.end
        }
        result += source[position..<source.length]
        return result
    }

    private func replace(
        _ source: SearchedText, _ found: [RegexMatch], by body: (RegexMatch) throws(Stop) -> String
    ) throws(Stop) -> String {
        let units = source.text.units
        var result: [UInt16] = []
        var position = 0
        for match in found {
            result += units[position..<match.index]
            result += try body(match).utf16
            position = match.end
        }
        result += units[position...]
        return String(units: result)
    }

    /// The pieces between matches; captured groups are part of the result, as in .NET.
    func split(_ text: String, limit: Int = 0, _ interrupt: Interrupt?) throws(Stop) -> [String] {
        let found = try matches(in: text, limit: limit > 0 ? limit - 1 : .max, interrupt)
        let source = SearchedText(text)
        var pieces: [String] = []
        pieces.reserveCapacity(found.count + 1)
        var position = 0
        for match in found {
            pieces.append(source[position..<match.index])
            if match.hasGroups {
                for group in match.groups.dropFirst() where group.isSuccess { pieces.append(group.text) }
            }
            position = match.end
        }
        pieces.append(source[position..<source.length])
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
