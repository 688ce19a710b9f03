extension XMLPath {
    /// Reads a path as text.
    struct Reader {
        private let characters: [Character]
        private var index = 0
        private var depth = 0
        /// Operators and predicates so far: terms lie in each other, and walks over them use the stack.
        private var parts = 0
        private static let partLimit = 1_000
        private let namespaces: [String: String]?

        init(_ text: String, _ namespaces: [String: String]?) {
            characters = Array(text)
            self.namespaces = namespaces
        }

        var failure: Failed { Failed(reason: "'\(String(characters))' has an invalid token.") }

        private mutating func skip() { while index < characters.count, characters[index].isWhitespace { index += 1 } }

        var isAtEnd: Bool {
            var copy = self
            copy.skip()
            return copy.index >= characters.count
        }

        private func sees(_ text: String) -> Bool {
            index + text.count <= characters.count && characters[index..<(index + text.count)].elementsEqual(text)
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
            while index < characters.count,
                characters[index].isLetter || characters[index].isNumber || characters[index] == "_"
                    || characters[index] == "-"
                    || characters[index] == "."
                    || (characters[index] == ":" && index + 1 < characters.count && index > start
                        && (characters[index + 1].isLetter || characters[index + 1] == "_")
                        && characters[index - 1] != ":")
            { index += 1 }
            guard index > start, !characters[start].isNumber, characters[start] != "-", characters[start] != "." else {
                index = start
                return nil
            }
            return String(characters[start..<index])
        }

        /// The whole text: an expression that leads to nodes.
        mutating func all() throws(Failed) -> Term {
            let term = try either()
            guard isAtEnd else { throw failure }
            guard term.leadsToNodes else { throw Failed(reason: "Expression must evaluate to a node-set.") }
            return term
        }

        private mutating func count() throws(Failed) {
            parts += 1
            if parts > Self.partLimit { throw failure }
        }

        private mutating func path() throws(Failed) -> Path {
            var path = Path()
            if take("//") {
                path.isAbsolute = true
                path.steps.append(Step(axis: .descendantOrItself, test: .node))
            } else if take("/") {
                path.isAbsolute = true
                skip()
                if index >= characters.count || "|])=!<>+,".contains(characters[index]) { return path }
            }
            try steps(&path)
            return path
        }

        private mutating func steps(_ path: inout Path) throws(Failed) {
            while true {
                path.steps.append(try step())
                if take("//") {
                    path.steps.append(Step(axis: .descendantOrItself, test: .node))
                } else if !take("/") {
                    return
                }
            }
        }

        private mutating func step() throws(Failed) -> Step {
            if take("..") { return Step(axis: .parent, test: .node) }
            if take(".") { return Step(axis: .itself, test: .node) }
            var axis = Step.Axis.child
            if take("@") {
                axis = .attribute
            } else {
                let saved = index
                if let name = word(), take("::") {
                    guard let named = Step.Axis(rawValue: name) else { throw failure }
                    axis = named
                } else {
                    index = saved
                }
            }
            var step: Step
            if take("*") {
                step = Step(axis: axis, test: .any(namespace: nil))
            } else if take("text()") {
                step = Step(axis: axis, test: .text)
            } else if take("node()") {
                step = Step(axis: axis, test: .node)
            } else if take("comment()") {
                step = Step(axis: axis, test: .comment)
            } else if let name = word() {
                let (prefix, local) = XMLName.parts(name)
                let namespace = prefix.isEmpty ? "" : try self.namespace(prefix)
                step = Step(axis: axis, test: .name(namespace: namespace, local))
                // `x:*`
                if prefix.isEmpty, sees(":*") {
                    index += 2
                    step = Step(axis: axis, test: .any(namespace: try self.namespace(name)))
                }
            } else {
                throw failure
            }
            step.predicates = try predicates()
            return step
        }

        private mutating func predicates() throws(Failed) -> [Term] {
            var found: [Term] = []
            while take("[") {
                try count()
                found.append(try either())
                guard take("]") else { throw failure }
            }
            return found
        }

        private func namespace(_ prefix: String) throws(Failed) -> String {
            guard let namespaces else {
                throw Failed(
                    reason:
                        "Namespace Manager or XsltContext needed. This query has a prefix, variable, or user-defined function."
                )
            }
            guard let uri = namespaces[prefix] else {
                throw Failed(reason: "Namespace prefix '\(prefix)' is not defined.")
            }
            return uri
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
            while keyword("or") {
                try count()
                term = .either(term, try both())
            }
            return term
        }

        private mutating func both() throws(Failed) -> Term {
            var term = try comparison()
            while keyword("and") {
                try count()
                term = .both(term, try comparison())
            }
            return term
        }

        private mutating func comparison() throws(Failed) -> Term {
            var term = try sum()
            while let sign = ["!=", "<=", ">=", "=", "<", ">"].first(where: { take($0) }) {
                try count()
                term = .compare(term, sign, try sum())
            }
            return term
        }

        private mutating func sum() throws(Failed) -> Term {
            var term = try product()
            while true {
                try count()
                if take("+") {
                    term = .calculate(term, .add, try product())
                } else if take("-") {
                    term = .calculate(term, .subtract, try product())
                } else {
                    return term
                }
            }
        }

        private mutating func product() throws(Failed) -> Term {
            var term = try signed()
            while true {
                try count()
                if take("*") {
                    term = .calculate(term, .multiply, try signed())
                } else if keyword("div") {
                    term = .calculate(term, .divide, try signed())
                } else if keyword("mod") {
                    term = .calculate(term, .remainder, try signed())
                } else {
                    return term
                }
            }
        }

        private mutating func signed() throws(Failed) -> Term {
            var isNegative = false
            while take("-") { isNegative.toggle() }
            let term = try union()
            return isNegative ? .negative(term) : term
        }

        private mutating func union() throws(Failed) -> Term {
            var term = try operand()
            while take("|") {
                try count()
                let other = try operand()
                guard term.leadsToNodes, other.leadsToNodes else {
                    throw Failed(reason: "Expression must evaluate to a node-set.")
                }
                term = .union(term, other)
            }
            return term
        }

        private mutating func operand() throws(Failed) -> Term {
            skip()
            guard index < characters.count else { throw failure }
            let first = characters[index]
            if first == "'" || first == "\"" {
                index += 1
                guard let end = characters[index...].firstIndex(of: first) else { throw failure }
                defer { index = end + 1 }
                return .text(String(characters[index..<end]))
            }
            if first.isNumber {
                let start = index
                while index < characters.count, characters[index].isNumber || characters[index] == "." { index += 1 }
                guard let number = Double(String(characters[start..<index])) else { throw failure }
                return .number(number)
            }
            if take("(") {
                let term = try either()
                guard take(")") else { throw failure }
                return try selected(term)
            }
            let saved = index
            if let name = word(), let counts = XMLPath.functions[name], take("(") {
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

        /// `(…)[1]/name`: what follows an expression in parentheses.
        private mutating func selected(_ term: Term) throws(Failed) -> Term {
            let predicates = try predicates()
            var rest = Path()
            if take("//") {
                rest.steps.append(Step(axis: .descendantOrItself, test: .node))
                try steps(&rest)
            } else if take("/") {
                try steps(&rest)
            }
            if predicates.isEmpty, rest.steps.isEmpty { return term }
            guard term.leadsToNodes else { throw Failed(reason: "Expression must evaluate to a node-set.") }
            return .selected(term, predicates, rest)
        }
    }
}
