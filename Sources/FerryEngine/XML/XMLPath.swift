/// The part of XPath 1.0 that scripts use: paths over children, descendants, attributes and parents, unions, and predicates made of
/// positions, comparisons, `and`, `or`, `not()`, `contains()`, `starts-with()`, `last()`, `position()`, `count()`, `name()` and
/// `local-name()`. Anything else is an error that says so.
struct XMLPath {
    struct Failed: Error { let reason: String }

    private struct Step {
        enum Axis { case child, descendant, attribute, itself, parent }
        enum Test { case name(String), any, text, comment, node }
        let axis: Axis
        let test: Test
        var predicates: [Term] = []
    }

    private struct Path {
        var isAbsolute = false
        var steps: [Step] = []
    }

    private indirect enum Term {
        case number(Double)
        case text(String)
        case path(Path)
        case call(String, [Term])
        case compare(Term, String, Term)
        case both(Term, Term)
        case either(Term, Term)
    }

    private enum Answer {
        case nodes([XMLTree])
        case text(String)
        case number(Double)
        case truth(Bool)

        var isTrue: Bool {
            switch self {
            case .nodes(let nodes): !nodes.isEmpty
            case .text(let text): !text.isEmpty
            case .number(let number): number != 0 && !number.isNaN
            case .truth(let truth): truth
            }
        }
        var string: String {
            switch self {
            case .nodes(let nodes): nodes.first?.innerText ?? ""
            case .text(let text): text
            case .number(let number):
                number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
            case .truth(let truth): truth ? "true" : "false"
            }
        }
        var number: Double {
            switch self {
            case .number(let number): number
            case .truth(let truth): truth ? 1 : 0
            default: Double(string.trimmingBlanks) ?? .nan
            }
        }
    }

    private let paths: [Path]

    init(_ text: String) throws(Failed) {
        var reader = Reader(text)
        var paths = [try reader.path()]
        while reader.take("|") { paths.append(try reader.path()) }
        guard reader.isAtEnd else { throw reader.failure }
        self.paths = paths
    }

    /// The nodes the path leads to, each once, in the order the path finds them.
    func nodes(from start: XMLTree) -> [XMLTree] {
        var found: [XMLTree] = []
        var seen: Set<ObjectIdentifier> = []
        for path in paths {
            for node in Self.walk(path, start) where seen.insert(ObjectIdentifier(node)).inserted { found.append(node) }
        }
        return found
    }

    // MARK: Walking

    private static func walk(_ path: Path, _ start: XMLTree) -> [XMLTree] {
        var current = [start]
        if path.isAbsolute {
            var top = start
            while let parent = top.parent { top = parent }
            current = [top]
        }
        for step in path.steps {
            var next: [XMLTree] = []
            var seen: Set<ObjectIdentifier> = []
            for node in current {
                var candidates = reached(step, from: node)
                for predicate in step.predicates {
                    let count = candidates.count
                    candidates = candidates.enumerated().filter { position, candidate in
                        let answer = evaluate(predicate, candidate, position + 1, count)
                        if case .number(let number) = answer { return Double(position + 1) == number }
                        return answer.isTrue
                    }.map(\.element)
                }
                for candidate in candidates where seen.insert(ObjectIdentifier(candidate)).inserted {
                    next.append(candidate)
                }
            }
            current = next
        }
        return current
    }

    private static func reached(_ step: Step, from node: XMLTree) -> [XMLTree] {
        let nodes: [XMLTree]
        switch step.axis {
        case .itself: nodes = [node]
        case .parent: nodes = node.parent.map { [$0] } ?? []
        case .child: nodes = node.children
        case .attribute: nodes = node.attributes
        case .descendant:
            // `//x` is the x among the children of the node and of everything inside it.
            var all: [XMLTree] = []
            var stack = [node]
            while let next = stack.popLast() {
                all.append(next)
                stack += next.children.reversed()
            }
            nodes = all
        }
        return nodes.filter { matches($0, step) }
    }

