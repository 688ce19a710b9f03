extension XMLPath {
    /// The functions, with how many arguments each takes.
    static let functions: [String: ClosedRange<Int>] = [
        "last": 0...0, "position": 0...0, "not": 1...1, "true": 0...0, "false": 0...0, "boolean": 1...1, "count": 1...1,
        "string": 0...1, "number": 0...1, "normalize-space": 0...1, "string-length": 0...1, "name": 0...1,
        "local-name": 0...1, "namespace-uri": 0...1, "contains": 2...2, "starts-with": 2...2, "substring": 2...3,
        "substring-before": 2...2, "substring-after": 2...2, "translate": 3...3, "concat": 2...100, "sum": 1...1,
        "floor": 1...1, "ceiling": 1...1, "round": 1...1,
    ]

    /// What a function answers about a node that is one of `count`.
    static func call(_ name: String, _ arguments: [Answer], _ node: XMLTree, _ position: Int, _ count: Int) -> Answer {
        let first = arguments.first
        let text = first?.string ?? node.innerText
        let named: XMLTree? = if case .nodes(let nodes)? = first { nodes.first } else { node }
        switch name {
        case "last": return .number(Double(count))
        case "position": return .number(Double(position))
        case "not": return .truth(!(first?.isTrue ?? false))
        case "true": return .truth(true)
        case "false": return .truth(false)
        case "boolean": return .truth(first?.isTrue ?? false)
        case "count": return .number(Double(first?.nodes.count ?? 0))
        case "sum":
            return .number((first?.nodes ?? []).reduce(0) { $0 + Answer.text($1.innerText).number })
        case "string": return .text(text)
        case "number": return .number(first?.number ?? Answer.text(text).number)
        case "floor": return .number((first?.number ?? .nan).rounded(.down))
        case "ceiling": return .number((first?.number ?? .nan).rounded(.up))
        case "round": return .number(rounded(first?.number ?? .nan))
        case "normalize-space":
            return .text(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
        case "string-length": return .number(Double(text.utf16.count))
        case "name": return .text(named.map { $0.kind == .element || $0.kind == .attribute ? $0.name : "" } ?? "")
        case "local-name":
            return .text(named.map { $0.kind == .element || $0.kind == .attribute ? $0.localName : "" } ?? "")
        case "namespace-uri": return .text(named?.namespace ?? "")
        case "concat": return .text(arguments.map(\.string).joined())
        case "substring":
            return .text(substring(text, arguments[1].number, arguments.count > 2 ? arguments[2].number : nil))
        case "translate": return .text(translated(text, arguments[1].string, arguments[2].string))
        default: return parts(name, text, arguments[1].string)
        }
    }

    /// The functions that look for one text in another.
    private static func parts(_ name: String, _ text: String, _ wanted: String) -> Answer {
        let found = wanted.isEmpty ? text.startIndex..<text.startIndex : text.firstRange(of: wanted)
        switch name {
        case "contains": return .truth(found != nil)
        case "starts-with": return .truth(text.utf8.starts(with: wanted.utf8))
        case "substring-before": return .text(found.map { String(text[..<$0.lowerBound]) } ?? "")
        default: return .text(found.map { String(text[$0.upperBound...]) } ?? "")
        }
    }

    /// Halves go up, also below zero.
    private static func rounded(_ number: Double) -> Double { (number + 0.5).rounded(.down) }

    /// Characters count from 1; a place is in it from the rounded start on, to before the rounded end.
    private static func substring(_ text: String, _ start: Double, _ length: Double?) -> String {
        let from = rounded(start)
        let end = length.map { from + rounded($0) } ?? .infinity
        var result = String.UnicodeScalarView()
        for (place, scalar) in text.unicodeScalars.enumerated()
        where Double(place + 1) >= from && Double(place + 1) < end {
            result.append(scalar)
        }
        return String(result)
    }

    /// Each character that is in `old` becomes the one at its place in `new`, or nothing where that is shorter.
    private static func translated(_ text: String, _ old: String, _ new: String) -> String {
        let replacements = Array(new.unicodeScalars)
        var table: [Unicode.Scalar: Unicode.Scalar?] = [:]
        for (place, scalar) in old.unicodeScalars.enumerated() where table[scalar] == nil {
            table[scalar] = .some(place < replacements.count ? replacements[place] : nil)
        }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard let replaced = table[scalar] else {
                result.append(scalar)
                continue
            }
            if let replaced { result.append(replaced) }
        }
        return String(result)
    }
}
