import FerryEngine

/// Holds one value against a schema. Schemas may refer to themselves: depth and work are bounded.
struct JSONSchemaCheck {
    typealias Node = JSONText.Node
    typealias Outcome = JSONSchema.Outcome

    /// Schemas within each other, references counted.
    private static let depthLimit = 400
    /// Schemas asked in all.
    private static let workLimit = 2_000_000

    private let interrupt: Interrupt
    private var work = 0

    init(_ interrupt: Interrupt) { self.interrupt = interrupt }

    /// Where the check is: the schema's document, the value's place, how deep.
    private struct Place {
        var document: JSONSchema
        var pointer = ""
        var depth = 0

        func below(_ part: String) -> Place {
            var place = self
            place.pointer += "/" + part.replacing("~", with: "~0").replacing("/", with: "~1")
            return place
        }
    }

    mutating func complaints(about value: Node, _ schema: JSONSchema) throws(Stop) -> [JSONSchema.Complaint] {
        try outcome(schema.root, value, Place(document: schema)).complaints
    }

    private mutating func outcome(_ schema: Node, _ value: Node, _ place: Place) throws(Stop) -> Outcome {
        try interrupt.check()
        work += 1
        guard place.depth < Self.depthLimit, work < Self.workLimit else {
            throw JSONSchema.unresolved(schema["$ref"]?.string ?? "#", "the schema refers to itself without end")
        }
        var outcome = Outcome()
        if case .bool(let allowed) = schema {
            if !allowed { complain("All values fail against the false schema", &outcome, place) }
            return outcome
        }
        var inner = place
        inner.depth += 1
        for word in ["$ref", "$dynamicRef", "$recursiveRef"] {
            guard let reference = schema[word]?.string else { continue }
            let target = try place.document.resolve(reference)
            var there = inner
            there.document = target.document
            outcome.add(try self.outcome(target.schema, value, there))
        }
        Self.checkType(schema, value, &outcome, place)
        switch value {
        case .number(let number): JSONSchemaLimits.check(number, schema) { Self.complain($0, &outcome, place) }
        case .string(let text):
            try JSONSchemaLimits.check(text, schema, interrupt) { Self.complain($0, &outcome, place) }
        case .array(let elements): try check(elements, schema, &outcome, inner)
        case .object(let members): try check(members, schema, &outcome, inner)
        case .null, .bool: break
        }
        try combine(schema, value, &outcome, inner)
        try checkRest(schema, value, &outcome, inner)
        return outcome
    }

    private static func complain(_ text: String, _ outcome: inout Outcome, _ place: Place) {
        outcome.complaints.append(JSONSchema.Complaint(text: text, place: place.pointer))
    }

    private func complain(_ text: String, _ outcome: inout Outcome, _ place: Place) {
        Self.complain(text, &outcome, place)
    }

    // MARK: Values of every kind

