/// XPath 1.0 without variables, identifiers and the axes of namespaces and of everything before or behind a node; anything else is an
/// error that says so.
///
/// A name without a prefix is in no namespace; prefixes are those the caller gives.
struct XMLPath {
    struct Failed: Error { let reason: String }

    struct Step {
        enum Axis: String {
            case child, descendant, attribute, parent, ancestor
            case itself = "self"
            case descendantOrItself = "descendant-or-self"
            case ancestorOrItself = "ancestor-or-self"
            case followingSibling = "following-sibling"
            case precedingSibling = "preceding-sibling"

            /// Whether predicates count the nearest first, against the order of the document.
            var isReversed: Bool { self == .precedingSibling || self == .ancestor || self == .ancestorOrItself }
        }
        enum Test {
            case name(namespace: String, String)
            case any(namespace: String?)
            case text, comment, node
        }
        let axis: Axis
        let test: Test
        var predicates: [Term] = []
    }

    struct Path {
        var isAbsolute = false
        var steps: [Step] = []

        /// Whether what each step finds lies behind one another without being put in order.
        var isInOrder: Bool {
            steps.allSatisfy { [.child, .attribute, .itself].contains($0.axis) }
        }
        var staysBelow: Bool {
            !isAbsolute
                && steps.allSatisfy {
                    [.child, .attribute, .itself, .descendant, .descendantOrItself].contains($0.axis)
                }
        }
    }

    enum Calculation {
        case add, subtract, multiply, divide, remainder
    }

    indirect enum Term {
        case number(Double)
        case text(String)
        case path(Path)
        case call(String, [Term])
        case compare(Term, String, Term)
        case calculate(Term, Calculation, Term)
        case negative(Term)
        case both(Term, Term)
        case either(Term, Term)
        case union(Term, Term)
        /// Nodes that predicates choose among all the term leads to, and a path from each of them.
        case selected(Term, [Term], Path)

        var leadsToNodes: Bool {
            switch self {
            case .path, .union, .selected: true
            default: false
            }
        }
    }

    enum Answer {
        case nodes([XMLTree])
        case text(String)
        case number(Double)
        case truth(Bool)

