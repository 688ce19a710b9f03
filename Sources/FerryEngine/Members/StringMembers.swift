import Foundation

/// `System.String`. Indices and lengths are UTF-16 code units, as in .NET.
enum StringMembers {
    static let tables: [TypeMembers] = [string, builder]

    /// The comparison a trailing `StringComparison` or `bool ignoreCase` argument asks for.
    private static func ignoresCase(_ call: MethodCall, from index: Int) -> Bool {
        guard index < call.count else { return false }
        if case .bool(let flag) = call.arguments[index] { return flag }
        return call.arguments[index].display.folded.contains("ignorecase")
    }

    private static func find(_ text: [UInt16], _ part: [UInt16], from start: Int, ignoringCase: Bool) -> Int {
        let haystack = ignoringCase ? String(units: text).folded.units : text
        let needle = ignoringCase ? String(units: part).folded.units : part
        if needle.isEmpty { return start }
        guard haystack.count == text.count, needle.count <= haystack.count else { return -1 }
        var index = start
        while index + needle.count <= haystack.count {
            if haystack[index] == needle[0], haystack[index..<index + needle.count].elementsEqual(needle) {
                return index
            }
            index += 1
        }
        return -1
    }

    private static func findLast(_ text: [UInt16], _ part: [UInt16], from start: Int, ignoringCase: Bool) -> Int {
        let haystack = ignoringCase ? String(units: text).folded.units : text
        let needle = ignoringCase ? String(units: part).folded.units : part
        if needle.isEmpty { return min(start + 1, text.count) }
        var index = min(start, haystack.count - needle.count)
        while index >= 0 {
            if haystack[index..<index + needle.count].elementsEqual(needle) { return index }
            index -= 1
        }
        return -1
    }

    private static func replace(
        _ old: String, with new: String, in text: String, ignoringCase: Bool
    ) -> String {
        if text.utf8.count == text.utf16.count, let search = LiteralSearch(old, ignoresCase: ignoringCase) {
            return search.replace(in: text, with: new)
        }
        return text.replacingOccurrences(
            of: old, with: new, options: ignoringCase ? [.literal, .caseInsensitive] : .literal)
    }

    /// Characters named by the arguments of `Trim` and `Split`: a char array, several chars, or a string's characters.
    private static func characters(_ call: MethodCall, from index: Int) -> Set<UInt16>? {
        guard index < call.count else { return nil }
        var units: Set<UInt16> = []
        for argument in call.arguments[index...] {
            for item in argument.elements ?? [argument] {
                if case .char(let unit) = item { units.insert(unit) } else { units.formUnion(item.display.utf16) }
            }
        }
        return units
    }

    private static func isBlank(_ unit: UInt16) -> Bool {
        Unicode.Scalar(unit).map { $0.properties.isWhitespace } ?? false
    }

    private static func trim(_ call: MethodCall, start: Bool, end: Bool) -> Value {
        let set = characters(call, from: 0)
        func drops(_ unit: UInt16) -> Bool {
            set.map { $0.isEmpty ? isBlank(unit) : $0.contains(unit) } ?? isBlank(unit)
        }
        var units = call.text.units[...]
        if start { units = units.drop(while: drops) }
        if end { while let last = units.last, drops(last) { units.removeLast() } }
        return .string(String(units: units))
    }

    private static func pad(_ call: MethodCall, left: Bool) throws(Stop) -> Value {
        let width = try call.int(0)
        let filler: String =
            if call.count > 1, case .char(let unit) = try call.convert(1, .char) { String(units: [unit]) } else { " " }
        guard width >= 0 else {
            throw call.failed(
                "System.ArgumentOutOfRangeException",
                "Non-negative number required. (Parameter 'totalWidth')")
        }
        let padding = String(repeating: filler, count: max(0, try checkedLength(width, call) - call.text.length))
        return .string(left ? padding + call.text : call.text + padding)
    }

