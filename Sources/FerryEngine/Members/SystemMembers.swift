import Foundation

/// `Guid`, `Version`, `Convert`, `Environment`, encodings, addresses, and small helpers scripts call.
enum SystemMembers {
    static let tables: [TypeMembers] = [
        guid, version, convert, environment, bitConverter, comparer, random, thread, gc, uri,
        culture, category,
    ]

    private static let category = TypeMembers("System.Management.Automation.ErrorCategoryInfo") {
        $0.method("GetMessage", "string GetMessage()", 0...0) { call throws(Stop) in
            .string(call.target.asObject?.text ?? "")
        }
    }

    private static func guidOf(_ value: Value) -> GUID { if case .guid(let guid) = value { guid } else { .empty } }

    private static let guid = TypeMembers("System.Guid") {
        $0.property("Guid", .string) { .string(guidOf($0).text) }
        $0.method("ToString", "string ToString(string format)", 0...2) { call throws(Stop) in
            guard call.count > 0 else { return .string(guidOf(call.target).text) }
            guard let text = guidOf(call.target).formatted(try call.string(0)) else {
                throw call.failed(
                    "System.FormatException",
                    "Format string can be only \"D\", \"d\", \"N\", \"n\", \"P\", \"p\", \"B\", \"b\", \"X\" or \"x\".")
            }
            return .string(text)
        }
        $0.method("ToByteArray", "byte[] ToByteArray()", 0...0) { call throws(Stop) in
            let b = guidOf(call.target).uuid.uuid
            let bytes = [b.3, b.2, b.1, b.0, b.5, b.4, b.7, b.6, b.8, b.9, b.10, b.11, b.12, b.13, b.14, b.15]
            return .array(ArrayObject(bytes.map { .number(.byte($0)) }, of: .byte))
        }
        $0.constant("Empty", .guid) { .guid(.empty) }
        $0.staticMethod("NewGuid", "static guid NewGuid()", 0...0) { call throws(Stop) in .guid(GUID()) }
    }

    private static func versionOf(_ value: Value) -> VersionNumber {
        if case .version(let version) = value { version } else { VersionNumber(0, 0) }
    }

    private static let version = TypeMembers("System.Version") {
        $0.property("Major", .int32) { .int(versionOf($0).major) }
        $0.property("Minor", .int32) { .int(versionOf($0).minor) }
        $0.property("Build", .int32) { .int(versionOf($0).build) }
        $0.property("Revision", .int32) { .int(versionOf($0).revision) }
        $0.property("MajorRevision", .int16) {
            .number(.short(Int16(truncatingIfNeeded: versionOf($0).revision >> 16)))
        }
        $0.property("MinorRevision", .int16) { .number(.short(Int16(truncatingIfNeeded: versionOf($0).revision))) }
        $0.method("ToString", "string ToString(int fieldCount)", 0...1) { call throws(Stop) in
            let text = versionOf(call.target).text
            guard call.count > 0 else { return .string(text) }
            return .string(text.split(separator: ".").prefix(try call.int(0)).joined(separator: "."))
        }
        $0.make { call throws(Stop) in
            var parts: [Int32] = []
            if call.count == 1 { return try call.convert(0, .version) }
            for index in 0..<call.count { parts.append(Int32(truncatingIfNeeded: try call.int(index))) }
            guard (2...4).contains(parts.count), parts.allSatisfy({ $0 >= 0 }) else { throw call.noOverload() }
            return .version(
                VersionNumber(parts[0], parts[1], parts.count > 2 ? parts[2] : -1, parts.count > 3 ? parts[3] : -1))
        }
    }

    static func bytes(_ value: Value) -> [UInt8] {
        (value.elements ?? [value]).map { item in
            if case .number(let number) = item { UInt8(truncatingIfNeeded: number.asInt64 ?? 0) } else { 0 }
        }
    }

    static func byteArray(_ bytes: some Sequence<UInt8>) -> Value {
        .array(ArrayObject(bytes.map { .number(.byte($0)) }, of: .byte))
    }

