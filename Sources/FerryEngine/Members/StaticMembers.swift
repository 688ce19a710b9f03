import Foundation

/// `[Type]::Name` and `[Type]::Method(…)`: what admin scripts call, by .NET's rules.
enum StaticMembers {
    static func property(_ name: String, of type: RuntimeType) throws(Stop) -> Value? {
        if let enumeration = type.enumType {
            guard let value = enumeration.members.first(where: { $0.name.folded == name.folded }) else { return nil }
            return .symbol(enumeration.value(value.value))
        }
        switch (type.fullName, name.folded) {
        case ("System.String", "empty"): return .string("")
        case ("System.DateTime", "now"): return .date(.now)
        case ("System.DateTime", "utcnow"): return .date(.utcNow)
        case ("System.DateTime", "today"): return .date(DateTime.now.date)
        case ("System.DateTime", "minvalue"): return .date(DateTime(ticks: 0))
        case ("System.DateTime", "maxvalue"): return .date(DateTime(ticks: DateTime.maximumTicks))
        case ("System.TimeSpan", "zero"): return .span(TimeSpan(ticks: 0))
        case ("System.TimeSpan", "maxvalue"): return .span(TimeSpan(ticks: .max))
        case ("System.TimeSpan", "minvalue"): return .span(TimeSpan(ticks: .min))
        case ("System.Guid", "empty"): return .guid(.empty)
        case ("System.Math", "pi"): return .double(Double.pi)
        case ("System.Math", "e"): return .double(M_E)
        case ("System.Byte", "maxvalue"): return .number(.byte(.max))
        case ("System.Byte", "minvalue"): return .number(.byte(.min))
        case ("System.Int32", "maxvalue"): return .int(.max)
        case ("System.Int32", "minvalue"): return .int(.min)
        case ("System.Int64", "maxvalue"): return .long(.max)
        case ("System.Int64", "minvalue"): return .long(.min)
        case ("System.UInt32", "maxvalue"): return .number(.uint(.max))
        case ("System.UInt64", "maxvalue"): return .number(.ulong(.max))
        case ("System.Double", "maxvalue"): return .double(.greatestFiniteMagnitude)
        case ("System.Double", "minvalue"): return .double(-.greatestFiniteMagnitude)
        case ("System.Double", "nan"): return .double(.nan)
        case ("System.Double", "positiveinfinity"): return .double(.infinity)
        case ("System.Environment", "newline"): return .string("\n")
        case ("System.Environment", "machinename"): return .string(ProcessInfo.processInfo.hostName)
        case ("System.Environment", "username"): return .string(NSUserName())
        case ("System.Environment", "currentdirectory"): return .string(FileManager.default.currentDirectoryPath)
        case ("System.Environment", "processorcount"): return .count(ProcessInfo.processInfo.processorCount)
        case ("System.Environment", "processid"): return .count(Int(ProcessInfo.processInfo.processIdentifier))
        case ("System.IO.Path", "directoryseparatorchar"), ("System.IO.Path", "altdirectoryseparatorchar"):
            return .char(0x2F)
        case ("System.IO.Path", "pathseparator"): return .char(0x3A)
        default: return nil
        }
    }

    static func invoke(_ name: String, of type: RuntimeType, _ arguments: [Value], _ frame: Frame) throws(Stop) -> Value
    {
        do throws(Stop) {
            if let result = try call(name, type, arguments, frame) { return result }
        } catch {
            guard let record = error.record, record.errorID.hasPrefix("!") else { throw error }
            throw .runtime(
                String(record.errorID.dropFirst()), .notSpecified,
                "Exception calling \"\(name)\" with \"\(arguments.count)\" argument(s): \"\(record.exception.message)\"",
                exception: "System.Management.Automation.MethodInvocationException", inner: record.exception)
        }
        throw .runtime(
            "MethodNotFound", .invalidOperation,
            "Method invocation failed because [\(type.fullName)] does not contain a method named '\(name)'.")
    }