        var nodes: [XMLTree] {
            if case .nodes(let nodes) = self { nodes } else { [] }
        }
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
                if number.isNaN {
                    "NaN"
                } else if number.isInfinite {
                    number < 0 ? "-Infinity" : "Infinity"
                } else {
                    number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
                }
            case .truth(let truth): truth ? "true" : "false"
            }
        }
        var number: Double {
            switch self {
            case .number(let number): number
            case .truth(let truth): truth ? 1 : 0
            default:
                // Digits with a point: what else Swift reads as a number is none here.
                string.contains(where: \.isLetter) ? .nan : Double(string.trimmingBlanks) ?? .nan
            }
        }
    }

    private let term: Term

    /// - Parameter namespaces: what prefixes stand for; `nil` where nobody said.
    init(_ text: String, namespaces: [String: String]? = nil) throws(Failed) {
        var reader = Reader(text, namespaces)
        term = try reader.all()
    }

    /// The nodes the path leads to, each once, in the order of the document.
    func nodes(from start: XMLTree, _ interrupt: Interrupt) throws(Stop) -> [XMLTree] {
        guard case .nodes(let nodes) = try Walker(interrupt: interrupt).evaluate(term, start, 1, 1) else { return [] }
        return nodes
    }

    // MARK: Walking

    /// Walks can be long: each step looks whether somebody wants it to end.
    private struct Walker {
        let interrupt: Interrupt

        private func top(_ node: XMLTree) -> XMLTree {
            var top = node
            while let parent = top.parent { top = parent }
            return top
        }

        private func walk(_ path: Path, _ starts: [XMLTree]) throws(Stop) -> [XMLTree] {
            var current = starts
            if path.isAbsolute, let start = starts.first { current = [top(start)] }
            for step in path.steps {
                var next: [XMLTree] = []
                var seen: Set<ObjectIdentifier> = []
                for node in current {
                    try interrupt.check()
                    for found in try reached(step, from: node) where seen.insert(ObjectIdentifier(found)).inserted {
                        next.append(found)
                    }
                }
                current = next
            }
            guard let start = starts.first, !(starts.count == 1 && path.isInOrder) else { return current }
            return try ordered(current, below: starts.count == 1 && path.staysBelow ? start : top(start))
        }

        /// The nodes, each once, as they follow each other in the document.
        private func ordered(_ nodes: [XMLTree], below root: XMLTree) throws(Stop) -> [XMLTree] {
            guard nodes.count > 1 else { return nodes }
            let wanted = Set(nodes.map { ObjectIdentifier($0) })
            var found: [XMLTree] = []
            var stack = [root]
            while found.count < wanted.count, let next = stack.popLast() {
                try interrupt.check()
                for node in [next] + next.attributes where wanted.contains(ObjectIdentifier(node)) {
                    found.append(node)
                }
                stack += next.children.reversed()
            }
            return found
        }

        private func reached(_ step: Step, from node: XMLTree) throws(Stop) -> [XMLTree] {
            var nodes: [XMLTree] = []
            for candidate in try candidates(step.axis, from: node) {
                try interrupt.check()
                if matches(candidate, step) { nodes.append(candidate) }
            }
            nodes = try chosen(nodes, step.predicates)
            return step.axis.isReversed ? nodes.reversed() : nodes
        }

        private func chosen(_ nodes: [XMLTree], _ predicates: [Term]) throws(Stop) -> [XMLTree] {
            var nodes = nodes
            for predicate in predicates {
                var kept: [XMLTree] = []
                for (index, candidate) in nodes.enumerated() {
                    let answer = try evaluate(predicate, candidate, index + 1, nodes.count)
                    if case .number(let number) = answer {
                        if Double(index + 1) == number { kept.append(candidate) }
                    } else if answer.isTrue {
                        kept.append(candidate)
                    }
                }
                nodes = kept
            }
            return nodes
        }

        private func candidates(_ axis: Step.Axis, from node: XMLTree) throws(Stop) -> [XMLTree] {
            switch axis {
            case .itself: return [node]
            case .parent: return node.parent.map { [$0] } ?? []
            case .ancestor, .ancestorOrItself:
                var all = axis == .ancestor ? [] : [node]
                var parent = node.parent
                while let next = parent {
                    all.append(next)
                    parent = next.parent
                }
                return all
            case .child: return node.children
            // Declarations of namespaces are no attributes here.
            case .attribute: return node.attributes.filter { $0.name != "xmlns" && $0.prefix != "xmlns" }
            case .descendant, .descendantOrItself:
                var all: [XMLTree] = []
                var stack = axis == .descendant ? node.children.reversed() : [node]
                while let next = stack.popLast() {
                    try interrupt.check()
                    all.append(next)
                    stack += next.children.reversed()
                }
                return all
            case .followingSibling, .precedingSibling:
                guard node.kind != .attribute, let siblings = node.parent?.children,
                    let index = siblings.firstIndex(where: { $0 === node })
                else { return [] }
                return axis == .followingSibling
                    ? Array(siblings[(index + 1)...]) : Array(siblings[..<index].reversed())
            }
        }

        private func matches(_ node: XMLTree, _ step: Step) -> Bool {
            let isNamed = node.kind == (step.axis == .attribute ? .attribute : .element)
            switch step.test {
            case .node: return true
            case .text: return node.kind == .text || node.kind == .cdata
            case .comment: return node.kind == .comment
            case .any(let namespace): return isNamed && (namespace.map { node.namespace == $0 } ?? true)
            case .name(let namespace, let name):
                return isNamed && node.localName == name && node.namespace == namespace
            }
        }

        func evaluate(_ term: Term, _ node: XMLTree, _ position: Int, _ count: Int) throws(Stop) -> Answer {
            switch term {
            case .number(let number): return .number(number)
            case .text(let text): return .text(text)
            case .path(let path): return .nodes(try walk(path, [node]))
            case .union(let a, let b):
                return .nodes(
                    try ordered(
                        try evaluate(a, node, position, count).nodes + evaluate(b, node, position, count).nodes,
                        below: top(node)))
            case .selected(let term, let predicates, let rest):
                let found = try chosen(try evaluate(term, node, position, count).nodes, predicates)
                return .nodes(rest.steps.isEmpty ? found : try walk(rest, found))
            case .both(let a, let b):
                guard try evaluate(a, node, position, count).isTrue else { return .truth(false) }
                return .truth(try evaluate(b, node, position, count).isTrue)
            case .either(let a, let b):
                if try evaluate(a, node, position, count).isTrue { return .truth(true) }
                return .truth(try evaluate(b, node, position, count).isTrue)
            case .compare(let a, let sign, let b):
                return .truth(
                    try compare(evaluate(a, node, position, count), sign, evaluate(b, node, position, count)))
            case .negative(let a): return .number(-(try evaluate(a, node, position, count).number))
            case .calculate(let a, let sign, let b):
                let x = try evaluate(a, node, position, count).number
                let y = try evaluate(b, node, position, count).number
                switch sign {
                case .add: return .number(x + y)
                case .subtract: return .number(x - y)
                case .multiply: return .number(x * y)
                case .divide: return .number(x / y)
                case .remainder: return .number(x.truncatingRemainder(dividingBy: y))
                }
            case .call(let name, let terms):
                var arguments: [Answer] = []
                for term in terms { arguments.append(try evaluate(term, node, position, count)) }
                return XMLPath.call(name, arguments, node, position, count)
            }
        }

        private func compare(_ a: Answer, _ sign: String, _ b: Answer) throws(Stop) -> Bool {
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
            let others = parts(b)
            for part in parts(a) {
                try interrupt.check()
                if others.contains(where: { one(part, $0) }) { return true }
            }
            return false
        }
    }
}

extension String {
    fileprivate var trimmingBlanks: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