    /// Digits of another base, as `[Convert]::ToInt32('ff', 16)` reads them.
    private static func based(_ call: MethodCall, _ type: RuntimeType, bits: Int) throws(Stop) -> Value {
        guard call.count > 1, call.isString(0) else { return try call.convert(0, type) }
        let base = try call.int(1)
        var text = try call.string(0).trimmed
        if base == 16, text.folded.hasPrefix("0x") { text = String(text.dropFirst(2)) }
        guard [2, 8, 10, 16].contains(base) else {
            throw call.failed("System.ArgumentException", "Invalid Base.")
        }
        guard let pattern = UInt64(text, radix: base) else {
            if base == 10 { return try call.convert(0, type) }
            throw call.failed("System.FormatException", "Could not find any recognizable digits.")
        }
        guard bits == 64 || pattern >> UInt64(bits) == 0 else {
            throw call.failed(
                "System.OverflowException", "Value was either too large or too small for the requested type.")
        }
        switch type.kind {
        case .number(.int): return .int(Int32(truncatingIfNeeded: pattern))
        case .number(.long): return .long(Int64(bitPattern: pattern))
        case .number(.short): return .number(.short(Int16(truncatingIfNeeded: pattern)))
        case .number(.byte): return .number(.byte(UInt8(truncatingIfNeeded: pattern)))
        case .number(.uint): return .number(.uint(UInt32(truncatingIfNeeded: pattern)))
        default: return .number(.ulong(pattern))
        }
    }

    private static let convert = TypeMembers("System.Convert") {
        for (name, type, bits) in [
            ("ToInt32", RuntimeType.int32, 32), ("ToInt64", .int64, 64), ("ToInt16", .int16, 16), ("ToByte", .byte, 8),
            ("ToUInt32", .uint32, 32), ("ToUInt64", .uint64, 64), ("ToUInt16", .uint16, 16),
        ] {
            $0.staticMethod(name, "static \(type.shortName) \(name)(System.Object value)", 1...2) { call throws(Stop) in
                try based(call, type, bits: bits)
            }
        }
        for (name, type) in [
            ("ToDouble", RuntimeType.double), ("ToDecimal", .decimal), ("ToSingle", .single), ("ToBoolean", .bool),
            ("ToChar", .char), ("ToDateTime", .dateTime),
        ] {
            $0.staticMethod(name, "static \(type.shortName) \(name)(System.Object value)", 1...2) { call throws(Stop) in
                if case .bool = type.kind, case .string(let text) = call.arguments[0] {
                    switch text.trimmed.folded {
                    case "true": return .bool(true)
                    case "false": return .bool(false)
                    default:
                        throw call.failed(
                            "System.FormatException", "String '\(text)' was not recognized as a valid Boolean.")
                    }
                }
                return try call.convert(0, type)
            }
        }
        $0.staticMethod("ToString", "static string ToString(System.Object value, int toBase)", 1...2) {
            call throws(Stop) in
            guard call.count > 1, case .number(let base) = call.arguments[1], let radix = base.asInt64 else {
                return .string(call.arguments[0].display)
            }
            guard [2, 8, 10, 16].contains(radix) else { throw call.failed("System.ArgumentException", "Invalid Base.") }
            if case .number(.int(let value)) = call.arguments[0] {
                return .string(radix == 10 ? String(value) : String(UInt32(bitPattern: value), radix: Int(radix)))
            }
            let value = try call.long(0)
            return .string(radix == 10 ? String(value) : String(UInt64(bitPattern: value), radix: Int(radix)))
        }
        $0.staticMethod("ToBase64String", "static string ToBase64String(byte[] inArray)", 1...2) { call throws(Stop) in
            .string(Data(bytes(call.arguments[0])).base64EncodedString())
        }
        $0.staticMethod("FromBase64String", "static byte[] FromBase64String(string s)", 1...1) { call throws(Stop) in
            let text = try call.string(0).filter { !$0.isWhitespace }
            guard let data = Data(base64Encoded: text) else {
                throw call.failed(
                    "System.FormatException",
                    "The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding "
                        + "characters, or an illegal character among the padding characters.")
            }
            return byteArray(data)
        }
        $0.staticMethod("ToHexString", "static string ToHexString(byte[] inArray)", 1...1) { call throws(Stop) in
            .string(bytes(call.arguments[0]).map(hex).joined())
        }
        $0.staticMethod("FromHexString", "static byte[] FromHexString(string s)", 1...1) { call throws(Stop) in
            let digits = Array(try call.string(0))
            let pairs = stride(from: 0, to: digits.count - 1, by: 2).map { String(digits[$0...$0 + 1]) }
            let bytes = pairs.compactMap { UInt8($0, radix: 16) }
            guard bytes.count * 2 == digits.count else {
                throw call.failed(
                    "System.FormatException",
                    digits.count % 2 == 0
                        ? "The input is not a valid hex string as it contains a non-hex character."
                        : "The input is not a valid hex string as its length is not a multiple of 2.")
            }
            return byteArray(bytes)
        }
        $0.staticMethod(
            "ChangeType", "static System.Object ChangeType(System.Object value, type conversionType)", 2...2
        ) {
            call throws(Stop) in
            guard case .type(let type) = try call.convert(1, .type) else { throw call.noOverload() }
            return try call.convert(0, type)
        }
    }

