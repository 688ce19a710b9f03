/// The shape of a schema itself: words with values that cannot be theirs make it none.
enum JSONSchemaWords {
    private static let schemas: Set<String> = [
        "additionalItems", "additionalProperties", "contains", "else", "if", "not", "propertyNames", "then",
        "unevaluatedItems", "unevaluatedProperties",
    ]
    private static let tables: Set<String> = [
        "$defs", "definitions", "dependentSchemas", "patternProperties", "properties",
    ]
    private static let lists: Set<String> = ["allOf", "anyOf", "oneOf", "prefixItems"]
    private static let counts: Set<String> = [
        "maxContains", "maxItems", "maxLength", "maxProperties", "minContains", "minItems", "minLength",
        "minProperties",
    ]
    private static let numbers: Set<String> = ["maximum", "minimum", "multipleOf"]
    private static let texts: Set<String> = ["$anchor", "$id", "$ref", "$schema", "pattern"]
    static let types = ["array", "boolean", "integer", "null", "number", "object", "string"]

    /// - Throws: the first word that is wrong. The text's own depth bounds the walk.
    static func check(_ schema: JSONText.Node) throws(JSONSchema.Invalid) {
        switch schema {
        case .bool: return
        case .object(let members):
            for member in members { try check(member.name, member.value) }
        default: throw JSONSchema.Invalid(reason: "A schema is an object, true or false.")
        }
    }

    private static func check(_ word: String, _ value: JSONText.Node) throws(JSONSchema.Invalid) {
        switch word {
        case _ where schemas.contains(word): try check(value)
        case _ where tables.contains(word):
            guard case .object(let members) = value else { throw wrong(word, "an object of schemas") }
            for member in members { try check(member.value) }
        case _ where lists.contains(word):
            guard let elements = value.array, !elements.isEmpty else { throw wrong(word, "an array of schemas") }
            for element in elements { try check(element) }
        case "items":
            guard let elements = value.array else { return try check(value) }
            for element in elements { try check(element) }
        case _ where counts.contains(word):
            guard let number = value.number, number >= 0, number == number.rounded() else {
                throw wrong(word, "a whole number that is not negative")
            }
        case _ where numbers.contains(word):
            guard let number = value.number, word != "multipleOf" || number > 0 else { throw wrong(word, "a number") }
        case _ where texts.contains(word):
            guard value.string != nil else { throw wrong(word, "a string") }
        case "type":
            let names = value.array ?? [value]
            guard names.allSatisfy({ types.contains($0.string ?? "") }) else {
                throw wrong(word, "one or several of \(types.joined(separator: ", "))")
            }
        case "required":
            // Draft 3's `true` stood with the member; it is of no effect since.
            if case .bool = value { return }
            guard let names = value.array, names.allSatisfy({ $0.string != nil }) else {
                throw wrong(word, "an array of strings")
            }
        case "enum":
            guard value.array != nil else { throw wrong(word, "an array") }
        default: return
        }
    }

    private static func wrong(_ word: String, _ wanted: String) -> JSONSchema.Invalid {
        JSONSchema.Invalid(reason: "The value of '\(word)' must be \(wanted).")
    }
}
