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

    package init(_ pattern: String, caseSensitive: Bool = false) {
        isCaseSensitive = caseSensitive
        var elements: [Element] = []
        let characters = Array(caseSensitive ? pattern : pattern.folded)
        var index = 0
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
                }
            default: elements.append(.literal(character))
            }
        }
        self.elements = elements
    }

    private static func set(_ characters: [Character], _ index: inout Int) -> [ClosedRange<UInt32>]? {
        guard
            let close = characters[index...].dropFirst().firstIndex(of: "]")
                ?? characters[index...].firstIndex(of: "]"),
            close > index
        else { return nil }
        var ranges: [ClosedRange<UInt32>] = []
        var position = index
        while position < close {
            guard let low = characters[position].unicodeScalars.first?.value else { return nil }
            if position + 2 < close, characters[position + 1] == "-",
                let high = characters[position + 2].unicodeScalars.first?.value
            {
                ranges.append(min(low, high)...max(low, high))
                position += 3
            } else {
                ranges.append(low...low)
                position += 1
            }
        }
        index = close + 1
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
