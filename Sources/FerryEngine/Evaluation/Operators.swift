import FerryLanguage

/// What the operators other than arithmetic do.
package enum Operators {
    static func compare(_ op: BinaryOperator, _ left: Value, _ right: Value, caseSensitive: Bool, _ frame: Frame)
        throws(Stop) -> Value
    {
        if let elements = left.elements {
            var kept: [Value] = []
            for element in elements where try test(op, element, right, caseSensitive, frame, recordsMatch: false) {
                kept.append(element)
            }
            return .array(kept)
        }
        return .bool(try test(op, left, right, caseSensitive, frame, recordsMatch: true))
    }

    /// An operator by name without its dash, with the prefix `c` or `i` where it has one.
    static func binary(_ name: String, _ left: Value, _ right: Value, _ frame: Frame) throws(Stop) -> Value {
        let key = name.lowercased()
        var op = BinaryOperator(rawValue: "-" + key)
        var caseSensitive = false
        if op == nil, key.hasPrefix("c") || key.hasPrefix("i") {
            caseSensitive = key.hasPrefix("c")
            op = BinaryOperator(rawValue: "-" + key.dropFirst())
        }
        switch op {
        case .contains: return .bool(contains(left, right, caseSensitive, frame.runspace))
        case .notContains: return .bool(!contains(left, right, caseSensitive, frame.runspace))
        case .in: return .bool(contains(right, left, caseSensitive, frame.runspace))
        case .notIn: return .bool(!contains(right, left, caseSensitive, frame.runspace))
        case .is: return .bool(try isType(left, right, frame))
        case .isNot: return .bool(try !isType(left, right, frame))
        case .as: return try asType(left, right, frame)
        case .replace: return try replace(left, right, caseSensitive: caseSensitive, frame)
        case .split: return try split(left, right, caseSensitive: caseSensitive, frame)
        case .join: return try join(left, right.display, frame)
        case .some(let op): return try compare(op, left, right, caseSensitive: caseSensitive, frame)
        case nil: throw .runtime("BadOperator", .invalidArgument, "There is no operator named '-\(name)'.")
        }
    }

    private static func test(
        _ op: BinaryOperator, _ left: Value, _ right: Value, _ caseSensitive: Bool, _ frame: Frame, recordsMatch: Bool
    ) throws(Stop) -> Bool {
        let runspace = frame.runspace
        switch op {
        case .equal: return Comparison.equal(left, right, caseSensitive: caseSensitive, runspace)
        case .notEqual: return !Comparison.equal(left, right, caseSensitive: caseSensitive, runspace)
        case .less: return try Comparison.order(left, right, caseSensitive: caseSensitive, runspace) < 0
        case .lessOrEqual: return try Comparison.order(left, right, caseSensitive: caseSensitive, runspace) <= 0
        case .greater: return try Comparison.order(left, right, caseSensitive: caseSensitive, runspace) > 0
        case .greaterOrEqual: return try Comparison.order(left, right, caseSensitive: caseSensitive, runspace) >= 0
        case .like:
            return try WildcardPattern.checked(right.display, caseSensitive: caseSensitive).matches(left.display)
        case .notLike:
            return try !WildcardPattern.checked(right.display, caseSensitive: caseSensitive).matches(left.display)
        case .match: return try matches(left, right, caseSensitive, frame, recordsMatch)
        case .notMatch: return try !matches(left, right, caseSensitive, frame, recordsMatch)
        default: return false
        }
    }

    static func pattern(_ value: Value, caseSensitive: Bool, operator name: String) throws(Stop) -> RegexPattern {
        if let regex = value.asObject as? RegexObject {
            if caseSensitive || regex.pattern.options.contains(.ignoreCase) { return regex.pattern }
            return try compile(regex.pattern.pattern, regex.pattern.options.union(.ignoreCase), name)
        }
        return try compile(value.display, caseSensitive ? [] : .ignoreCase, name)
    }

    private static func compile(_ text: String, _ options: RegexOptions, _ name: String) throws(Stop) -> RegexPattern {
        do throws(RegexPattern.Invalid) {
            return try RegexPattern.cached(text, options: options)
        } catch {
            throw .runtime(
                "InvalidRegularExpression", .invalidOperation, "The regular expression pattern \(text) is not valid.",
                target: .string(text),
                inner: ExceptionObject("System.Text.RegularExpressions.RegexParseException", error.message))
        }
    }

    private static func matches(
        _ left: Value, _ right: Value, _ caseSensitive: Bool, _ frame: Frame, _ recordsMatch: Bool
    ) throws(Stop) -> Bool {
        let regex = try pattern(right, caseSensitive: caseSensitive, operator: "-match")
        guard recordsMatch else { return try regex.isMatch(left.display, frame.runspace.interrupt) }
        guard let match = try regex.firstMatch(in: left.display, frame.runspace.interrupt) else { return false }
        frame.scope.define(.matches, .table(table(of: match)))
        return true
    }

    /// `$Matches`: 0 is the whole match; groups by number or name.
    static func table(of match: RegexMatch) -> TableObject {
        let table = TableObject()
        for group in match.groups where group.isSuccess {
            if Int(group.name) != nil {
                table[.count(group.number)] = .string(group.text)
            } else {
                table[.string(group.name)] = .string(group.text)
            }
        }
        return table
    }

    static func contains(_ collection: Value, _ item: Value, _ caseSensitive: Bool, _ runspace: Runspace) -> Bool {
        (collection.elements ?? [collection]).contains {
            Comparison.equal($0, item, caseSensitive: caseSensitive, runspace)
        }
    }

    // MARK: Strings

    static func replace(_ left: Value, _ right: Value, caseSensitive: Bool, _ frame: Frame) throws(Stop) -> Value {
        let parts = right.elements ?? [right]
        guard parts.count <= 2, let first = parts.first else {
            throw .runtime(
                "BadReplaceArgument", .invalidOperation,
                "The -replace operator allows only two elements to follow it, not \(parts.count).", target: right)
        }
        let regex = try pattern(first, caseSensitive: caseSensitive, operator: "-replace")
        let replacement = parts.count > 1 ? parts[1] : .string("")
        func one(_ value: Value) throws(Stop) -> Value {
            let text = Conversion.text(value, frame.runspace)
            guard let block = replacement.asScriptBlock else {
                let written = Conversion.text(replacement, frame.runspace)
                return .string(try regex.replace(text, with: written, frame.runspace.interrupt))
            }
            return .string(
                try regex.replace(text, frame.runspace.interrupt) { match throws(Stop) in
                    let found = Value.object(MatchObject(match))
                    return Value.array(
                        try block.collect(frame, item: found, arguments: block.isPlain ? [] : [found])
                    ).display
                })
        }
        guard let elements = left.elements else { return try one(left) }
        var results: [Value] = []
        for element in elements { results.append(try one(element)) }
        return .array(results)
    }

    static func split(_ left: Value, _ right: Value, caseSensitive: Bool, _ frame: Frame) throws(Stop) -> Value {
        let parts = right.elements ?? [right]
        var limit = 0
        if parts.count > 1, case .number(let number) = try Conversion.convert(parts[1], to: .int32) {
            limit = Int(number.asInt64 ?? 0)
        }
        var options = caseSensitive ? [] : ["ignorecase"]
        if parts.count > 2 {
            options += parts[2].display.split(separator: ",").map { String($0).trimmed.lowercased() }
            try checkSplit(options, parts[2])
        }
        var pieces: [Value] = []
        for item in left.elements ?? [left] {
            let text = Conversion.text(item, frame.runspace)
            if let block = parts.first?.asScriptBlock {
                pieces += try split(text, by: block, limit, frame)
                continue
            }
            let delimiter = parts.first?.display ?? " "
            let source = options.contains("simplematch") ? RegexPattern.escape(delimiter) : delimiter
            var flags: RegexOptions = options.contains("ignorecase") ? .ignoreCase : []
            if options.contains("multiline") { flags.insert(.multiline) }
            if options.contains("singleline") { flags.insert(.singleline) }
            if options.contains("ignorepatternwhitespace") { flags.insert(.ignorePatternWhitespace) }
            let regex = try compile(source, flags, "-split")
            if options.contains("explicitcapture") {
                pieces += try split(text, regex, limit, frame.runspace.interrupt)
            } else if limit < 0 {
                pieces += try splitFromRight(text, regex, -limit, frame.runspace.interrupt)
            } else {
                pieces += try regex.split(text, limit: limit, frame.runspace.interrupt).map { .string($0) }
            }
        }
        return .array(ArrayObject(pieces, of: .string))
    }

    /// A plain text has none of the options of regular expressions.
    private static func checkSplit(_ options: [String], _ written: Value) throws(Stop) {
        let ofRegex = [
            "regexmatch", "multiline", "singleline", "ignorepatternwhitespace", "explicitcapture", "cultureinvariant",
        ]
        guard options.contains("simplematch"), options.contains(where: ofRegex.contains) else { return }
        throw .runtime(
            "InvalidSplitOptionCombination", .invalidArgument,
            "The split options combination '\(written.display)' is not valid: SimpleMatch goes only with IgnoreCase.",
            target: written)
    }

    /// `ExplicitCapture`: the pieces alone, without what groups in parentheses matched.
    private static func split(
        _ text: String, _ regex: RegexPattern, _ limit: Int, _ interrupt: Interrupt
    ) throws(Stop) -> [Value] {
        if limit < 0 { return try splitFromRight(text, regex, -limit, interrupt) }
        let all = try regex.matches(in: text, interrupt)
        let units = text.units
        var pieces: [Value] = []
        var position = 0
        for match in limit > 0 ? all.prefix(limit - 1) : all[...] {
            pieces.append(.string(String(units: units[position..<match.index])))
            position = match.index + match.length
        }
        return pieces + [.string(String(units: units[position...]))]
    }

    private static func splitFromRight(
        _ text: String, _ regex: RegexPattern, _ limit: Int, _ interrupt: Interrupt
    ) throws(Stop) -> [Value] {
        let found = try regex.matches(in: text, interrupt).suffix(limit - 1)
        let units = text.units
        var pieces: [Value] = []
        var position = 0
        for match in found {
            pieces.append(.string(String(units: units[position..<match.index])))
            position = match.index + match.length
        }
        return pieces + [.string(String(units: units[position...]))]
    }

    private static func split(_ text: String, by block: ScriptBlock, _ limit: Int, _ frame: Frame) throws(Stop)
        -> [Value]
    {
        var pieces: [Value] = []
        var current = ""
        if limit < 0 {
            // From the right: what is left over is the first piece.
            var rest = text.units[...]
            while pieces.count < -limit - 1, let unit = rest.popLast() {
                let letter = String(units: [unit])
                if Value.array(try block.collect(frame, item: .string(letter))).isTrue {
                    pieces.insert(.string(current), at: 0)
                    current = ""
                } else {
                    current = letter + current
                }
            }
            return [.string(String(units: Array(rest)) + current)] + pieces
        }
        for unit in text.utf16 {
            let letter = String(units: [unit])
            let isOver = limit > 0 && pieces.count >= limit - 1
            if !isOver, Value.array(try block.collect(frame, item: .string(letter))).isTrue {
                pieces.append(.string(current))
                current = ""
            } else {
                current += letter
            }
        }
        return pieces + [.string(current)]
    }

    /// Unary `-split`: at runs of white space, without empty pieces at the ends.
    static func splitWords(_ value: Value, _ frame: Frame) -> Value {
        var words: [Value] = []
        for item in value.elements ?? [value] {
            words += Conversion.text(item, frame.runspace).split(whereSeparator: \.isWhitespace).map {
                .string(String($0))
            }
        }
        return .array(ArrayObject(words, of: .string))
    }

    static func join(_ value: Value, _ separator: String, _ frame: Frame) throws(Stop) -> Value {
        var parts: [String] = []
        for item in value.elements ?? [value] { parts.append(try Members.text(item, frame)) }
        return .string(parts.joined(separator: separator))
    }

    static func format(_ left: Value, _ right: Value, _ frame: Frame) throws(Stop) -> Value {
        let arguments: [Value]
        if case .array(let array) = right { arguments = array.elements } else { arguments = [right] }
        return .string(try CompositeFormat.text(Conversion.text(left, frame.runspace), arguments, frame.runspace))
    }

    // MARK: Types

    static func type(_ value: Value, _ frame: Frame, operator name: String) throws(Stop) -> RuntimeType {
        switch value.plain {
        case .type(let type): return type
        case .string(let text):
            if let type = TypeCatalog.resolve(text) { return type }
        default: break
        }
        if !value.isNull {
            throw .runtime(
                "RuntimeException", .invalidArgument,
                Conversion.impossible(value.plain, .type).record?.message ?? "",
                inner: ExceptionObject(
                    "System.Management.Automation.PSInvalidCastException",
                    Conversion.impossible(value.plain, .type).record?.message ?? ""))
        }
        throw .runtime(
            name == "-as" ? "AsOperatorRequiresType" : "IsOperatorRequiresType", .invalidOperation,
            "The right operand of '\(name)' must be a type.")
    }

    static func isType(_ left: Value, _ right: Value, _ frame: Frame) throws(Stop) -> Bool {
        let type = try type(right, frame, operator: "-is")
        return TypeCatalog.value(left, isA: type)
    }

    static func asType(_ left: Value, _ right: Value, _ frame: Frame) throws(Stop) -> Value {
        let type = try type(right, frame, operator: "-as")
        return Conversion.attempt(left, to: type, frame.runspace) ?? .null
    }
}