    private static func hex(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16, uppercase: true)
        return text.count == 1 ? "0" + text : text
    }

    private static let bitConverter = TypeMembers("System.BitConverter") {
        $0.staticMethod("ToString", "static string ToString(byte[] value)", 1...1) { call throws(Stop) in
            .string(bytes(call.arguments[0]).map(hex).joined(separator: "-"))
        }
        $0.constant("IsLittleEndian", .bool) { .bool(true) }
        $0.staticMethod("GetBytes", "static byte[] GetBytes(int value)", 1...1) { call throws(Stop) in
            byteArray(littleEndian(call.arguments[0].plain))
        }
        for (name, type, size) in [
            ("ToInt16", RuntimeType.int16, 2), ("ToInt32", .int32, 4), ("ToInt64", .int64, 8), ("ToUInt16", .uint16, 2),
            ("ToUInt32", .uint32, 4), ("ToUInt64", .uint64, 8), ("ToDouble", .double, 8),
        ] {
            $0.staticMethod(name, "static \(type.shortName) \(name)(byte[] value, int startIndex)", 1...2) {
                call throws(Stop) in
                let (bytes, start) = (bytes(call.arguments[0]), call.count > 1 ? try call.int(1) : 0)
                guard start >= 0, start <= bytes.count - size else {
                    throw call.failed(
                        "System.ArgumentException",
                        "Destination array is not long enough to copy all the items in the collection. Check array index "
                            + "and length.")
                }
                let bits = bytes[start..<start + size].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                switch name {
                case "ToInt16": return .number(.short(Int16(truncatingIfNeeded: bits)))
                case "ToInt32": return .int(Int32(truncatingIfNeeded: bits))
                case "ToInt64": return .long(Int64(bitPattern: bits))
                case "ToDouble": return .double(Double(bitPattern: bits))
                default: return try Conversion.convert(.number(.ulong(bits)), to: type, call.runspace)
                }
            }
        }
    }

    /// A number's bytes as they lie in memory, as many as its type has.
    private static func littleEndian(_ value: Value) -> [UInt8] {
        func bytes(_ bits: UInt64, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: bits >> (UInt64($0) * 8)) }
        }
        switch value {
        case .bool(let flag): return [flag ? 1 : 0]
        case .char(let unit): return bytes(UInt64(unit), 2)
        case .number(.double(let number)): return bytes(number.bitPattern, 8)
        case .number(.single(let number)): return bytes(UInt64(number.bitPattern), 4)
        case .number(.ulong(let number)): return bytes(number, 8)
        case .number(let number):
            let size =
                switch number {
                case .byte, .sbyte: 2
                case .short, .ushort: 2
                case .int, .uint: 4
                default: 8
                }
            return bytes(number.asInt64.map { UInt64(bitPattern: $0) } ?? 0, size)
        default: return []
        }
    }

    private static let environment = TypeMembers("System.Environment") {
        $0.constant("MachineName", .string) { .string(Environment.hostName) }
        $0.constant("UserName", .string) { .string(Environment.userName) }
        $0.constant("UserDomainName", .string) { .string(Environment.hostName) }
        $0.constant("NewLine", .string) { .string("\n") }
        $0.constant("CurrentDirectory", .string) { .string(Location().path) }
        $0.constant("ProcessId", .int32) { .int(ProcessInfo.processInfo.processIdentifier) }
        $0.constant("ProcessorCount", .int32) { .count(ProcessInfo.processInfo.activeProcessorCount) }
        $0.constant("Is64BitOperatingSystem", .bool) { .bool(true) }
        $0.constant("Is64BitProcess", .bool) { .bool(true) }
        $0.constant("UserInteractive", .bool) { .bool(true) }
        $0.constant("Version", .version) { .version(VersionNumber(9, 0, 0)) }
        $0.constant("CommandLine", .string) { .string(CommandLine.arguments.joined(separator: " ")) }
        $0.constant("TickCount", .int32) {
            .int(Int32(truncatingIfNeeded: Int(ProcessInfo.processInfo.systemUptime * 1000)))
        }
        $0.constant("OSVersion", .object) {
            let text = ProcessInfo.processInfo.operatingSystemVersion
            let version = VersionNumber(Int32(text.majorVersion), Int32(text.minorVersion), Int32(text.patchVersion))
            return .object(
                CustomObject([
                    ("Platform", .string("Unix")), ("Version", .version(version)),
                    ("VersionString", .string("Unix \(version.text)")),
                ]))
        }
        $0.staticMethod("GetEnvironmentVariable", "static string GetEnvironmentVariable(string variable)", 1...2) {
            call throws(Stop) in .optional(Environment.value(try call.string(0)))
        }
        $0.staticMethod(
            "SetEnvironmentVariable", "static void SetEnvironmentVariable(string variable, string value)", 2...3
        ) {
            call throws(Stop) in
            Environment.set(try call.string(0), to: call.arguments[1].isNull ? nil : try call.string(1))
            return .nothing
        }
        $0.staticMethod(
            "GetEnvironmentVariables", "static System.Collections.IDictionary GetEnvironmentVariables()", 0...1
        ) {
            call throws(Stop) in
            let table = TableObject()
            for (name, value) in Environment.all { table[name] = .string(value) }
            return .table(table)
        }
        $0.staticMethod("ExpandEnvironmentVariables", "static string ExpandEnvironmentVariables(string name)", 1...1) {
            call throws(Stop) in
            let parts = try call.string(0).split(separator: "%", omittingEmptySubsequences: false).map(String.init)
            var result = parts[0]
            var index = 1
            while index < parts.count {
                if index + 1 < parts.count, let value = Environment.value(parts[index]) {
                    result += value + parts[index + 1]
                    index += 2
                } else {
                    result += "%" + parts[index]
                    index += 1
                }
            }
            return .string(result)
        }
        $0.staticMethod("GetFolderPath", "static string GetFolderPath(System.Environment+SpecialFolder folder)", 1...2)
        {
            call throws(Stop) in
            let home = Environment.value("HOME") ?? "/"
            switch try call.string(0).folded {
            case "userprofile", "personal", "mydocuments": return .string(home)
            case "desktop": return .string(PathText.join(home, "Desktop"))
            case "applicationdata":
                return .string(Environment.value("XDG_CONFIG_HOME") ?? PathText.join(home, ".config"))
            case "localapplicationdata":
                return .string(Environment.value("XDG_DATA_HOME") ?? PathText.join(home, ".local/share"))
            case "commonapplicationdata": return .string("/usr/share")
            default: return .string("")
            }
        }
        $0.staticMethod("GetCommandLineArgs", "static string[] GetCommandLineArgs()", 0...0) { call throws(Stop) in
            .array(ArrayObject(CommandLine.arguments.map { .string($0) }, of: .string))
        }
        $0.staticMethod("Exit", "static void Exit(int exitCode)", 1...1) { call throws(Stop) in
            throw .exiting(code: Int32(truncatingIfNeeded: try call.int(0)))
        }
    }

    /// What dictionaries are told about letters; its own text says it.
    private static let comparer = TypeMembers("System.StringComparer") {
        for name in [
            "Ordinal", "OrdinalIgnoreCase", "CurrentCulture", "CurrentCultureIgnoreCase", "InvariantCulture",
            "InvariantCultureIgnoreCase",
        ] {
            $0.constant(name, .object) { .object(ComparerObject(name)) }
        }
        $0.method("Compare", "int Compare(string x, string y)", 2...2) { call throws(Stop) in
            let ignoresCase = call.target.display.contains("IgnoreCase")
            return .count(
                Collation.compare(try call.string(0), try call.string(1), caseSensitive: !ignoresCase).signum())
        }
        $0.method("Equals", "bool Equals(string x, string y)", 2...2) { call throws(Stop) in
            let (left, right) = (try call.string(0), try call.string(1))
            return .bool(
                call.target.display.contains("IgnoreCase") ? left.folded == right.folded : left == right)
        }
    }

    private static let random = TypeMembers("System.Random") {
        $0.method("Next", "int Next(int minValue, int maxValue)", 0...2) { call throws(Stop) in
            let low = try call.count > 1 ? call.int(0) : 0
            let high = try call.count > 0 ? call.int(call.count - 1) : Int(Int32.max)
            guard low <= high else {
                throw call.failed(
                    "System.ArgumentOutOfRangeException",
                    "'minValue' cannot be greater than maxValue. (Parameter 'minValue')")
            }
            return .count(low == high ? low : Int.random(in: low..<high))
        }
        $0.method("NextDouble", "double NextDouble()", 0...0) { call throws(Stop) in .double(Double.random(in: 0..<1)) }
        $0.constant("Shared", .object) { .object(NamedObject(RuntimeType("System.Random"))) }
        $0.make { call throws(Stop) in .object(NamedObject(RuntimeType("System.Random"))) }
    }

    private static let thread = TypeMembers("System.Threading.Thread") {
        $0.staticMethod("Sleep", "static void Sleep(int millisecondsTimeout)", 1...1) { call throws(Stop) in
            let seconds: Double =
                if case .span(let span) = call.arguments[0] { span.total(per: TimeSpan.ticksPerSecond) } else {
                    Double(try call.int(0)) / 1000
                }
            let wake = DispatchSemaphore(value: 0)
            try call.runspace.interrupt.withHandler({ wake.signal() }) { () throws(Stop) in
                _ = wake.wait(timeout: .now() + max(0, min(seconds, 1e9)))
            }
            try call.runspace.interrupt.check()
            return .nothing
        }
    }

    private static let gc = TypeMembers("System.GC") {
        $0.staticMethod("Collect", "static void Collect()", 0...2) { call throws(Stop) in .nothing }
    }

    private static let uri = TypeMembers("System.Uri") {
        $0.staticMethod("EscapeDataString", "static string EscapeDataString(string stringToEscape)", 1...1) {
            call throws(Stop) in
            let allowed = CharacterSet(
                charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
            return .string(try call.string(0).addingPercentEncoding(withAllowedCharacters: allowed) ?? "")
        }
        $0.staticMethod("UnescapeDataString", "static string UnescapeDataString(string stringToUnescape)", 1...1) {
            call throws(Stop) in
            let text = try call.string(0)
            return .string(text.removingPercentEncoding ?? text)
        }
    }

    private static let culture = TypeMembers("System.Globalization.CultureInfo") {
        for name in ["InvariantCulture", "CurrentCulture", "CurrentUICulture"] {
            $0.constant(name, .object) { cultureObject(name == "InvariantCulture" ? "" : CultureObject.currentName) }
        }
        $0.staticMethod(
            "GetCultureInfo", "static System.Globalization.CultureInfo GetCultureInfo(string name)", 1...1
        ) { call throws(Stop) in try named(call) }
        $0.make { call throws(Stop) in try named(call) }
    }

    private static func cultureObject(_ name: String) -> Value {
        CultureObject(name).map { .object($0) } ?? .null
    }

    /// Texts are written as en-US writes them: other cultures would be promises that nothing keeps.
    private static func named(_ call: MethodCall) throws(Stop) -> Value {
        guard call.count == 1 else { throw call.noOverload() }
        let name = try call.string(0)
        guard let known = ["", "en-US"].first(where: { $0.folded == name.folded }) else {
            throw call.failed(
                "System.Globalization.CultureNotFoundException",
                "Culture is not supported. (Parameter 'name')\n\(name) is an invalid culture identifier. "
                    + "The cultures here are en-US and the invariant one.")
        }
        return cultureObject(known)
    }
}