    private static func matches(_ node: XMLTree, _ step: Step) -> Bool {
        switch step.test {
        case .node: true
        case .text: node.kind == .text || node.kind == .cdata
        case .comment: node.kind == .comment
        case .any: step.axis == .attribute ? node.kind == .attribute : node.kind == .element
        case .name(let name):
            (node.kind == .element || node.kind == .attribute) && (node.name == name || node.localName == name)
        }
    }

    private static func evaluate(_ term: Term, _ node: XMLTree, _ position: Int, _ count: Int) -> Answer {
        switch term {
        case .number(let number): return .number(number)
        case .text(let text): return .text(text)
        case .path(let path): return .nodes(walk(path, node))
        case .both(let a, let b):
            return .truth(evaluate(a, node, position, count).isTrue && evaluate(b, node, position, count).isTrue)
        case .either(let a, let b):
            return .truth(evaluate(a, node, position, count).isTrue || evaluate(b, node, position, count).isTrue)
        case .compare(let a, let sign, let b):
            return .truth(compare(evaluate(a, node, position, count), sign, evaluate(b, node, position, count)))
        case .call(let name, let terms):
            let arguments = terms.map { evaluate($0, node, position, count) }
            let first = arguments.first
            switch name {
            case "last": return .number(Double(count))
            case "position": return .number(Double(position))
            case "not": return .truth(!(first?.isTrue ?? false))
            case "true": return .truth(true)
            case "false": return .truth(false)
            case "count":
                if case .nodes(let nodes)? = first { return .number(Double(nodes.count)) }
                return .number(0)
            case "string": return .text(first?.string ?? node.innerText)
            case "number": return .number(first?.number ?? Answer.text(node.innerText).number)
            case "normalize-space":
                return .text(
                    (first?.string ?? node.innerText).split(whereSeparator: \.isWhitespace).joined(separator: " "))
            case "string-length": return .number(Double((first?.string ?? node.innerText).utf16.count))
            case "name": return .text(node.name)
            case "local-name": return .text(node.localName)
            case "contains":
                return .truth(arguments[1].string.isEmpty || arguments[0].string.contains(arguments[1].string))
            default: return .truth(arguments[0].string.hasPrefix(arguments[1].string))
            }
        }
    }

    private static func compare(_ a: Answer, _ sign: String, _ b: Answer) -> Bool {
        func one(_ x: Answer, _ y: Answer) -> Bool {
            switch sign {
            case "=", "!=":
                var same = x.string == y.string
                if case .number = x { same = x.number == y.number }
                if case .number = y { same = x.number == y.number }
                return same == (sign == "=")
            case "<": return x.number < y.number
            case "<=": return x.number <= y.number
            case ">": return x.number > y.number
            default: return x.number >= y.number
            }
        }
        func parts(_ answer: Answer) -> [Answer] {
            if case .nodes(let nodes) = answer { return nodes.map { .text($0.innerText) } }
            return [answer]
        }
        return parts(a).contains { x in parts(b).contains { one(x, $0) } }
    }

    // MARK: Reading

    private struct Reader {
        private let all: [Character]
        private var index = 0
        private var depth = 0

        init(_ text: String) { all = Array(text) }

        var failure: Failed { Failed(reason: "'\(String(all))' has an invalid token.") }

        private mutating func skip() { while index < all.count, all[index].isWhitespace { index += 1 } }

        var isAtEnd: Bool {
            var copy = self
            copy.skip()
            return copy.index >= all.count
        }

        private func sees(_ text: String) -> Bool {
            index + text.count <= all.count && all[index..<(index + text.count)].elementsEqual(text)
        }

        mutating func take(_ text: String) -> Bool {
            skip()
            guard sees(text) else { return false }
            index += text.count
            return true
        }

        private mutating func word() -> String? {
            skip()
            let start = index
            while index < all.count,
                all[index].isLetter || all[index].isNumber || all[index] == "_" || all[index] == "-"
                    || all[index] == "."
                    || (all[index] == ":" && index + 1 < all.count && all[index + 1] != ":" && index > start
                        && all[index - 1] != ":")
            { index += 1 }
            guard index > start, !all[start].isNumber, all[start] != "-", all[start] != "." else {
                index = start
                return nil
            }
            return String(all[start..<index])
        }