    private static func split(_ call: MethodCall) throws(Stop) -> Value {
        let text = call.text
        var separators: [[UInt16]] = []
        var limit = Int.max
        var removesEmpty = false
        var trims = false
        for (index, argument) in call.arguments.enumerated() {
            switch argument {
            case .number(let number) where index > 0: limit = Int(number.asInt64 ?? 0)
            case .symbol(let symbol):
                removesEmpty = symbol.number & 1 != 0
                trims = symbol.number & 2 != 0
            case .string(let option) where index > 0 && EnumCatalog.splitOptions.value(named: option) != nil:
                removesEmpty = option.folded.contains("remove")
                trims = option.folded.contains("trim")
            case .array(let array):
                separators += array.elements.map { $0.display.units }
            case .char(let unit): separators.append([unit])
            default:
                // .NET 5 and later take a string as one separator.
                separators.append(argument.display.units)
            }
        }
        separators.removeAll { $0.isEmpty }
        let units = text.units
        var pieces: [[UInt16]] = []
        var piece: [UInt16] = []
        var index = 0
        func keep(_ piece: [UInt16]) -> Bool { !(removesEmpty && piece.isEmpty) }
        while index < units.count {
            if pieces.count < limit - 1 {
                let length: Int? =
                    separators.isEmpty
                    ? (isBlank(units[index]) ? 1 : nil)
                    : separators.first { units[index...].starts(with: $0) }?.count
                if let length {
                    if keep(piece) { pieces.append(piece) }
                    piece = []
                    index += length
                    continue
                }
            }
            piece.append(units[index])
            index += 1
        }
        if keep(piece) { pieces.append(piece) }
        var strings = pieces.map { String(units: $0) }
        if trims {
            strings = strings.map(\.trimmed)
            if removesEmpty { strings.removeAll { $0.isEmpty } }
        }
        return .array(ArrayObject(strings.map { .string($0) }, of: .string))
    }

    private static func outOfRange(_ call: MethodCall, _ parameter: String, _ message: String) -> Stop {
        call.failed("System.ArgumentOutOfRangeException", "\(message) (Parameter '\(parameter)')")
    }

