import FerryEngine

/// Objects as JSON, laid out as PowerShell's `ConvertTo-Json` does.
struct JSONWriter {
    let io: CommandIO
    let depthLimit: Int
    let isCompressed: Bool
    let enumsAsStrings: Bool
    /// How far strings are escaped.
    let escaping: JSONEscaping
    private(set) var wasTruncated = false
    private var text = ""

    init(_ io: CommandIO, depthLimit: Int, isCompressed: Bool, enumsAsStrings: Bool, escaping: JSONEscaping) {
        self.io = io
        self.depthLimit = depthLimit
        self.isCompressed = isCompressed
        self.enumsAsStrings = enumsAsStrings
        self.escaping = escaping
    }

    mutating func json(of value: Value) throws(Stop) -> String {
        text = ""
        try write(value, level: 0)
        return text
    }

    private mutating func write(_ value: Value, level: Int) throws(Stop) {
        try io.interrupt.check()
        switch value {
        case .null, .nothing: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .number(let number): text += Self.text(of: number)
        case .char, .string, .guid: writeString(value.scalarText)
        case .date(let date): writeString(Self.text(of: date))
        case .symbol(let symbol):
            if enumsAsStrings { writeString(symbol.text) } else { text += String(symbol.number) }
        case .array, .list: try writeArray(value.elements ?? [], level: level)
        case .table(let table):
            guard level <= depthLimit else { return truncate(value) }
            var pairs: [(String, Value)] = []
            for (key, value) in table.pairs {
                guard case .string(let name) = key else { throw keyFailure(table) }
                pairs.append((name, value))
            }
            try writeObject(pairs, level: level)
        case .span, .version, .type, .object:
            if value.asObject is NullStandIn { return text += "null" }
            if value.typeName == .uri { return writeString(value.scalarText) }
            if let toggle = value.asObject as? SwitchObject {
                guard level <= depthLimit else { return truncate(value) }
                return try writeObject([("IsPresent", .bool(toggle.isPresent))], level: level)
            }
            if let elements = value.elements { return try writeArray(elements, level: level) }
            if let base = value.asObject?.baseValue { return try write(base, in: value, level: level) }
            guard level <= depthLimit else { return truncate(value) }
            var pairs: [(String, Value)] = []
            for name in Members.propertyNames(of: value, io.runspace) {
                // A property that cannot be read is null, as in PowerShell.
                pairs.append((name, (try? Members.property(name, of: value, io.runspace)) ?? .null))
            }
            try writeObject(pairs, level: level)
        }
    }

    /// A plain value with members of its own: strings and dates are themselves, others an object of the value and the members.
    private mutating func write(_ base: Value, in value: Value, level: Int) throws(Stop) {
        let names = value.keeper?.added?.names ?? []
        switch base {
        case .string, .date: return try write(base, level: level)
        default: if names.isEmpty { return try write(base, level: level) }
        }
        guard level <= depthLimit else { return truncate(value) }
        var pairs = [("value", base)]
        for name in names where name.folded != "value" {
            guard let note = try Members.property(name, of: value, io.runspace) else { continue }
            pairs.append((name, note))
        }
        try writeObject(pairs, level: level)
    }

    private func keyFailure(_ table: TableObject) -> Stop {
        io.failing(
            "NonStringKeyInDictionary", .invalidOperation,
            "The type '\(table.typeName.fullName)' is not supported for serialization or deserialization of a dictionary. "
                + "Keys must be strings.", target: .table(table), exception: "System.InvalidOperationException")
    }

    private mutating func truncate(_ value: Value) {
        wasTruncated = true
        writeString(value.display)
    }

    private mutating func writeArray(_ elements: [Value], level: Int) throws(Stop) {
        guard level <= depthLimit else {
            wasTruncated = true
            return writeString(elements.map(\.display).joined(separator: " "))
        }
        text += "["
        for (index, element) in elements.enumerated() {
            if index > 0 { text += "," }
            newline(level + 1)
            try write(element, level: level + 1)
        }
        if !elements.isEmpty { newline(level) }
        text += "]"
    }

    private mutating func writeObject(_ pairs: [(String, Value)], level: Int) throws(Stop) {
        text += "{"
        for (index, pair) in pairs.enumerated() {
            if index > 0 { text += "," }
            newline(level + 1)
            writeString(pair.0)
            text += isCompressed ? ":" : ": "
            try write(pair.1, level: level + 1)
        }
        if !pairs.isEmpty { newline(level) }
        text += "}"
    }

    private mutating func newline(_ level: Int) {
        if !isCompressed { text += "\n" + String(repeating: "  ", count: level) }
    }

    private static func text(of number: Number) -> String {
        switch number {
        case .single, .double:
            let value = number.asDouble
            guard value.isFinite else { return "\"\(number.text)\"" }
            let text = number.text
            return text.contains { ".eE".contains($0) } ? text : text + ".0"
        case .decimal: return number.text.contains(".") ? number.text : number.text + ".0"
        default: return number.text
        }
    }

    private static func text(of date: DateTime) -> String {
        var text = DateFormat.text(date, "yyyy-MM-ddTHH:mm:ss")
        if date.fraction != 0 {
            let digits = String(date.fraction)
            var fraction = String(repeating: "0", count: 7 - digits.count) + digits
            while fraction.last == "0" { fraction.removeLast() }
            text += "." + fraction
        }
        return text + DateFormat.text(date, "%K")
    }

    private mutating func writeString(_ value: String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{08}": text += "\\b"
            case "\u{0C}": text += "\\f"
            default:
                let isPlain =
                    scalar.value >= 0x20 && scalar.value != 0x85 && scalar.value != 0x2028 && scalar.value != 0x2029
                    && (escaping != .nonASCII || scalar.isASCII)
                    && (escaping != .html || !"<>&'\u{FF}".unicodeScalars.contains(scalar))
                if isPlain {
                    text.unicodeScalars.append(scalar)
                } else {
                    for unit in String(scalar).utf16 {
                        let hex = String(unit, radix: 16)
                        text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                    }
                }
            }
        }
        text += "\""
    }
}

/// `-EscapeHandling`.
enum JSONEscaping: String, ScriptEnum {
    case normal = "Default"
    case nonASCII = "EscapeNonAscii"
    case html = "EscapeHtml"
    static let enumType = makeEnumType("Newtonsoft.Json.StringEscapeHandling")
}