    private static func call(_ name: String, _ type: RuntimeType, _ a: [Value], _ frame: Frame) throws(Stop) -> Value? {
        if name.folded == "new" { return try construct(type, a, frame) }
        if name.folded == "parse", a.count >= 1, type.enumType == nil { return try parse(type, a, frame) }
        if name.folded == "tryparse", a.count >= 1 {
            return .bool(Conversion.attempt(a[0], to: type, frame.runspace) != nil)
        }
        switch type.fullName {
        case "System.String": return try string(name, a, frame)
        case "System.Math": return try math(name, a, frame)
        case "System.Guid": return name.folded == "newguid" ? .guid(GUID()) : nil
        case "System.DateTime": return try date(name, a, frame)
        case "System.TimeSpan": return try span(name, a, frame)
        case "System.Enum": return try enumeration(name, a)
        case "System.Char": return character(name, a)
        case "System.Convert": return try convert(name, a, frame)
        case "System.Environment": return environment(name, a)
        case "System.IO.Path": return path(name, a)
        case "System.IO.File", "System.IO.Directory": return try file(name, type, a)
        case "System.Text.RegularExpressions.Regex": return try regex(name, a, frame)
        case "System.Diagnostics.Stopwatch":
            guard name.folded == "startnew" else { return nil }
            let watch = Stopwatch()
            _ = watch.invoke("start")
            return .object(watch)
        case "System.Console":
            guard name.folded == "writeline" || name.folded == "write" else { return nil }
            frame.runspace.host.write((a.first?.display ?? "") + (name.folded == "writeline" ? "\n" : ""))
            return .nothing
        case "System.Management.Automation.ScriptBlock":
            return name.folded == "create" && a.count == 1
                ? .object(try frame.runspace.makeScriptBlock(a[0].display)) : nil
        case "System.Array":
            guard name.folded == "reverse", case .array(let array)? = a.first else { return nil }
            array.elements.reverse()
            return .nothing
        default: return nil
        }
    }

    private static func construct(_ type: RuntimeType, _ a: [Value], _ frame: Frame) throws(Stop) -> Value? {
        switch type.kind {
        case .list(let kind):
            let element = type.arguments.first ?? .object
            var values: [Value] = []
            if let first = a.first, let given = first.elements {
                for value in given { values.append(try Conversion.convert(value, to: element, frame.runspace)) }
            }
            return .list(ListObject(values, kind: kind, of: element))
        case .hashtable: return .table(TableObject())
        case .ordered: return .table(TableObject(kind: .ordered))
        case .dictionary:
            return .table(
                TableObject(
                    kind: .dictionary, caseSensitive: true, keyType: type.arguments.first ?? .object,
                    valueType: type.arguments.last ?? .object))
        case .psObject, .customObject: return .object(CustomObject())
        case .exception:
            return .object(
                ExceptionObject(type.fullName, a.first?.display ?? "Exception of type '\(type.fullName)' was thrown."))
        case .string where a.count == 2:
            let count = Int(a[1].display) ?? 0
            return .string(String(repeating: a[0].display, count: min(max(count, 0), 1 << 24)))
        case .timeSpan where a.count == 3, .timeSpan where a.count == 4:
            let numbers = try a.map { value throws(Stop) in try number(value, frame) }
            let days = numbers.count == 4 ? numbers[0] : 0
            let rest = Array(numbers.suffix(3))
            return .span(TimeSpan(seconds: days * 86400 + rest[0] * 3600 + rest[1] * 60 + rest[2]))
        case .dateTime where a.count == 3 || a.count == 6:
            let numbers = try a.map { value throws(Stop) in Int(try number(value, frame)) }
            guard
                let date = DateTime(
                    year: numbers[0], month: numbers[1], day: numbers[2], hour: numbers.count > 3 ? numbers[3] : 0,
                    minute: numbers.count > 3 ? numbers[4] : 0, second: numbers.count > 3 ? numbers[5] : 0)
            else {
                throw Members.exception(
                    "System.ArgumentOutOfRangeException",
                    "Year, Month, and Day parameters describe an un-representable DateTime.")
            }
            return .date(date)
        default:
            if type.fullName == Stopwatch.type.fullName { return .object(Stopwatch()) }
            if a.count == 1 { return try Conversion.convert(a[0], to: type, frame.runspace) }
            throw Members.overload("new", a.count)
        }
    }

    private static func parse(_ type: RuntimeType, _ a: [Value], _ frame: Frame) throws(Stop) -> Value {
        guard let value = Conversion.attempt(.string(a[0].display), to: type, frame.runspace) else {
            throw Members.exception(
                "System.FormatException", "The input string '\(a[0].display)' was not in a correct format.")
        }
        return value
    }

