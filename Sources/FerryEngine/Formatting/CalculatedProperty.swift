/// The hashtable of a calculated property: which keys it may have, shortened or not, and what is wrong with it.
package enum CalculatedProperty {
    package enum Key: String, Sendable, CaseIterable {
        case expression, label, width, alignment, formatString, ascending, descending, depth

        /// What the values of the key may be. `nil`: anything.
        fileprivate var types: [RuntimeType]? {
            switch self {
            case .expression: [.string, .scriptBlock]
            case .label, .alignment, .formatString: [.string]
            case .width, .depth: [.int32]
            case .ascending, .descending: nil
            }
        }

        /// Whether `text` is the key, the beginning of it, or that of its other name.
        fileprivate func isMeant(by text: String) -> Bool {
            rawValue.folded.hasPrefix(text) || self == .label && "name".hasPrefix(text)
        }
    }

    /// The keys that Format-Table takes, and with them all commands that make columns.
    package static let column: [Key] = [.expression, .label, .width, .alignment, .formatString]

    static func keys(of kind: FormatRequest.Kind) -> [Key] {
        switch kind {
        case .list: [.expression, .formatString, .label]
        case .wide: [.expression, .formatString]
        case .custom: [.expression, .depth]
        case .table, .automatic: column
        }
    }

    /// - Throws: PowerShell's errors for keys that are unknown, ambiguous or missing and for values that do not fit them.
    package static func entries(of table: TableObject, _ allowed: [Key]) throws(Stop) -> [Key: Value] {
        var entries: [Key: Value] = [:]
        for (key, value) in table.pairs {
            guard case .string(let name) = key.plain else {
                throw refusal(
                    "DictionaryKeyNonString",
                    "The \(key.typeName.fullName.split(separator: ".").last ?? "") key type is not valid. The key must be a "
                        + "string.")
            }
            let text = name.folded
            let meant = text.isEmpty ? [] : allowed.filter { $0.isMeant(by: text) }
            guard let key = meant.first else { throw refusal("DictionaryKeyIllegal", "The \(name) key is not valid.") }
            guard meant.count == 1 else {
                throw refusal(
                    "DictionaryKeyAmbiguous",
                    "The \(name) key is ambiguous; \(meant[0].rawValue) and \(meant[1].rawValue) conflict.")
            }
            guard entries[key] == nil else {
                throw refusal(
                    "DictionaryKeyDuplicate", "The duplicated key \"\(name)\" conflicts with \"\(key.rawValue)\".")
            }
            try check(value, of: key, as: name)
            entries[key] = value.plain
        }
        guard entries[.expression] != nil else {
            throw refusal("DictionaryKeyMandatoryEntry", "A mandatory entry for expression is missing.")
        }
        return entries
    }

    private static func check(_ value: Value, of key: Key, as name: String) throws(Stop) {
        guard let types = key.types else { return }
        if value.isNull { throw refusal("DictionaryKeyMissingValue", "The \(name) key has no value.") }
        let type = value.plain.typeName
        guard types.contains(where: { $0.fullName == type.fullName }) else {
            let isOne = types.count == 1
            throw refusal(
                isOne ? "DictionaryKeyIllegalValue2" : "DictionaryKeyIllegalValue1",
                "The \"\(name)\" key has a type, \(type.fullName), that is not valid; expected "
                    + (isOne ? "type is \(types[0].fullName)." : "types are \(names(types))."))
        }
        let text = value.display
        switch key {
        case .expression where text.isEmpty && value.asScriptBlock == nil:
            throw refusal("ExpressionEmptyString1", "The \"expression\" key cannot have an empty string value.")
        case .width where (Int(text) ?? 0) <= 0:
            throw refusal("WidthOutOfRange", "The value \"\(text)\" for key \"width\" should be greater than 0.")
        case .alignment where text.isEmpty || !["left", "center", "right"].contains { $0.hasPrefix(text.folded) }:
            throw refusal(
                "AlignmentIllegalValue",
                "The value \"\(text)\" for key \"alignment\" is not valid; valid values are {left, center, right}.")
        case .formatString where text.isEmpty:
            throw refusal("FormatStringEmpty", "Cannot have an empty formatting string for key \"formatString\".")
        default: break
        }
    }

    /// The name of a property, where no hashtable and no block is given.
    ///
    /// - Throws: PowerShell's errors for what names none.
    package static func name(_ argument: Value) throws(Stop) -> String {
        let types = names([.string, .scriptBlock])
        guard !argument.isNull else {
            throw refusal(
                "DictionaryKeyUnknownType",
                "The value of a parameter was null; one of the following types was expected: \(types).")
        }
        guard case .string(let name) = argument.plain else {
            throw refusal(
                "DictionaryKeyUnknownType",
                "Cannot convert \(argument.plain.typeName.fullName) to one of the following types \(types).")
        }
        guard !name.isEmpty else {
            throw refusal("ExpressionEmptyString2", "An empty string value is not allowed.")
        }
        return name
    }

    private static func names(_ types: [RuntimeType]) -> String {
        "{" + types.map(\.fullName).joined(separator: ", ") + "}"
    }

    private static func refusal(_ id: String, _ message: String) -> Stop {
        .runtime(id, .invalidArgument, message, exception: "System.NotSupportedException")
    }
}
