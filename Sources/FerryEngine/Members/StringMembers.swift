/// Methods of `System.String`, by .NET's rules: positions and lengths are UTF-16 code units, comparisons are ordinal.
enum StringMembers {
    static func invoke(_ name: String, on text: String, _ arguments: [Value], _ frame: Frame) throws(Stop) -> Value? {
        let units = text.units
        func whole(_ index: Int) throws(Stop) -> Int {
            guard case .number(let number) = try Conversion.convert(arguments[index], to: .int32, frame.runspace),
                let value = number.asInt64
            else { return 0 }
            return Int(value)
        }
        func word(_ index: Int) -> String { arguments[index].display }
        func outOfRange(_ parameter: String, _ message: String) -> Stop {
            Members.exception("System.ArgumentOutOfRangeException", "\(message) (Parameter '\(parameter)')")
        }
        switch (name.folded, arguments.count) {
        case ("toupper", 0...1), ("toupperinvariant", 0): return .string(text.uppercased())
        case ("tolower", 0...1), ("tolowerinvariant", 0): return .string(text.lowercased())
        case ("trim", 0): return .string(text.trimmed)
        case ("trim", _): return .string(trim(units, arguments, start: true, end: true))
        case ("trimstart", 0): return .string(String(text.drop { $0.isWhitespace }))
        case ("trimstart", _): return .string(trim(units, arguments, start: true, end: false))
        case ("trimend", 0):
            var rest = text[...]
            while let last = rest.last, last.isWhitespace { rest.removeLast() }
            return .string(String(rest))
        case ("trimend", _): return .string(trim(units, arguments, start: false, end: true))
        case ("contains", 1...2):
            return .bool(find(units, word(0).units, from: 0, ignoringCase: ignoresCase(arguments, 1)) != nil)
        case ("startswith", 1...2):
            return .bool(prefix(text, word(0), ignoringCase: ignoresCase(arguments, 1)))
        case ("endswith", 1...2):
            return .bool(suffix(text, word(0), ignoringCase: ignoresCase(arguments, 1)))
        case ("indexof", 1): return .int(Int32(find(units, word(0).units, from: 0, ignoringCase: false) ?? -1))
        case ("indexof", 2):
            if case .symbol = arguments[1] {
                return .int(Int32(find(units, word(0).units, from: 0, ignoringCase: ignoresCase(arguments, 1)) ?? -1))
            }
            let start = try whole(1)
            guard (0...units.count).contains(start) else {
                throw outOfRange(
                    "startIndex",
                    "Index was out of range. Must be non-negative and less than or equal to the size of the collection."
                )
            }
            return .int(Int32(find(units, word(0).units, from: start, ignoringCase: false) ?? -1))
        case ("lastindexof", 1): return .int(Int32(findLast(units, word(0).units) ?? -1))
        case ("indexofany", 1):
            let set = Set(arguments[0].display.units)
            return .int(Int32(units.firstIndex { set.contains($0) } ?? -1))
        case ("substring", 1...2):
            let start = try whole(0)
            guard start >= 0 else { throw outOfRange("startIndex", "StartIndex cannot be less than zero.") }
            guard start <= units.count else {
                throw outOfRange("startIndex", "startIndex cannot be larger than length of string.")
            }
            guard arguments.count == 2 else { return .string(String(units: units[start...])) }
            let length = try whole(1)
            guard length >= 0 else { throw outOfRange("length", "Length cannot be less than zero.") }
            guard length <= units.count - start else {
                throw outOfRange("length", "Index and length must refer to a location within the string.")
            }
            return .string(String(units: units[start..<start + length]))
        case ("replace", 2...3):
            guard !word(0).isEmpty else {
                throw Members.exception(
                    "System.ArgumentException", "String cannot be of zero length. (Parameter 'oldValue')")
            }
            return .string(replace(units, word(0).units, word(1).units, ignoringCase: ignoresCase(arguments, 2)))
        case ("split", 0...): return split(text, arguments)
        case ("padleft", 1...2), ("padright", 1...2):
            let width = try whole(0)
            guard width >= 0 else {
                throw outOfRange("totalWidth", "Non-negative number required.")
            }
            guard width <= 1 << 24 else {
                throw outOfRange("totalWidth", "The width is larger than ferry makes strings.")
            }
            let filler = arguments.count == 2 ? word(1) : " "
            let padding = String(repeating: filler, count: max(0, width - units.count))
            return .string(name.folded == "padleft" ? padding + text : text + padding)
        case ("insert", 2):
            let start = try whole(0)
            guard (0...units.count).contains(start) else {
                throw outOfRange("startIndex", "Specified argument was out of the range of valid values.")
            }
            return .string(String(units: units[..<start] + word(1).units + units[start...]))
        case ("remove", 1...2):
            let start = try whole(0)
            let length = arguments.count == 2 ? try whole(1) : units.count - start
            guard start >= 0, length >= 0, start <= units.count, length <= units.count - start else {
                throw outOfRange("count", "Index and count must refer to a location within the string.")
            }
            return .string(String(units: units[..<start] + units[(start + length)...]))
        case ("tochararray", 0): return .array(ArrayObject(units.map { .char($0) }, of: .char))
        case ("equals", 1...2):
            guard case .string(let other) = arguments[0] else { return .bool(false) }
            return .bool(ignoresCase(arguments, 1) ? text.equalsIgnoringCase(other) : text == other)
        case ("compareto", 1): return .int(Int32(Collation.compare(text, word(0), caseSensitive: true)))
        case ("tostring", 0...1): return .string(text)
        case ("getenumerator", 0): return .array(units.map { .char($0) })
        case ("clone", 0): return .string(text)
        case ("normalize", 0): return .string(text)
        case ("isnormalized", 0): return .bool(true)
        case ("toupper", _), ("tolower", _), ("contains", _), ("startswith", _), ("endswith", _), ("indexof", _),
            ("lastindexof", _), ("substring", _), ("replace", _), ("padleft", _), ("padright", _), ("insert", _),
            ("remove", _), ("tochararray", _), ("compareto", _):
            throw Members.overload(name, arguments.count)
        default: return nil
        }
    }