    private static func number(_ value: Value, _ frame: Frame) throws(Stop) -> Double {
        guard case .number(let number) = try Conversion.convert(value, to: .double, frame.runspace) else { return 0 }
        return number.asDouble
    }

    private static func string(_ name: String, _ a: [Value], _ frame: Frame) throws(Stop) -> Value? {
        switch (name.folded, a.count) {
        case ("isnullorempty", 1): return .bool(a[0].display.isEmpty)
        case ("isnullorwhitespace", 1): return .bool(a[0].display.allSatisfy(\.isWhitespace))
        case ("join", 2...):
            let parts = a.count == 2 ? a[1].elements ?? [a[1]] : Array(a.dropFirst())
            return .string(parts.map(\.display).joined(separator: a[0].display))
        case ("format", 1...):
            let rest = a.count == 2 ? a[1].elements ?? [a[1]] : Array(a.dropFirst())
            return .string(try CompositeFormat.text(a[0].display, rest, frame.runspace))
        case ("concat", 1...): return .string(a.map(\.display).joined())
        case ("compare", 2...3):
            let ignores = a.count == 3 && a[2].isTrue
            return .int(Int32(Collation.compare(a[0].display, a[1].display, caseSensitive: !ignores)))
        case ("equals", 2...3):
            return .bool(a.count == 3 ? a[0].display.equalsIgnoringCase(a[1].display) : a[0].display == a[1].display)
        default: return nil
        }
    }

    private static func math(_ name: String, _ a: [Value], _ frame: Frame) throws(Stop) -> Value? {
        func both(_ pick: (Int) -> Bool) throws(Stop) -> Value { pick(try Comparison.order(a[0], a[1])) ? a[0] : a[1] }
        func double(_ function: (Double) -> Double) throws(Stop) -> Value { .double(function(try number(a[0], frame))) }
        switch (name.folded, a.count) {
        case ("max", 2): return try both { $0 >= 0 }
        case ("min", 2): return try both { $0 <= 0 }
        case ("abs", 1):
            if case .number(let number) = a[0], number.kind.isWhole {
                return number.asDouble < 0 ? try Arithmetic.negate(a[0]) : a[0]
            }
            return try double { abs($0) }
        case ("floor", 1): return try double { $0.rounded(.down) }
        case ("ceiling", 1): return try double { $0.rounded(.up) }
        case ("truncate", 1): return try double { $0.rounded(.towardZero) }
        case ("sqrt", 1): return try double { $0.squareRoot() }
        case ("exp", 1): return try double { exp($0) }
        case ("log", 1): return try double { log($0) }
        case ("log10", 1): return try double { log10($0) }
        case ("log2", 1): return try double { log2($0) }
        case ("sin", 1): return try double { sin($0) }
        case ("cos", 1): return try double { cos($0) }
        case ("tan", 1): return try double { tan($0) }
        case ("sign", 1): return .int(try number(a[0], frame) < 0 ? -1 : try number(a[0], frame) > 0 ? 1 : 0)
        case ("pow", 2): return .double(pow(try number(a[0], frame), try number(a[1], frame)))
        case ("round", 1...3):
            let value = try number(a[0], frame)
            var digits = 0
            var mode = a.last?.display.folded ?? ""
            if a.count > 1, case .number(let count) = a[1] { digits = Int(count.asInt64 ?? 0) }
            if a.count == 1 { mode = "" }
            guard (0...15).contains(digits) else {
                throw Members.exception(
                    "System.ArgumentOutOfRangeException",
                    "Rounding digits must be between 0 and 15, inclusive. (Parameter 'digits')")
            }
            let factor = pow(10, Double(digits))
            let rule: FloatingPointRoundingRule = mode == "awayfromzero" ? .toNearestOrAwayFromZero : .toNearestOrEven
            return .double((value * factor).rounded(rule) / factor)
        default: return nil
        }
    }

    private static func date(_ name: String, _ a: [Value], _ frame: Frame) throws(Stop) -> Value? {
        switch (name.folded, a.count) {
        case ("parseexact", 2...):
            guard let date = DateFormat.parse(a[0].display, exactly: a[1].display) else {
                throw Members.exception(
                    "System.FormatException", "String '\(a[0].display)' was not recognized as a valid DateTime.")
            }
            return .date(date)
        case ("daysinmonth", 2):
            let year = Int(try number(a[0], frame))
            let month = Int(try number(a[1], frame))
            guard (1...9999).contains(year), (1...12).contains(month) else {
                throw Members.exception(
                    "System.ArgumentOutOfRangeException", "Month must be between one and twelve. (Parameter 'month')")
            }
            return .count(DateTime.daysInMonth(year, month))
        case ("isleapyear", 1): return .bool(DateTime.isLeap(Int(try number(a[0], frame))))
        default: return nil
        }
    }