    private static let string = TypeMembers("System.String") {
        $0.property("Length", .int32) { .count($0.scalarText.length) }
        $0.method("Substring", "string Substring(int startIndex)\nstring Substring(int startIndex, int length)", 1...2)
        {
            call throws(Stop) in
            let units = call.text.units
            let start = try call.int(0)
            guard start >= 0 else { throw outOfRange(call, "startIndex", "StartIndex cannot be less than zero.") }
            guard start <= units.count else {
                throw outOfRange(call, "startIndex", "startIndex cannot be larger than length of string.")
            }
            let length = try call.count > 1 ? call.int(1) : units.count - start
            guard length >= 0 else { throw outOfRange(call, "length", "Length cannot be less than zero.") }
            guard start + length <= units.count else {
                throw outOfRange(call, "length", "Index and length must refer to a location within the string.")
            }
            return .string(String(units: units[start..<start + length]))
        }
        $0.method("Split", "string[] Split(Params char[] separator)", 0...16) { call throws(Stop) in try split(call) }
        $0.method("Trim", "string Trim()", 0...16) { call throws(Stop) in trim(call, start: true, end: true) }
        $0.method("TrimStart", "string TrimStart()", 0...16) { call throws(Stop) in trim(call, start: true, end: false)
        }
        $0.method("TrimEnd", "string TrimEnd()", 0...16) { call throws(Stop) in trim(call, start: false, end: true) }
        $0.method("Replace", "string Replace(string oldValue, string newValue)", 2...4) { call throws(Stop) in
            let old = try call.string(0)
            guard !old.isEmpty else {
                throw call.failed("System.ArgumentException", "String cannot be of zero length. (Parameter 'oldValue')")
            }
            return .string(
                replace(old, with: try call.string(1), in: call.text, ignoringCase: ignoresCase(call, from: 2)))
        }
        $0.method("ToUpper", "string ToUpper()", 0...1) { call throws(Stop) in .string(call.text.uppercased()) }
        $0.method("ToLower", "string ToLower()", 0...1) { call throws(Stop) in .string(call.text.lowercased()) }
        $0.method("ToUpperInvariant", "string ToUpperInvariant()", 0...0) { call throws(Stop) in
            .string(call.text.uppercased())
        }
        $0.method("ToLowerInvariant", "string ToLowerInvariant()", 0...0) { call throws(Stop) in
            .string(call.text.lowercased())
        }
        $0.method("ToString", "string ToString()", 0...1) { call throws(Stop) in .string(call.text) }
        $0.method("Contains", "bool Contains(string value)", 1...2) { call throws(Stop) in
            .bool(
                find(call.text.units, try call.string(0).units, from: 0, ignoringCase: ignoresCase(call, from: 1)) >= 0)
        }
        $0.method("StartsWith", "bool StartsWith(string value)", 1...3) { call throws(Stop) in
            let part = try call.string(0)
            return .bool(
                ignoresCase(call, from: 1)
                    ? call.text.folded.hasPrefix(part.folded) : call.text.units.starts(with: part.units))
        }
        $0.method("EndsWith", "bool EndsWith(string value)", 1...3) { call throws(Stop) in
            let part = try call.string(0)
            return .bool(
                ignoresCase(call, from: 1)
                    ? call.text.folded.hasSuffix(part.folded)
                    : call.text.units.reversed().starts(with: part.units.reversed()))
        }
        $0.method("IndexOf", "int IndexOf(string value)\nint IndexOf(string value, int startIndex)", 1...4) {
            call throws(Stop) in
            let units = call.text.units
            var start = 0
            if call.count > 1, case .number = call.arguments[1] { start = try call.int(1) }
            guard start >= 0, start <= units.count else {
                throw outOfRange(
                    call, "startIndex",
                    "Index was out of range. Must be non-negative and less than or equal to the size of the collection."
                )
            }
            return .count(
                find(
                    units, try call.string(0).units, from: start, ignoringCase: ignoresCase(call, from: call.count - 1))
            )
        }
        $0.method("LastIndexOf", "int LastIndexOf(string value)", 1...4) { call throws(Stop) in
            let units = call.text.units
            var start = units.count
            if call.count > 1, case .number = call.arguments[1] { start = try call.int(1) }
            return .count(
                findLast(
                    units, try call.string(0).units, from: start, ignoringCase: ignoresCase(call, from: call.count - 1))
            )
        }
        $0.method("IndexOfAny", "int IndexOfAny(char[] anyOf)", 1...2) { call throws(Stop) in
            let set = characters(call, from: 0) ?? []
            return .count(call.text.utf16.enumerated().first { set.contains($0.element) }?.offset ?? -1)
        }
        $0.method("PadLeft", "string PadLeft(int totalWidth)\nstring PadLeft(int totalWidth, char paddingChar)", 1...2)
        { call throws(Stop) in
            try pad(call, left: true)
        }
        $0.method(
            "PadRight", "string PadRight(int totalWidth)\nstring PadRight(int totalWidth, char paddingChar)", 1...2
        ) { call throws(Stop) in
            try pad(call, left: false)
        }
        $0.method("Insert", "string Insert(int startIndex, string value)", 2...2) { call throws(Stop) in
            var units = call.text.units
            let start = try call.int(0)
            guard start >= 0, start <= units.count else {
                throw outOfRange(call, "startIndex", "Specified argument was out of the range of valid values.")
            }
            units.insert(contentsOf: try call.string(1).utf16, at: start)
            return .string(String(units: units))
        }
        $0.method("Remove", "string Remove(int startIndex)\nstring Remove(int startIndex, int count)", 1...2) {
            call throws(Stop) in
            var units = call.text.units
            let start = try call.int(0)
            let count = try call.count > 1 ? call.int(1) : units.count - start
            guard start >= 0, count >= 0, start + count <= units.count else {
                throw outOfRange(call, "count", "Index and count must refer to a location within the string.")
            }
            units.removeSubrange(start..<start + count)
            return .string(String(units: units))
        }
        $0.method("ToCharArray", "char[] ToCharArray()", 0...2) { call throws(Stop) in
            .array(ArrayObject(call.text.utf16.map { .char($0) }, of: .char))
        }
        $0.method("Equals", "bool Equals(string value)", 1...2) { call throws(Stop) in
            guard case .string(let other) = call.arguments[0] else { return .bool(false) }
            return .bool(ignoresCase(call, from: 1) ? call.text.equalsIgnoringCase(other) : call.text == other)
        }
        $0.method("CompareTo", "int CompareTo(string strB)", 1...1) { call throws(Stop) in
            .count(Collation.compare(call.text, try call.string(0), caseSensitive: true))
        }
        $0.method("Normalize", "string Normalize()", 0...1) { call throws(Stop) in
            .string(call.text.precomposedStringWithCanonicalMapping)
        }
        $0.method("get_Chars", "char get_Chars(int index)", 1...1) { call throws(Stop) in
            let units = call.text.units
            let index = try call.int(0)
            guard units.indices.contains(index) else {
                throw call.failed("System.IndexOutOfRangeException", "Index was outside the bounds of the array.")
            }
            return .char(units[index])
        }
        $0.method("GetEnumerator", "System.CharEnumerator GetEnumerator()", 0...0) { call throws(Stop) in
            .array(ArrayObject(call.text.utf16.map { .char($0) }, of: .char))
        }
        $0.constant("Empty", .string) { .string("") }
        $0.staticMethod("IsNullOrEmpty", "static bool IsNullOrEmpty(string value)", 1...1) { call throws(Stop) in
            .bool(try call.arguments[0].isNull ? true : call.string(0).isEmpty)
        }
        $0.staticMethod("IsNullOrWhiteSpace", "static bool IsNullOrWhiteSpace(string value)", 1...1) {
            call throws(Stop) in
            .bool(try call.arguments[0].isNull ? true : call.string(0).trimmed.isEmpty)
        }
        $0.staticMethod("Join", "static string Join(string separator, Params string[] value)", 1...64) {
            call throws(Stop) in
            var values = Array(call.arguments.dropFirst())
            if values.count == 1, let elements = values[0].elements { values = elements }
            return .string(values.map(\.display).joined(separator: try call.string(0)))
        }
        $0.staticMethod("Format", "static string Format(string format, Params System.Object[] args)", 1...64) {
            call throws(Stop) in
            var values = Array(call.arguments.dropFirst())
            // A leading culture is accepted; all formatting is invariant.
            var format = try call.string(0)
            if call.arguments[0].asObject != nil, call.count > 1 {
                format = try call.string(1)
                values.removeFirst()
            }
            if values.count == 1, case .array(let array) = values[0] { values = array.elements }
            return .string(try CompositeFormat.text(format, values, call.runspace))
        }
        $0.staticMethod("Concat", "static string Concat(Params string[] values)", 1...64) { call throws(Stop) in
            var values = call.arguments
            if values.count == 1, let elements = values[0].elements { values = elements }
            return .string(values.map(\.display).joined())
        }
        $0.staticMethod("Compare", "static int Compare(string strA, string strB)", 2...3) { call throws(Stop) in
            .count(
                Collation.compare(try call.string(0), try call.string(1), caseSensitive: !ignoresCase(call, from: 2)))
        }
        $0.staticMethod("CompareOrdinal", "static int CompareOrdinal(string strA, string strB)", 2...2) {
            call throws(Stop) in
            let (a, b) = (try call.string(0).units, try call.string(1).units)
            return .count(a == b ? 0 : (a.lexicographicallyPrecedes(b) ? -1 : 1))
        }
        $0.staticMethod("Equals", "static bool Equals(string a, string b)", 2...3) { call throws(Stop) in
            let (a, b) = (try call.string(0), try call.string(1))
            return .bool(ignoresCase(call, from: 2) ? a.equalsIgnoringCase(b) : a == b)
        }
        $0.staticMethod("Copy", "static string Copy(string str)", 1...1) { call throws(Stop) in
            .string(try call.string(0))
        }
        $0.make { call throws(Stop) in
            if call.count == 2, case .char(let unit) = try call.convert(0, .char) {
                let count = try call.int(1)
                guard count >= 0 else { throw outOfRange(call, "count", "'count' must be non-negative.") }
                return .string(String(repeating: String(units: [unit]), count: try checkedLength(count, call)))
            }
            guard call.count == 1 else { throw call.noOverload() }
            return .string((call.arguments[0].elements ?? [call.arguments[0]]).map(\.display).joined())
        }
    }