    /// A `StringComparison` argument that ignores case, or `$true` where .NET has such an overload.
    private static func ignoresCase(_ arguments: [Value], _ index: Int) -> Bool {
        guard index < arguments.count else { return false }
        if case .bool(let flag) = arguments[index] { return flag }
        return arguments[index].display.folded.hasSuffix("ignorecase")
    }

    private static func set(_ arguments: [Value]) -> Set<UInt16> {
        Set(arguments.flatMap { ($0.elements ?? [$0]).flatMap { $0.display.units } })
    }

    private static func trim(_ units: [UInt16], _ arguments: [Value], start: Bool, end: Bool) -> String {
        let unwanted = set(arguments)
        var rest = units[...]
        if start { while let first = rest.first, unwanted.contains(first) { rest.removeFirst() } }
        if end { while let last = rest.last, unwanted.contains(last) { rest.removeLast() } }
        return String(units: rest)
    }

    private static func same(_ a: UInt16, _ b: UInt16, ignoringCase: Bool) -> Bool {
        a == b || ignoringCase && String(units: [a]).folded == String(units: [b]).folded
    }

    private static func find(_ units: [UInt16], _ wanted: [UInt16], from start: Int, ignoringCase: Bool) -> Int? {
        if wanted.isEmpty { return start }
        guard units.count >= wanted.count else { return nil }
        var position = start
        while position + wanted.count <= units.count {
            if (0..<wanted.count).allSatisfy({ same(units[position + $0], wanted[$0], ignoringCase: ignoringCase) }) {
                return position
            }
            position += 1
        }
        return nil
    }

    private static func findLast(_ units: [UInt16], _ wanted: [UInt16]) -> Int? {
        guard units.count >= wanted.count else { return nil }
        return stride(from: units.count - wanted.count, through: 0, by: -1).first {
            units[$0..<$0 + wanted.count].elementsEqual(wanted)
        }
    }

    private static func prefix(_ text: String, _ wanted: String, ignoringCase: Bool) -> Bool {
        ignoringCase ? text.folded.hasPrefix(wanted.folded) : text.hasPrefix(wanted)
    }

    private static func suffix(_ text: String, _ wanted: String, ignoringCase: Bool) -> Bool {
        ignoringCase ? text.folded.hasSuffix(wanted.folded) : text.hasSuffix(wanted)
    }

    private static func replace(_ units: [UInt16], _ wanted: [UInt16], _ other: [UInt16], ignoringCase: Bool) -> String
    {
        var result: [UInt16] = []
        var position = 0
        while let found = find(units, wanted, from: position, ignoringCase: ignoringCase) {
            result += units[position..<found] + other
            position = found + wanted.count
        }
        return String(units: result + units[position...])
    }

    /// `Split`: one string separator as a whole; several characters or strings each on their own; a count; options.
    private static func split(_ text: String, _ arguments: [Value]) -> Value {
        var rest = arguments[...]
        var dropsEmpty = false
        var trims = false
        var limit = Int.max
        if rest.count > 1, let last = rest.last {
            let option = last.display.folded
            if case .symbol = last { dropsEmpty = option.contains("removeemptyentries") }
            if case .string = last, option == "removeemptyentries" || option == "trimentries" || option == "none" {
                dropsEmpty = option == "removeemptyentries"
                trims = option == "trimentries"
                rest.removeLast()
            } else if case .symbol = last {
                trims = option.contains("trimentries")
                rest.removeLast()
            }
        }
        if rest.count > 1, case .number(let number)? = rest.last {
            limit = max(1, Int(number.asInt64 ?? 1))
            rest.removeLast()
        }
        var separators = rest.flatMap { value in
            // A char array's elements each separate; so do several arguments.
            (value.elements ?? [value]).map { $0.display.units }
        }
        if separators.isEmpty || separators == [[]] { separators = [" ", "\t", "\n", "\r"].map(\.units) }
        let units = text.units
        var pieces: [[UInt16]] = []
        var current: [UInt16] = []
        var position = 0
        while position < units.count {
            let separator = separators.first { !$0.isEmpty && units[position...].starts(with: $0) }
            if let separator, pieces.count < limit - 1 {
                if !(dropsEmpty && current.isEmpty) { pieces.append(current) }
                current = []
                position += separator.count
            } else {
                current.append(units[position])
                position += 1
            }
        }
        if !(dropsEmpty && current.isEmpty) { pieces.append(current) }
        let texts = pieces.map { trims ? String(units: $0).trimmed : String(units: $0) }
        return .array(ArrayObject(texts.map { .string($0) }, of: .string))
    }
}