    private static func span(_ name: String, _ a: [Value], _ frame: Frame) throws(Stop) -> Value? {
        guard a.count == 1 else { return nil }
        let unit: Double? =
            switch name.folded {
            case "fromdays": 86400
            case "fromhours": 3600
            case "fromminutes": 60
            case "fromseconds": 1
            case "frommilliseconds": 0.001
            case "fromticks": 1e-7
            default: nil
            }
        guard let unit else { return nil }
        return .span(TimeSpan(seconds: try number(a[0], frame) * unit))
    }

    private static func enumeration(_ name: String, _ a: [Value]) throws(Stop) -> Value? {
        guard case .type(let type)? = a.first, let enumeration = type.enumType else { return nil }
        switch name.folded {
        case "getnames": return .array(ArrayObject(enumeration.members.map { .string($0.name) }, of: .string))
        case "getvalues": return .array(enumeration.members.map { .symbol(enumeration.value($0.value)) })
        case "isdefined" where a.count == 2: return .bool(enumeration.value(named: a[1].display) != nil)
        case "parse" where a.count >= 2: return enumeration.value(named: a[1].display).map { .symbol($0) }
        default: return nil
        }
    }

    private static func character(_ name: String, _ a: [Value]) -> Value? {
        guard let character = a.first?.display.first else { return nil }
        switch name.folded {
        case "isdigit": return .bool(character.isASCII && character.isNumber)
        case "isletter": return .bool(character.isLetter)
        case "isletterordigit": return .bool(character.isLetter || character.isNumber)
        case "iswhitespace": return .bool(character.isWhitespace)
        case "isupper": return .bool(character.isUppercase)
        case "islower": return .bool(character.isLowercase)
        case "toupper": return .char(String(character).uppercased().units.first ?? 0)
        case "tolower": return .char(String(character).lowercased().units.first ?? 0)
        default: return nil
        }
    }

    private static func convert(_ name: String, _ a: [Value], _ frame: Frame) throws(Stop) -> Value? {
        switch (name.folded, a.count) {
        case ("tobase64string", 1):
            let bytes = (a[0].elements ?? []).map { UInt8(truncatingIfNeeded: Int($0.display) ?? 0) }
            return .string(Data(bytes).base64EncodedString())
        case ("frombase64string", 1):
            guard let data = Data(base64Encoded: a[0].display) else {
                throw Members.exception(
                    "System.FormatException",
                    "The input is not a valid Base-64 string as it contains a non-base 64 character.")
            }
            return .array(ArrayObject(data.map { .number(.byte($0)) }, of: .byte))
        case ("toint32", 2):
            guard let base = Int(a[1].display), [2, 8, 10, 16].contains(base),
                let value = Int64(a[0].display.replacing("0x", with: ""), radix: base)
            else { throw Members.exception("System.FormatException", "Could not find any recognizable digits.") }
            return .int(Int32(truncatingIfNeeded: value))
        case ("tostring", 2):
            guard case .number(let number) = a[0], let value = number.asInt64, let base = Int(a[1].display),
                [2, 8, 10, 16].contains(base)
            else { return nil }
            return .string(base == 10 ? String(value) : String(UInt64(bitPattern: value), radix: base))
        case ("toint32", 1): return try Conversion.convert(a[0], to: .int32, frame.runspace)
        case ("toint64", 1): return try Conversion.convert(a[0], to: .int64, frame.runspace)
        case ("todouble", 1): return try Conversion.convert(a[0], to: .double, frame.runspace)
        case ("toboolean", 1): return try Conversion.convert(a[0], to: .bool, frame.runspace)
        case ("tostring", 1): return .string(a[0].display)
        case ("tochar", 1): return try Conversion.convert(a[0], to: .char, frame.runspace)
        default: return nil
        }
    }

