/// `'{0,-10:N2}' -f …` and `[string]::Format`.
package enum CompositeFormat {
    package static func text(_ format: String, _ arguments: [Value], _ runspace: Runspace? = nil) throws(Stop) -> String
    {
        var result = ""
        let units = Array(format)
        var index = 0
        while index < units.count {
            let character = units[index]
            index += 1
            if character == "{" || character == "}" {
                if index < units.count, units[index] == character {
                    result.append(character)
                    index += 1
                    continue
                }
                guard character == "{" else { throw malformed() }
                result += try item(units, &index, arguments, runspace)
            } else {
                result.append(character)
            }
        }
        return result
    }

    private static func malformed() -> Stop {
        .runtime(
            "FormatError", .invalidOperation,
            "Error formatting a string: Input string was not in a correct format..",
            inner: ExceptionObject("System.FormatException", "Input string was not in a correct format."))
    }

    private static func item(_ units: [Character], _ index: inout Int, _ arguments: [Value], _ runspace: Runspace?)
        throws(Stop) -> String
    {
        func skipBlanks() { while index < units.count, units[index] == " " { index += 1 } }
        func digits() -> Int? {
            var text = ""
            while index < units.count, units[index].isASCII, units[index].isNumber, text.count < 7 {
                text.append(units[index])
                index += 1
            }
            return Int(text)
        }
        skipBlanks()
        guard let position = digits() else { throw malformed() }
        skipBlanks()
        var width = 0
        if index < units.count, units[index] == "," {
            index += 1
            skipBlanks()
            let negative = index < units.count && units[index] == "-"
            if negative { index += 1 }
            guard let size = digits() else { throw malformed() }
            width = negative ? -size : size
            skipBlanks()
        }
        var specifier = ""
        if index < units.count, units[index] == ":" {
            index += 1
            while index < units.count, units[index] != "}" {
                specifier.append(units[index])
                index += 1
            }
        }
        guard index < units.count, units[index] == "}" else { throw malformed() }
        index += 1
        guard position < arguments.count else {
            throw .runtime(
                "FormatError", .invalidOperation,
                "Error formatting a string: Index (zero based) must be greater than or equal to zero and less than the size "
                    + "of the argument list..",
                inner: ExceptionObject("System.FormatException", "Index was out of range."))
        }
        let text = try self.text(arguments[position], format: specifier, runspace)
        let padding = String(repeating: " ", count: max(0, abs(width) - text.length))
        return width < 0 ? text + padding : padding + text
    }

    /// One value with a format specifier: `IFormattable.ToString(format)`.
    package static func text(_ value: Value, format: String, _ runspace: Runspace? = nil) throws(Stop) -> String {
        let value = value.plain
        switch value {
        case .number(let number):
            guard let text = NumberFormat.text(number, format) else { throw specifierFailed() }
            return text
        case .date(let date): return DateFormat.text(date, format)
        case .span(let span):
            guard let text = DateFormat.text(span, format) else { throw malformed() }
            return text
        case .guid(let guid):
            guard let text = guid.formatted(format) else { throw malformed() }
            return text
        case .symbol(let symbol):
            switch format {
            case "D", "d": return String(symbol.number)
            case "X", "x": return NumberFormat.text(.int(Int32(truncatingIfNeeded: symbol.number)), "X8") ?? symbol.text
            default: return symbol.text
            }
        case .object(let object as OperandObject):
            guard let text = object.formatted(format) else { throw specifierFailed() }
            return text
        default: return value.scalarText
        }
    }

    private static func specifierFailed() -> Stop {
        .runtime(
            "FormatError", .invalidOperation, "Error formatting a string: Format specifier was invalid..",
            inner: ExceptionObject("System.FormatException", "Format specifier was invalid."))
    }
}
