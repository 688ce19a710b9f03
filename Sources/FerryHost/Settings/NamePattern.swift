/// A PowerShell wildcard: `*`, `?`, `[a-c]`, and a backtick before a character that is meant literally. Case does not matter.
package struct NamePattern: Sendable {
    private enum Element: Sendable {
        case any
        case one
        case literal(Character)
        case set([ClosedRange<Character>])
    }

    private let elements: [Element]
    /// Whether the text contains a wildcard; a literal that matches nothing is an error for most commands.
    package let isLiteral: Bool

    package init(_ text: String) {
        var elements: [Element] = []
        var hasWildcard = false
        var rest = Substring(text.lowercased())
        while let character = rest.popFirst() {
            switch character {
            case "*":
                hasWildcard = true
                // Two stars mean what one means; keeping one bounds the search.
                if case .any? = elements.last { continue }
                elements.append(.any)
            case "?":
                hasWildcard = true
                elements.append(.one)
            case "`":
                elements.append(.literal(rest.popFirst() ?? "`"))
            case "[":
                guard let end = rest.firstIndex(of: "]"), end > rest.startIndex else {
                    elements.append(.literal("["))
                    continue
                }
                hasWildcard = true
                elements.append(.set(Self.ranges(rest[..<end])))
                rest = rest[rest.index(after: end)...]
            default: elements.append(.literal(character))
            }
        }
        self.elements = elements
        isLiteral = !hasWildcard
    }

    private static func ranges(_ text: Substring) -> [ClosedRange<Character>] {
        var result: [ClosedRange<Character>] = []
        var rest = text
        while let low = rest.popFirst() {
            if rest.count >= 2, rest.first == "-" {
                rest.removeFirst()
                let high = rest.removeFirst()
                result.append(min(low, high)...max(low, high))
            } else {
                result.append(low...low)
            }
        }
        return result
    }

    package func matches(_ name: String) -> Bool {
        let text = Array(name.lowercased())
        var position = 0
        var element = 0
        // Where to go on when the part after the last star does not fit: one character further.
        var retry: (element: Int, position: Int)?
        while position < text.count {
            if element < elements.count, case .any = elements[element] {
                retry = (element + 1, position)
                element += 1
            } else if element < elements.count, fits(elements[element], text[position]) {
                element += 1
                position += 1
            } else if let last = retry {
                retry = (last.element, last.position + 1)
                element = last.element
                position = last.position + 1
            } else {
                return false
            }
        }
        return elements[element...].allSatisfy { if case .any = $0 { true } else { false } }
    }

    private func fits(_ element: Element, _ character: Character) -> Bool {
        switch element {
        case .any: false
        case .one: true
        case .literal(let literal): literal == character
        case .set(let ranges): ranges.contains { $0.contains(character) }
        }
    }
}