    private static func environment(_ name: String, _ a: [Value]) -> Value? {
        switch (name.folded, a.count) {
        case ("getenvironmentvariable", 1...2): return .optional(ProcessInfo.processInfo.environment[a[0].display])
        case ("getfolderpath", 1): return .string(NSHomeDirectory())
        case ("setenvironmentvariable", 2...3):
            // SAFETY: setenv and unsetenv copy their arguments; the shell evaluates on one thread.
            if a[1].isNull {
                _ = unsafe unsetenv(a[0].display)
            } else {
                _ = unsafe setenv(a[0].display, a[1].display, 1)
            }
            return .nothing
        default: return nil
        }
    }

    private static func path(_ name: String, _ a: [Value]) -> Value? {
        switch (name.folded, a.count) {
        case ("combine", 1...):
            return .string(
                a.flatMap { $0.elements ?? [$0] }.map(\.display).reduce("") { joined, part in
                    part.hasPrefix("/") ? part : PathText.join(joined, part)
                })
        case ("getfilename", 1): return .string(PathText.leaf(a[0].display))
        case ("getfilenamewithoutextension", 1): return .string(PathText.stem(a[0].display))
        case ("getextension", 1): return .string(PathText.fileExtension(a[0].display))
        case ("getdirectoryname", 1): return .string(PathText.parent(a[0].display))
        case ("gettemppath", 0): return .string("/tmp/")
        case ("ispathrooted", 1): return .bool(a[0].display.hasPrefix("/"))
        case ("getfullpath", 1):
            let text = a[0].display
            return .string(
                PathText.normalized(text.hasPrefix("/") ? text : FileManager.default.currentDirectoryPath + "/" + text))
        case ("changeextension", 2):
            let text = a[0].display
            let stem = String(text.dropLast(PathText.fileExtension(text).count))
            let wanted = a[1].display
            return .string(wanted.isEmpty ? stem : stem + (wanted.hasPrefix(".") ? wanted : "." + wanted))
        default: return nil
        }
    }

    private static func file(_ name: String, _ type: RuntimeType, _ a: [Value]) throws(Stop) -> Value? {
        guard let path = a.first?.display else { return nil }
        var isFolder: ObjCBool = false
        // SAFETY: the call fills the flag it is given.
        let exists = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        let isDirectory = type.fullName == "System.IO.Directory"
        do {
            switch (name.folded, a.count) {
            case ("exists", 1): return .bool(exists && isFolder.boolValue == isDirectory)
            case ("createdirectory", 1) where isDirectory:
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
                return .nothing
            case ("readalltext", 1) where !isDirectory:
                return .string(try String(contentsOfFile: path, encoding: .utf8))
            case ("readalllines", 1) where !isDirectory:
                var lines = try String(contentsOfFile: path, encoding: .utf8)
                    .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
                if lines.last == "" { lines.removeLast() }
                return .array(ArrayObject(lines.map { .string($0) }, of: .string))
            case ("readallbytes", 1) where !isDirectory:
                return .array(
                    ArrayObject(try Data(contentsOf: URL(fileURLWithPath: path)).map { .number(.byte($0)) }, of: .byte))
            case ("writealltext", 2) where !isDirectory:
                try a[1].display.write(toFile: path, atomically: false, encoding: .utf8)
                return .nothing
            case ("delete", 1...2):
                if exists { try FileManager.default.removeItem(atPath: path) }
                return .nothing
            default: return nil
            }
        } catch {
            let message = exists ? error.localizedDescription : "Could not find file '\(path)'."
            throw Members.exception(exists ? "System.IO.IOException" : "System.IO.FileNotFoundException", message)
        }
    }

    private static func regex(_ name: String, _ a: [Value], _ frame: Frame) throws(Stop) -> Value? {
        switch (name.folded, a.count) {
        case ("escape", 1): return .string(RegexPattern.escape(a[0].display))
        case ("unescape", 1): return .string(RegexPattern.unescape(a[0].display))
        case ("ismatch", 2), ("match", 2), ("matches", 2), ("split", 2), ("replace", 3):
            let pattern: RegexPattern
            do { pattern = try RegexPattern.cached(a[1].display, ignoresCase: false) } catch {
                throw Members.exception("System.ArgumentException", error.message)
            }
            var rest = a
            rest.remove(at: 1)
            return try ObjectMembers.invoke(name, on: RegexObject(pattern), rest, frame)
        default: return nil
        }
    }
}
