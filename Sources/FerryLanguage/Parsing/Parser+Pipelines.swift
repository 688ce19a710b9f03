extension Parser {
    /// A pipeline, an assignment or several of them joined by `&&` and `||`; nil when none follows.
    func chain() throws(ParseDiagnostic) -> Statement? {
        try inMode(.argument) { () throws(ParseDiagnostic) in
            guard let first = try pipeline() else { return nil }
            var links: [PipelineChain.Link] = []
            var isBackground = false
            while true {
                let next = try peek()
                switch next.kind {
                case .andAnd, .orOr:
                    take(next, as: .operator)
                    try skipNewlines()
                    guard let pipeline = try pipeline() else {
                        throw missing(
                            "EmptyPipelineChainElement", "A pipeline chain operator must be followed by a pipeline.",
                            after: next.end)
                    }
                    links.append(PipelineChain.Link(operator: next.kind == .andAnd ? .and : .or, pipeline: pipeline))
                    continue
                case .ampersand:
                    take(next, as: .operator)
                    // `&!`: as a thread job.
                    if cursor < lexer.end, lexer.byte(cursor) == 0x21 {
                        note(.operator, cursor, cursor + 1)
                        cursor += 1
                    }
                    let last = try peek()
                    if last.kind == .andAnd || last.kind == .orOr {
                        throw failure(
                            "BackgroundOperatorInPipelineChain",
                            "Background operators can only be used at the end of a pipeline chain.",
                            range(next.start, next.end))
                    }
                    isBackground = true
                default:
                    break
                }
                break
            }
            if links.isEmpty {
                guard isBackground, case .pipeline(let pipeline) = first else { return first }
                return .pipeline(
                    Pipeline(
                        range: range(from: pipeline.range.start), elements: pipeline.elements, runsInBackground: true))
            }
            return .chain(
                PipelineChain(
                    range: range(from: first.range.start), first: first, rest: links, runsInBackground: isBackground))
        }
    }

    private func pipeline() throws(ParseDiagnostic) -> Statement? {
        var elements: [PipelineElement] = []
        var bar: Lexeme?
        while true {
            let start = try peek()
            if start.kind != .identifier, let value = try leadingExpression() {
                if !elements.isEmpty {
                    throw failure(
                        "ExpressionsMustBeFirstInPipeline",
                        "Expressions are only allowed as the first element of a pipeline.", value.range)
                }
                if let assignment = try assignment(to: value) { return .assignment(assignment) }
                try checkAttributes(value)
                let redirections = try redirections()
                elements.append(
                    .expression(
                        ExpressionElement(
                            range: range(from: value.range.start), expression: value, redirections: redirections)))
            } else if let command = try command() {
                elements.append(.command(command))
            } else {
                let next = try peek()
                if let bar {
                    throw missing(
                        "EmptyPipeElement", "An empty pipe element is not allowed.", after: bar.end, foundAt: next.start
                    )
                }
                if next.kind == .pipe {
                    throw failure(
                        "EmptyPipeElement", "An empty pipe element is not allowed.", range(next.start, next.end))
                }
                return nil
            }
            guard let next = try pipeAhead() else { break }
            take(next, as: .operator)
            bar = next
            try skipNewlines()
        }
        return .pipeline(
            Pipeline(range: range(elements[0].range.start, elements[elements.count - 1].range.end), elements: elements))
    }

    /// The `|` that goes on with the pipeline, which may stand at the beginning of the next line; nil where it ends.
    private func pipeAhead() throws(ParseDiagnostic) -> Lexeme? {
        let next = try peek()
        switch next.kind {
        case .pipe: return next
        case .newline:
            let (oldCursor, oldCount) = (cursor, tokens.count)
            let isNextLine = try skipLineEnds()
            let first = try peek()
            if first.kind == .pipe, isNextLine { return first }
            // `&&` and `||` may lead a line as well.
            if first.kind == .andAnd || first.kind == .orOr { return nil }
            cursor = oldCursor
            tokens.removeSubrange(oldCount...)
            return nil
        case .semicolon, .closeParen, .closeBrace, .end, .andAnd, .orOr, .ampersand: return nil
        default: throw unexpected(next)
        }
    }

    /// Skips to the next line with anything but a comment. Returns false when an empty line came before it: a `|` there goes on with
    /// nothing.
    private func skipLineEnds() throws(ParseDiagnostic) -> Bool {
        var hasEmptyLine = false
        var lineStart: Int?
        while true {
            let lexeme = try peek()
            guard lexeme.kind == .newline else { return !hasEmptyLine }
            if let lineStart, !source.text(lineStart, lexeme.start).contains(where: { !$0.isWhitespace }) {
                hasEmptyLine = true
            }
            lineStart = lexeme.end
            take(lexeme, as: .newline)
        }
    }

    /// The expression that begins a pipeline; nil when a command begins it.
    private func leadingExpression() throws(ParseDiagnostic) -> Expression? {
        let (oldComma, oldTernary) = (stopsAtComma, inTernary)
        (stopsAtComma, inTernary) = (false, false)
        defer { (stopsAtComma, inTernary) = (oldComma, oldTernary) }
        return try expression()
    }

    // MARK: Assignments

    private func assignment(to value: Expression) throws(ParseDiagnostic) -> Assignment? {
        let sign = try inMode(.expression) { () throws(ParseDiagnostic) in try peek() }
        guard case .assignment(let kind) = sign.kind else { return nil }
        take(sign, as: .operator)
        try skipNewlines()
        guard let right = try statement() else {
            throw missing(
                "ExpectedValueExpression",
                "You must provide a value expression following the '\(kind.rawValue)' operator.", after: sign.end)
        }
        guard let target = assignmentTarget(value, isCompound: kind != .set) else {
            throw invalidLeftHandSide(value)
        }
        try checkConstraints(target)
        return Assignment(
            range: value.range.through(right.range), target: target, operator: kind,
            operatorRange: range(sign.start, sign.end), value: right)
    }

    func invalidLeftHandSide(_ value: Expression) -> ParseDiagnostic {
        failure(
            "InvalidLeftHandSide",
            "The assignment expression is not valid. The input to an assignment operator must be an object that is able "
                + "to accept assignments, such as a variable or a property.", value.range)
    }

    /// `value` as something that can be assigned; nil when it cannot.
    func assignmentTarget(_ value: Expression, isCompound: Bool) -> AssignmentTarget? {
        switch value {
        case .variable(let node): return node.isSplatted ? nil : .variable(node)
        case .member(let node): return node.isNullConditional ? nil : .member(node)
        case .index(let node): return node.isNullConditional ? nil : .index(node)
        case .array(let node):
            guard !isCompound else { return nil }
            var targets: [AssignmentTarget] = []
            for element in node.elements {
                guard let target = assignmentTarget(element, isCompound: false) else { return nil }
                targets.append(target)
            }
            return .list(targets, node.range)
        case .cast(let node):
            return assignmentTarget(node.operand, isCompound: isCompound).map {
                constrain($0, .type(node.type), node.range)
            }
        case .attributed(let node):
            return assignmentTarget(node.operand, isCompound: isCompound).map {
                constrain($0, .attribute(node.attribute), node.range)
            }
        case .parenthesized(let node):
            return node.statement.soleExpression.flatMap { assignmentTarget($0, isCompound: isCompound) }
        case .number, .string, .expandable, .type, .unary, .binary, .ternary, .invocation, .arraySubexpression,
            .subexpression, .hashtable, .scriptBlock:
            return nil
        }
    }

    /// Attributes belong on what is assigned to, nowhere else.
    private func checkAttributes(_ value: Expression) throws(ParseDiagnostic) {
        switch value {
        case .attributed(let node):
            throw failure(
                "UnexpectedAttribute", "Unexpected attribute '\(node.attribute.typeName.name)'.", node.attribute.range)
        case .cast(let node): try checkAttributes(node.operand)
        default: return
        }
    }

    private func constrain(
        _ target: AssignmentTarget, _ attribute: AttributeNode, _ range: SourceRange
    ) -> AssignmentTarget {
        if case .constrained(let attributes, let inner, _) = target {
            return .constrained([attribute] + attributes, inner, range)
        }
        return .constrained([attribute], target, range)
    }

    private func checkConstraints(_ target: AssignmentTarget) throws(ParseDiagnostic) {
        guard case .constrained(let attributes, _, _) = target else { return }
        for case .type(let constraint) in attributes {
            if constraint.typeName.key == "void" {
                throw failure(
                    "VoidTypeConstraintNotAllowed",
                    "[void] cannot be used as a parameter type, or on the left side of an assignment.", constraint.range
                )
            }
            if constraint.typeName.key == "ref", attributes.count > 1 {
                throw failure(
                    "ReferenceNeedsToBeByItselfInTypeConstraint",
                    "Cannot use [ref] with other types in a type constraint.", constraint.range)
            }
        }
    }

    // MARK: Redirections

    /// The redirections behind an expression.
    private func redirections() throws(ParseDiagnostic) -> [Redirection] {
        var found: [Redirection] = []
        while true {
            let next = try inMode(.expression) { () throws(ParseDiagnostic) in try peek() }
            guard let redirection = try redirection(next, after: found) else { return found }
            found.append(redirection)
        }
    }

    /// The redirection that `lexeme` begins; nil when it begins none.
    func redirection(_ lexeme: Lexeme, after earlier: [Redirection]) throws(ParseDiagnostic) -> Redirection? {
        let result: Redirection
        switch lexeme.kind {
        case .fileRedirection(let stream, let appends):
            take(lexeme, as: .redirection)
            guard let file = try singleArgument(.file) else {
                throw missing(
                    "MissingFileSpecification", "Missing file specification after redirection operator.",
                    after: lexeme.end)
            }
            result = Redirection(
                range: range(from: lexeme.start), stream: stream, target: .file(file, appends: appends))
        case .mergeRedirection(let stream, let target):
            guard target == .output, stream != .output else { throw reserved(lexeme) }
            take(lexeme, as: .redirection)
            result = Redirection(range: range(from: lexeme.start), stream: stream, target: .stream(.output))
        case .inputRedirection:
            throw reserved(lexeme)
        default:
            return nil
        }
        if earlier.contains(where: { $0.stream == result.stream }) {
            throw failure(
                "StreamAlreadyRedirected", "The \(result.stream.name) for this command is already redirected.",
                result.range)
        }
        return result
    }

    private func reserved(_ lexeme: Lexeme) -> ParseDiagnostic {
        failure(
            "RedirectionNotSupported",
            "The '\(source.text(lexeme.start, lexeme.end))' operator is reserved for future use.",
            range(lexeme.start, lexeme.end))
    }
}

extension Redirection.Stream {
    /// The stream's name in error messages.
    var name: String {
        switch self {
        case .all: "* stream"
        case .output: "output stream"
        case .error: "error stream"
        case .warning: "warning stream"
        case .verbose: "verbose stream"
        case .debug: "debug stream"
        case .information: "information stream"
        }
    }
}
