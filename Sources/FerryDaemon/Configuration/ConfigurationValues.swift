import FerryHost

/// Checks values against their keys' shapes and collects everything that is wrong, so that an administrator corrects it once.
struct ConfigurationValues {
    /// "memorySize: "2 potatoes" is not a size such as 512MB or 48GB".
    private(set) var problems: [String] = []
    private(set) var texts: [ConfigurationKey: String] = [:]
    private(set) var lists: [ConfigurationKey: [String]] = [:]
    private(set) var numbers: [ConfigurationKey: UInt64] = [:]
    private(set) var flags: [ConfigurationKey: Bool] = [:]
    /// Keys that were set to nothing.
    private(set) var cleared: Set<ConfigurationKey> = []

    mutating func report(_ problem: String) { problems.append(problem) }

    /// Takes one member of the configuration file.
    mutating func take(_ value: JSONValue, for key: ConfigurationKey) {
        take(value, for: key, as: key.shape, place: key.rawValue)
    }

    /// Takes one option's text. Given again, a list grows and anything else is replaced.
    mutating func take(option text: String, for key: ConfigurationKey) {
        switch key.shape {
        case .port:
            take(Int64(text).map { .integer($0) } ?? .string(text), for: key, as: key.shape, place: key.option)
        case .flag:
            take(Bool(text).map { .bool($0) } ?? .string(text), for: key, as: key.shape, place: key.option)
        case .paths:
            guard check(text, .path, key.option) else { return }
            lists[key, default: []].append(text)
        case .optional where text == "none":
            texts[key] = nil
            cleared.insert(key)
        case .hostName, .path, .program, .address, .size, .account, .word, .optional:
            take(.string(text), for: key, as: key.shape, place: key.option)
        }
    }

    /// What was set before the command line is replaced by its lists, not extended.
    mutating func forgetList(_ key: ConfigurationKey) { lists[key] = nil }

    private mutating func take(
        _ value: JSONValue, for key: ConfigurationKey, as shape: ConfigurationKey.Shape, place: String
    ) {
        switch (shape, value) {
        case (.optional, .null):
            texts[key] = nil
            cleared.insert(key)
        case (.optional(let inner), _):
            take(value, for: key, as: inner, place: place)
        case (.port, _):
            guard let number = value.integer, (1...65_535).contains(number) else {
                return refuse(place, value, "is not a port, a number from 1 to 65535")
            }
            numbers[key] = UInt64(number)
        case (.size, _):
            let size: UInt64? =
                if let text = value.text { Self.size(text) } else { value.integer.flatMap { UInt64(exactly: $0) } }
            guard let size, size > 0 else { return refuse(place, value, "is not a size such as 512MB or 48GB") }
            guard size >= 16 << 20 else { return refuse(place, value, "is too small: no machine fits into it") }
            numbers[key] = size
        case (.flag, .bool(let flag)):
            flags[key] = flag
        case (.flag, _):
            refuse(place, value, "is neither true nor false")
        case (.paths, .array(let elements)):
            guard !elements.isEmpty else { return refuse(place, value, "is empty: name a folder or leave the key out") }
            var paths: [String] = []
            for (index, element) in elements.enumerated() {
                guard let text = element.text else {
                    refuse("\(place)[\(index)]", element, "is not a text")
                    continue
                }
                if check(text, .path, "\(place)[\(index)]") { paths.append(text) }
            }
            lists[key] = paths
        case (.paths, _):
            refuse(place, value, "is not a list of folders such as [\"/vms\"]")
        case (_, .string(let text)):
            guard check(text, shape, place) else { return }
            texts[key] = text
            cleared.remove(key)
        default:
            refuse(place, value, "is not a text")
        }
    }

    /// Whether `text` has the shape; reports it if not.
    private mutating func check(_ text: String, _ shape: ConfigurationKey.Shape, _ place: String) -> Bool {
        guard let reason = Self.flaw(in: text, shape) else { return true }
        refuse(place, .string(text), reason)
        return false
    }

    private static func flaw(in text: String, _ shape: ConfigurationKey.Shape) -> String? {
        func isWord(_ limit: Int, _ extra: String) -> Bool {
            (1...limit).contains(text.utf8.count)
                && text.utf8.allSatisfy { byte in
                    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                        || extra.utf8.contains(byte)
                }
        }
        let hasControl = text.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }
        switch shape {
        case .hostName:
            return isWord(63, "-._") ? nil : "is not a host name: letters, digits, hyphens, dots, at most 63"
        case .path:
            if !text.hasPrefix("/") { return "is not an absolute path" }
            if hasControl || text.utf8.count > 4000 { return "is not a usable path" }
            return text.split(separator: "/").contains("..") ? "has '..' in it" : nil
        case .program:
            if text.isEmpty || hasControl || text.contains(" ") { return "is not the name or path of a program" }
            return text.contains("/") && !text.hasPrefix("/") ? "is neither a name nor an absolute path" : nil
        case .address:
            return isWord(253, "-.:%") ? nil : "is not an IP address or host name"
        case .account:
            return isWord(32, "-_") ? nil : "is not the name of an account"
        case .word(let words):
            return words.contains(text) ? nil : "is not one of " + words.joined(separator: ", ")
        case .optional(let inner):
            return flaw(in: text, inner)
        case .paths, .port, .size, .flag:
            return "has another type"
        }
    }

    private mutating func refuse(_ place: String, _ value: JSONValue, _ reason: String) {
        let text = value.serialized
        report("\(place): \(text.count > 100 ? text.prefix(100) + "…" : text) \(reason)")
    }

    /// PowerShell's multipliers, binary; nil when it is no size or more bytes than there are numbers for.
    private static func size(_ text: String) -> UInt64? {
        let units: [(String, UInt64)] = [("KB", 10), ("MB", 20), ("GB", 30), ("TB", 40)]
        let upper = text.uppercased()
        guard let (unit, shift) = units.first(where: { upper.hasSuffix($0.0) }) else { return UInt64(text) }
        guard let number = UInt64(upper.dropLast(unit.count)), number <= UInt64.max >> shift else { return nil }
        return number << shift
    }
}