    private static func type(of value: Node) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .number(let number): number == number.rounded() ? "integer" : "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    private static func checkType(_ schema: Node, _ value: Node, _ outcome: inout Outcome, _ place: Place) {
        if let wanted = schema["type"] {
            let names = (wanted.array ?? [wanted]).compactMap(\.string)
            let own = type(of: value)
            if !names.contains(own), !(own == "integer" && names.contains("number")) {
                let shown = names.map { "\"\($0)\"" }.joined(separator: ",")
                complain(
                    "Value is \"\(own)\" but should be \(names.count == 1 ? shown : "[\(shown)]")", &outcome, place)
            }
        }
        if let allowed = schema["enum"]?.array, !allowed.contains(value) {
            complain("Value should match one of the values specified by the enum", &outcome, place)
        }
        if let wanted = schema["const"], wanted != value {
            complain("Value should be the one specified by const", &outcome, place)
        }
    }

    /// Schemas joined by words: what a branch complains of counts only where the whole fails.
    private mutating func combine(
        _ schema: Node, _ value: Node, _ outcome: inout Outcome, _ place: Place
    ) throws(Stop) {
        for branch in schema["allOf"]?.array ?? [] { outcome.add(try self.outcome(branch, value, place)) }
        for (word, isOne) in [("anyOf", false), ("oneOf", true)] {
            guard let branches = schema[word]?.array else { continue }
            var outcomes: [Outcome] = []
            for branch in branches { outcomes.append(try self.outcome(branch, value, place)) }
            let passed = outcomes.filter(\.isValid)
            if isOne ? passed.count == 1 : !passed.isEmpty {
                for branch in passed { outcome.add(branch) }
                continue
            }
            for failed in outcomes { outcome.complaints += failed.complaints }
            complain(
                isOne
                    ? "Expected 1 matching subschema but found \(passed.count)" : "No subschema matches the value",
                &outcome, place)
        }
        if let branch = schema["not"], try self.outcome(branch, value, place).isValid {
            complain("Value should not match the subschema", &outcome, place)
        }
        guard let condition = schema["if"] else { return }
        let answer = try self.outcome(condition, value, place)
        if answer.isValid { outcome.add(answer) }
        if let branch = schema[answer.isValid ? "then" : "else"] { outcome.add(try self.outcome(branch, value, place)) }
    }

    // MARK: Arrays

    private mutating func check(
        _ elements: [Node], _ schema: Node, _ outcome: inout Outcome, _ place: Place
    ) throws(Stop) {
        JSONSchemaLimits.check(elements, schema) { complain($0, &outcome, place) }
        let items = schema["items"]
        let tuple = schema["prefixItems"]?.array ?? items?.array ?? []
        for (index, branch) in tuple.enumerated() where index < elements.count {
            outcome.elements.insert(index)
            outcome.complaints += try self.outcome(branch, elements[index], place.below("\(index)")).complaints
        }
        let rest = schema["prefixItems"] == nil && items?.array != nil ? schema["additionalItems"] : items
        if let rest, rest.array == nil {
            for index in elements.indices.dropFirst(tuple.count) {
                outcome.elements.insert(index)
                outcome.complaints += try self.outcome(rest, elements[index], place.below("\(index)")).complaints
            }
        }
        guard let wanted = schema["contains"] else { return }
        var count = 0
        for (index, element) in elements.enumerated()
        where try self.outcome(wanted, element, place.below("\(index)")).isValid {
            outcome.elements.insert(index)
            count += 1
        }
        let least = schema["minContains"]?.number ?? 1
        if Double(count) < least {
            complain(
                "Expected at least \(JSONSchemaLimits.shown(least)) matching items but found \(count)", &outcome, place)
        }
        if let most = schema["maxContains"]?.number, Double(count) > most {
            complain(
                "Expected at most \(JSONSchemaLimits.shown(most)) matching items but found \(count)", &outcome, place)
        }
    }

    // MARK: Objects

    private mutating func check(
        _ members: [Node.Member], _ schema: Node, _ outcome: inout Outcome, _ place: Place
    ) throws(Stop) {
        let names = Set(members.map(\.name))
        JSONSchemaLimits.check(members, schema) { complain($0, &outcome, place) }
        for (word, needed) in JSONSchemaLimits.dependencies(of: schema) where names.contains(word) {
            let missing = needed.filter { !names.contains($0) }
            if !missing.isEmpty {
                complain("The member \"\(word)\" requires \(JSONSchemaLimits.list(missing))", &outcome, place)
            }
        }
        for word in ["dependentSchemas", "dependencies"] {
            guard case .object(let branches)? = schema[word] else { continue }
            for branch in branches where names.contains(branch.name) && branch.value.array == nil {
                outcome.add(try self.outcome(branch.value, .object(members), place))
            }
        }
        var patterns: [(RegexPattern, Node)] = []
        if case .object(let all)? = schema["patternProperties"] {
            for entry in all {
                guard let regex = try? RegexPattern.cached(entry.name, ignoresCase: false) else { continue }
                patterns.append((regex, entry.value))
            }
        }
        for member in members {
            let there = place.below(member.name)
            var isKnown = false
            if let branch = schema["properties"]?[member.name] {
                isKnown = true
                outcome.complaints += try self.outcome(branch, member.value, there).complaints
            }
            for (regex, branch) in patterns where try regex.isMatch(member.name, interrupt) {
                isKnown = true
                outcome.complaints += try self.outcome(branch, member.value, there).complaints
            }
            if !isKnown, let branch = schema["additionalProperties"] {
                isKnown = true
                outcome.complaints += try self.outcome(branch, member.value, there).complaints
            }
            if isKnown { outcome.members.insert(member.name) }
            if let branch = schema["propertyNames"] {
                outcome.complaints += try self.outcome(branch, .string(member.name), there).complaints
            }
        }
    }

    /// What no other schema of the value has looked at.
    private mutating func checkRest(
        _ schema: Node, _ value: Node, _ outcome: inout Outcome, _ place: Place
    ) throws(Stop) {
        if let branch = schema["unevaluatedProperties"], case .object(let members) = value {
            for member in members where outcome.members.insert(member.name).inserted {
                outcome.complaints += try self.outcome(branch, member.value, place.below(member.name)).complaints
            }
        }
        if let branch = schema["unevaluatedItems"], case .array(let elements) = value {
            for (index, element) in elements.enumerated() where outcome.elements.insert(index).inserted {
                outcome.complaints += try self.outcome(branch, element, place.below("\(index)")).complaints
            }
        }
    }
}
