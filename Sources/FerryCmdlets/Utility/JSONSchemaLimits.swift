import FerryEngine

/// The words of a schema that need no other schema: limits of numbers, texts, arrays and objects.
enum JSONSchemaLimits {
    typealias Node = JSONText.Node

    /// A limit as complaints name it. It may be more than any integer holds.
    static func shown(_ value: Double) -> String { Number.double(value).text }

    static func check(_ number: Double, _ schema: Node, _ complain: (String) -> Void) {
        // Draft 4 has `exclusiveMinimum: true` beside `minimum`.
        let isOpenBelow = schema["exclusiveMinimum"] == .bool(true)
        let isOpenAbove = schema["exclusiveMaximum"] == .bool(true)
        if let limit = schema["minimum"]?.number, isOpenBelow ? number <= limit : number < limit {
            complain("\(shown(number)) should be \(isOpenBelow ? "greater than" : "at least") \(shown(limit))")
        }
        if let limit = schema["maximum"]?.number, isOpenAbove ? number >= limit : number > limit {
            complain("\(shown(number)) should be \(isOpenAbove ? "less than" : "at most") \(shown(limit))")
        }
        if let limit = schema["exclusiveMinimum"]?.number, number <= limit {
            complain("\(shown(number)) should be greater than \(shown(limit))")
        }
        if let limit = schema["exclusiveMaximum"]?.number, number >= limit {
            complain("\(shown(number)) should be less than \(shown(limit))")
        }
        if let unit = schema["multipleOf"]?.number {
            let count = number / unit
            // Tenths are no binary fractions: 0.3 is a multiple of 0.1.
            if abs(count - count.rounded()) > abs(count) * 1e-12 {
                complain("\(shown(number)) should be a multiple of \(shown(unit))")
            }
        }
    }

    static func check(
        _ text: String, _ schema: Node, _ interrupt: Interrupt, _ complain: (String) -> Void
    ) throws(Stop) {
        let count = Double(text.unicodeScalars.count)
        if let limit = schema["minLength"]?.number, count < limit {
            complain("Value should be at least \(shown(limit)) characters")
        }
        if let limit = schema["maxLength"]?.number, count > limit {
            complain("Value should be at most \(shown(limit)) characters")
        }
        if let pattern = schema["pattern"]?.string,
            try (try? RegexPattern.cached(pattern, ignoresCase: false))?.isMatch(text, interrupt) != true
        {
            complain("The string value is not a match for the indicated regular expression")
        }
    }

    static func check(_ elements: [Node], _ schema: Node, _ complain: (String) -> Void) {
        let count = Double(elements.count)
        if let limit = schema["minItems"]?.number, count < limit {
            complain("Value should have at least \(shown(limit)) items")
        }
        if let limit = schema["maxItems"]?.number, count > limit {
            complain("Value should have at most \(shown(limit)) items")
        }
        if schema["uniqueItems"] == .bool(true), hasDuplicates(elements) { complain("Items should be unique") }
    }

    /// Elements of one text are compared; the text of equal ones is the same.
    private static func hasDuplicates(_ elements: [Node]) -> Bool {
        var known: Set<String> = []
        return elements.contains { !known.insert(canonical($0)).inserted }
    }

    private static func canonical(_ node: Node) -> String {
        switch node {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number): "\(number == 0 ? 0 : number)"
        case .string(let text): "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        case .array(let elements): "[" + elements.map(canonical).joined(separator: ",") + "]"
        case .object(let members):
            "{"
                + members.map { canonical(.string($0.name)) + ":" + canonical($0.value) }.sorted()
                .joined(separator: ",") + "}"
        }
    }

    static func check(_ members: [Node.Member], _ schema: Node, _ complain: (String) -> Void) {
        let names = Set(members.map(\.name))
        if let limit = schema["minProperties"]?.number, Double(names.count) < limit {
            complain("Value should have at least \(shown(limit)) properties")
        }
        if let limit = schema["maxProperties"]?.number, Double(names.count) > limit {
            complain("Value should have at most \(shown(limit)) properties")
        }
        let missing = (schema["required"]?.array ?? []).compactMap(\.string).filter { !names.contains($0) }
        if !missing.isEmpty { complain("Required properties \(list(missing)) are not present") }
    }

    /// `dependentRequired`, and the same in `dependencies` of draft 7 and before.
    static func dependencies(of schema: Node) -> [(word: String, needed: [String])] {
        var found: [(word: String, needed: [String])] = []
        for word in ["dependentRequired", "dependencies"] {
            guard case .object(let members)? = schema[word] else { continue }
            for member in members {
                guard let names = member.value.array else { continue }
                found.append((member.name, names.compactMap(\.string)))
            }
        }
        return found
    }

    static func list(_ names: [String]) -> String {
        "[" + names.map { "\"\($0)\"" }.joined(separator: ",") + "]"
    }
}