/// `[StringComparer]::OrdinalIgnoreCase` and its kin.
private final class ComparerObject: Object {
    private static let type = RuntimeType("System.StringComparer")
    private let name: String
    init(_ name: String) { self.name = name }
    override var typeName: RuntimeType { Self.type }
    override var text: String { "System.\(name)Comparer" }
}

/// An object of which only the type matters.
package final class NamedObject: Object {
    private let type: RuntimeType
    init(_ type: RuntimeType) { self.type = type }
    package override var typeName: RuntimeType { type }
}

/// `[uri]'http://host/path'`
package final class UriObject: Object {
    private let source: String
    init(_ source: String) { self.source = source }
    package static func make(_ source: String) -> UriObject { UriObject(source) }
    package override var typeName: RuntimeType { .uri }
    package override var text: String { source }
    package override var propertyNames: [String] {
        [
            "AbsolutePath", "AbsoluteUri", "Host", "Port", "Query", "Fragment", "Scheme", "OriginalString",
            "IsAbsoluteUri",
        ]
    }
    package override func property(_ name: String) throws(Stop) -> Value? {
        let parts = URLComponents(string: source)
        switch name.folded {
        case "absolutepath": return .optional(parts.map { $0.path.isEmpty ? "/" : $0.path })
        case "absoluteuri": return .optional(parts?.string)
        case "host": return .optional(parts?.host)
        case "port":
            let standard: [String: Int] = ["http": 80, "https": 443, "ftp": 21, "ssh": 22]
            return .count(parts?.port ?? standard[parts?.scheme ?? ""] ?? -1)
        case "query": return .string(parts?.query.map { "?" + $0 } ?? "")
        case "fragment": return .string(parts?.fragment.map { "#" + $0 } ?? "")
        case "scheme": return .optional(parts?.scheme)
        case "originalstring": return .string(source)
        case "isabsoluteuri": return .bool(parts?.scheme != nil)
        default: return nil
        }
    }
}
