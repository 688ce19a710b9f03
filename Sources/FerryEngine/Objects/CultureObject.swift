import Foundation

/// `System.Globalization.CultureInfo`: a culture's names, and the order its language has for words.
///
/// Numbers and dates are written as en-US writes them whatever the culture.
package final class CultureObject: Object {
    package let name: String
    private let locale: Locale

    /// The culture of every shell.
    package static let currentName = "en-US"

    /// - Parameter name: `en-US`, `de`, empty for the invariant one; nil for a name that no known culture has.
    package init?(_ name: String) {
        let key = name.folded.replacing("_", with: "-")
        if key.isEmpty {
            self.name = ""
            locale = Locale(identifier: "en_US_POSIX")
            return
        }
        guard let found = Self.identifiers[key] else { return nil }
        self.name = Self.name(of: found)
        locale = Locale(identifier: found)
    }

    /// The system's identifiers by folded name: the list of them is long, and stays the same.
    private static let identifiers = Dictionary(
        Locale.availableIdentifiers.map { (name(of: $0).folded, $0) }, uniquingKeysWith: { first, _ in first })

    private static func name(of identifier: String) -> String { identifier.replacing("_", with: "-") }

    package static var current: Value { CultureObject(currentName).map { .object($0) } ?? .null }

    /// Every name that there is a culture of, the invariant one first.
    package static var names: [String] {
        [""] + Locale.availableIdentifiers.map(name).filter { $0 != "en-US-POSIX" }.sorted()
    }

    private static let type = RuntimeType("System.Globalization.CultureInfo")
    package override var typeName: RuntimeType { Self.type }
    package override var text: String { name }
    package override func isEqual(to other: Object) -> Bool { (other as? CultureObject)?.name == name }

    package override var propertyNames: [String] {
        [
            "Parent", "LCID", "KeyboardLayoutId", "Name", "IetfLanguageTag", "DisplayName", "NativeName", "EnglishName",
            "TwoLetterISOLanguageName", "TextInfo", "IsNeutralCulture", "NumberFormat", "DateTimeFormat", "Calendar",
            "IsReadOnly",
        ]
    }

    private var englishName: String {
        if name.isEmpty { return "Invariant Language (Invariant Country)" }
        return Locale(identifier: "en_US").localizedString(forIdentifier: locale.identifier) ?? name
    }

    /// Windows' numbers for common cultures; what .NET says of all others: a custom culture.
    private static let numbers = [
        "": 127, "cs-CZ": 1029, "da-DK": 1030, "de-DE": 1031, "en-GB": 2057, "en-US": 1033, "es-ES": 3082,
        "fi-FI": 1035, "fr-FR": 1036, "it-IT": 1040, "ja-JP": 1041, "ko-KR": 1042, "nb-NO": 1044, "nl-NL": 1043,
        "pl-PL": 1045, "pt-BR": 1046, "ru-RU": 1049, "sv-SE": 1053, "tr-TR": 1055, "zh-CN": 2052,
    ]

    package override func property(_ wanted: String) throws(Stop) -> Value? {
        switch wanted.folded {
        case "name", "ietflanguagetag": return .string(name)
        case "lcid", "keyboardlayoutid": return .int(Int32(Self.numbers[name] ?? 4096))
        case "displayname", "englishname": return .string(englishName)
        case "nativename":
            return .string(
                name.isEmpty ? englishName : locale.localizedString(forIdentifier: locale.identifier) ?? name)
        case "twoletterisolanguagename": return .string(name.isEmpty ? "iv" : String(name.prefix { $0 != "-" }))
        case "isneutralculture": return .bool(!name.isEmpty && !name.contains("-"))
        case "isreadonly": return .bool(true)
        case "calendar": return CultureMembers.calendar()
        case "textinfo": return CultureMembers.text(name)
        case "numberformat": return CultureMembers.numbers()
        case "datetimeformat": return CultureMembers.dates()
        case "parent":
            let parent = name.lastIndex(of: "-").map { String(name[..<$0]) } ?? ""
            return (CultureObject(parent) ?? CultureObject("")).map { .object($0) } ?? .null
        default: return nil
        }
    }

    // MARK: The order of words

    /// Whether the shell's own order of words is this culture's.
    package var hasCommonOrder: Bool { name.isEmpty || name == "en" || name.hasPrefix("en-") }

    package func order(_ left: String, _ right: String, caseSensitive: Bool) -> Int {
        if hasCommonOrder { return Collation.compare(left, right, caseSensitive: caseSensitive) }
        let options: String.CompareOptions = caseSensitive ? [] : .caseInsensitive
        return left.compare(right, options: options, range: nil, locale: locale).rawValue
    }

    package func contains(_ part: String, in text: String, caseSensitive: Bool) -> Bool {
        part.isEmpty
            || text.range(of: part, options: caseSensitive ? [] : .caseInsensitive, range: nil, locale: locale) != nil
    }
}
