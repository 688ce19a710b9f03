/// A PowerShell wildcard: `*`, `?`, `[a-c]`, backtick escapes; without regard to case.
package struct WildcardPattern {
    private enum Element {
        case any
        case one
        case literal(Character)
        case set([ClosedRange<UInt32>])
    }

    private let elements: [Element]
    private let isCaseSensitive: Bool
    /// Whether every `[` has its `]` and every range its order; what is wrong is taken literally.
    package let isValid: Bool

    package init(_ pattern: String, caseSensitive: Bool = false) {
        isCaseSensitive = caseSensitive
        var elements: [Element] = []
        let characters = Array(caseSensitive ? pattern : pattern.folded)
        var index = 0
        var isValid = true
        while index < characters.count {
            let character = characters[index]
            index += 1
            switch character {
            case "*": if case .any? = elements.last {} else { elements.append(.any) }
            case "?": elements.append(.one)
            case "`" where index < characters.count:
                elements.append(.literal(characters[index]))
                index += 1
            case "[":
                if let set = WildcardPattern.set(characters, &index) {
                    elements.append(.set(set))
                } else {
                    elements.append(.literal("["))
                    isValid = false
                }
            default: elements.append(.literal(character))
            }
        }
        self.elements = elements
        self.isValid = isValid
    }

    /// A pattern an operator was given.
    ///
    /// - Throws: PowerShell's error for one that is not valid.
    static func checked(_ pattern: String, caseSensitive: Bool = false) throws(Stop) -> WildcardPattern {
        let made = WildcardPattern(pattern, caseSensitive: caseSensitive)
        guard made.isValid else {
            throw .runtime(
                "RuntimeException", .notSpecified,
                "The specified wildcard character pattern is not valid: \(pattern)",
                exception: "System.Management.Automation.WildcardPatternException")
        }
        return made
    }

    /// What stands between brackets, a backtick making the next character literal; `nil` if the bracket is never closed, empty,
    /// or a range of it runs backwards.
    private static func set(_ characters: [Character], _ start: inout Int) -> [ClosedRange<UInt32>]? {
        var content: [(scalar: UInt32, isEscaped: Bool)] = []
        var index = start
        while true {
            guard index < characters.count else { return nil }
            var character = characters[index]
            if character == "]", !content.isEmpty { break }
            let isEscaped = character == "`" && index + 1 < characters.count
            if isEscaped {
                index += 1
                character = characters[index]
            }
            guard let scalar = character.unicodeScalars.first?.value else { return nil }
            content.append((scalar, isEscaped))
            index += 1
        }
        var ranges: [ClosedRange<UInt32>] = []
        var position = 0
        while position < content.count {
            let low = content[position].scalar
            if position + 2 < content.count, content[position + 1].scalar == 0x2D, !content[position + 1].isEscaped {
                let high = content[position + 2].scalar
                guard low <= high else { return nil }
                ranges.append(low...high)
                position += 3
            } else {
                ranges.append(low...low)
                position += 1
            }
        }
        start = index + 1
        return ranges
    }

    /// Whether text has characters that make it a pattern.
    package static func isPattern(_ text: String) -> Bool {
        var escaped = false
        for character in text {
            if escaped {
                escaped = false
            } else if character == "`" {
                escaped = true
            } else if character == "*" || character == "?" || character == "[" {
                return true
            }
        }
        return false
    }

    /// The text with its special characters made literal.
    package static func escape(_ text: String) -> String {
        var result = ""
        for character in text {
            if "*?[]`".contains(character) { result.append("`") }
            result.append(character)
        }
        return result
    }

    package static func unescape(_ text: String) -> String {
        var result = ""
        var escaped = false
        for character in text {
            if !escaped, character == "`" {
                escaped = true
            } else {
                result.append(character)
                escaped = false
            }
        }
        return result
    }

    package func matches(_ text: String) -> Bool {
        let characters = Array(isCaseSensitive ? text : text.folded)
        var element = 0
        var position = 0
        var retryElement = -1
        var retryPosition = 0
        while position < characters.count {
            if element < elements.count, case .any = elements[element] {
                retryElement = element
                retryPosition = position
                element += 1
            } else if element < elements.count, accepts(elements[element], characters[position]) {
                element += 1
                position += 1
            } else if retryElement >= 0 {
                retryPosition += 1
                position = retryPosition
                element = retryElement + 1
            } else {
                return false
            }
        }
        while element < elements.count, case .any = elements[element] { element += 1 }
        return element == elements.count
    }

    private func accepts(_ element: Element, _ character: Character) -> Bool {
        switch element {
        case .any: false
        case .one: true
        case .literal(let wanted): wanted == character
        case .set(let ranges):
            character.unicodeScalars.first.map { scalar in ranges.contains { $0.contains(scalar.value) } } ?? false
        }
    }
}