    private static func builderOf(_ call: MethodCall) -> StringBuilderObject? {
        call.target.asObject as? StringBuilderObject
    }

    /// What `Append` appends.
    private static func appended(_ call: MethodCall) throws(Stop) -> String {
        let text = try call.string(0)
        switch call.count {
        case 2:
            guard text.utf16.count == 1 else { throw call.noOverload() }
            let count = try call.int(1)
            guard count >= 0 else { throw outOfRange(call, "repeatCount", "Non-negative number required.") }
            return String(repeating: text, count: try checkedLength(count, call))
        case 3:
            let units = text.units
            let (start, count) = (try call.int(1), try call.int(2))
            guard start >= 0, count >= 0, start <= units.count - count else {
                throw outOfRange(
                    call, "startIndex",
                    "Index was out of range. Must be non-negative and less than or equal to the size.")
            }
            return String(units: units[start..<(start + count)])
        default: return text
        }
    }

    /// Longer text would take more memory than there may be.
    private static func checkedLength(_ count: Int, _ call: MethodCall) throws(Stop) -> Int {
        guard count < 1 << 28 else {
            throw call.failed(
                "System.OutOfMemoryException", "Insufficient memory to continue the execution of the program.")
        }
        return count
    }

    private static let builder = TypeMembers("System.Text.StringBuilder") {
        $0.property("Length", .int32) { .count(($0.asObject as? StringBuilderObject)?.content.length ?? 0) }
        $0.method(
            "Append",
            "System.Text.StringBuilder Append(string value)\n"
                + "System.Text.StringBuilder Append(char value, int repeatCount)\n"
                + "System.Text.StringBuilder Append(string value, int startIndex, int count)", 1...3
        ) { call throws(Stop) in
            builderOf(call)?.content += try appended(call)
            return call.target
        }
        $0.method("AppendLine", "System.Text.StringBuilder AppendLine(string value)", 0...1) { call throws(Stop) in
            builderOf(call)?.content += try (call.count > 0 ? call.string(0) : "") + "\n"
            return call.target
        }
        $0.method(
            "AppendFormat", "System.Text.StringBuilder AppendFormat(string format, Params System.Object[] args)", 1...16
        ) {
            call throws(Stop) in
            builderOf(call)?.content += try CompositeFormat.text(
                try call.string(0), Array(call.arguments.dropFirst()), call.runspace)
            return call.target
        }
        $0.method("Insert", "System.Text.StringBuilder Insert(int index, string value)", 2...2) { call throws(Stop) in
            guard let builder = builderOf(call) else { return .null }
            var units = builder.content.units
            let index = try call.int(0)
            guard (0...units.count).contains(index) else {
                throw outOfRange(call, "index", "Index was out of range.")
            }
            units.insert(contentsOf: try call.string(1).utf16, at: index)
            builder.content = String(units: units)
            return call.target
        }
        $0.method("Replace", "System.Text.StringBuilder Replace(string oldValue, string newValue)", 2...2) {
            call throws(Stop) in
            let old = try call.string(0)
            if !old.isEmpty, let builder = builderOf(call) {
                builder.content = replace(old, with: try call.string(1), in: builder.content, ignoringCase: false)
            }
            return call.target
        }
        $0.method("Clear", "System.Text.StringBuilder Clear()", 0...0) { call throws(Stop) in
            builderOf(call)?.content = ""
            return call.target
        }
        $0.make { call throws(Stop) in
            if call.count == 0 { return .object(StringBuilderObject("")) }
            if case .number = call.arguments[0] { return .object(StringBuilderObject("")) }
            return .object(StringBuilderObject(try call.string(0)))
        }
    }
}

/// `System.Text.StringBuilder`
package final class StringBuilderObject: Object {
    var content: String
    init(_ content: String) { self.content = content }
    private static let type = RuntimeType("System.Text.StringBuilder")
    package override var typeName: RuntimeType { Self.type }
    package override var text: String { content }
}