        mutating func path() throws(Failed) -> Path {
            var path = Path()
            if take("//") {
                path.isAbsolute = true
                path.steps.append(Step(axis: .descendant, test: .node))
            } else if take("/") {
                path.isAbsolute = true
                skip()
                if index >= all.count || all[index] == "|" || all[index] == "]" { return path }
            }
            while true {
                path.steps.append(try step())
                if take("//") {
                    path.steps.append(Step(axis: .descendant, test: .node))
                } else if !take("/") {
                    return path
                }
            }
        }

        private mutating func step() throws(Failed) -> Step {
            if take("..") { return Step(axis: .parent, test: .node) }
            if take(".") { return Step(axis: .itself, test: .node) }
            var axis = Step.Axis.child
            if take("@") || take("attribute::") {
                axis = .attribute
            } else if take("child::") {
                axis = .child
            } else if take("descendant::") {
                axis = .descendant
            } else if take("self::") {
                axis = .itself
            } else if take("parent::") {
                axis = .parent
            }
            var step: Step
            if take("*") {
                step = Step(axis: axis, test: .any)
            } else if take("text()") {
                step = Step(axis: axis, test: .text)
            } else if take("node()") {
                step = Step(axis: axis, test: .node)
            } else if take("comment()") {
                step = Step(axis: axis, test: .comment)
            } else if let name = word() {
                step = Step(axis: axis, test: .name(name))
            } else {
                throw failure
            }
            while take("[") {
                step.predicates.append(try either())
                guard take("]") else { throw failure }
            }
            return step
        }

        private mutating func keyword(_ text: String) -> Bool {
            let saved = index
            if word() == text { return true }
            index = saved
            return false
        }

        private mutating func either() throws(Failed) -> Term {
            depth += 1
            defer { depth -= 1 }
            if depth > 100 { throw failure }
            var term = try both()
            while keyword("or") { term = .either(term, try both()) }
            return term
        }

        private mutating func both() throws(Failed) -> Term {
            var term = try comparison()
            while keyword("and") { term = .both(term, try comparison()) }
            return term
        }

        private mutating func comparison() throws(Failed) -> Term {
            let left = try operand()
            for sign in ["!=", "<=", ">=", "=", "<", ">"] where take(sign) {
                return .compare(left, sign, try operand())
            }
            return left
        }

        private static let counts: [String: ClosedRange<Int>] = [
            "last": 0...0, "position": 0...0, "not": 1...1, "true": 0...0, "false": 0...0, "count": 1...1,
            "string": 0...1, "number": 0...1, "normalize-space": 0...1, "string-length": 0...1, "name": 0...0,
            "local-name": 0...0, "contains": 2...2, "starts-with": 2...2,
        ]

        private mutating func operand() throws(Failed) -> Term {
            skip()
            guard index < all.count else { throw failure }
            let first = all[index]
            if first == "'" || first == "\"" {
                index += 1
                guard let end = all[index...].firstIndex(of: first) else { throw failure }
                defer { index = end + 1 }
                return .text(String(all[index..<end]))
            }
            if first.isNumber {
                let start = index
                while index < all.count, all[index].isNumber || all[index] == "." { index += 1 }
                guard let number = Double(String(all[start..<index])) else { throw failure }
                return .number(number)
            }
            if take("(") {
                let term = try either()
                guard take(")") else { throw failure }
                return term
            }
            let saved = index
            if let name = word(), let counts = Self.counts[name], take("(") {
                var arguments: [Term] = []
                if !take(")") {
                    repeat { arguments.append(try either()) } while take(",")
                    guard take(")") else { throw failure }
                }
                guard counts.contains(arguments.count) else { throw failure }
                return .call(name, arguments)
            }
            index = saved
            return .path(try path())
        }
    }
}

extension String {
    fileprivate var trimmingBlanks: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
