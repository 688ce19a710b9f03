import FerryLanguage

/// Writes a syntax tree as one line of s-expressions, so a test can say what a text means.
enum SyntaxPrinter {
    static func print(_ text: String) -> String {
        let parsed = Parser.parse(text)
        guard let script = parsed.script else { return "error \(parsed.diagnostics[0].id)" }
        return print(script)
    }

    static func print(_ block: ScriptBlock) -> String {
        var parts: [String] = block.usings.map { "(using \($0.kind.rawValue) \($0.name))" }
        if let parameters = block.parameters {
            let attributes = parameters.attributes.map(print).map { $0 + " " }.joined()
            parts.append("(param \(attributes)\(parameters.parameters.map(print).joined(separator: " ")))")
        }
        for named in [block.dynamicParameters, block.begin, block.process, block.end, block.clean] {
            guard let named else { continue }
            let body = print(named.body)
            if named.isUnnamed {
                if !body.isEmpty { parts.append(body) }
            } else {
                parts.append("(\(named.kind.rawValue) \(body))")
            }
        }
        return parts.joined(separator: " ")
    }

    static func print(_ block: StatementBlock) -> String {
        let traps = block.traps.map { "(trap \($0.type.map { "[\($0.typeName.name)] " } ?? "")\(print($0.body)))" }
        return (traps + block.statements.map(print)).joined(separator: "; ")
    }

    static func print(_ parameter: ParameterDeclaration) -> String {
        let attributes = parameter.attributes.map(print).joined()
        return attributes + "$" + parameter.variable.text + (parameter.defaultValue.map { "=" + print($0) } ?? "")
    }

    static func print(_ node: AttributeNode) -> String {
        switch node {
        case .type(let type): "[\(type.typeName.name)]"
        case .attribute(let attribute): print(attribute)
        }
    }

    static func print(_ attribute: Attribute) -> String {
        let named = attribute.named.map { argument in argument.name + (argument.value.map { "=" + print($0) } ?? "") }
        return "[\(attribute.typeName.name)(\((attribute.positional.map(print) + named).joined(separator: " ")))]"
    }

    static func print(_ statement: Statement) -> String {
        switch statement {
        case .pipeline(let pipeline):
            let text = pipeline.elements.map(print).joined(separator: " | ")
            return pipeline.runsInBackground ? "(background \(text))" : text
        case .chain(let chain):
            let rest = chain.rest.map { " \($0.operator.rawValue) \(print($0.pipeline))" }.joined()
            return "(chain \(print(chain.first))\(rest)\(chain.runsInBackground ? " &" : ""))"
        case .assignment(let node):
            return "(\(node.operator.rawValue) \(print(node.target)) \(print(node.value)))"
        case .conditional(let node):
            let clauses = node.clauses.map { "(\(print($0.condition)) {\(print($0.body))})" }.joined(separator: " ")
            return "(if \(clauses)\(node.otherwise.map { " else {\(print($0))}" } ?? ""))"
        case .foreach(let node):
            return
                "(foreach\(label(node.label)) $\(node.variable.path.text) \(print(node.collection)) {\(print(node.body))})"
        case .for(let node):
            let parts = [node.initializer, node.condition, node.iterator].map { $0.map(print) ?? "_" }
            return "(for\(label(node.label)) \(parts.joined(separator: " ")) {\(print(node.body))})"
        case .loop(let node):
            return "(\(node.kind.rawValue)\(label(node.label)) \(print(node.condition)) {\(print(node.body))})"
        case .switch(let node):
            let input =
                switch node.input {
                case .value(let value): print(value)
                case .file(let file): "file \(print(file))"
                }
            let clauses = node.clauses.map { " (\(print($0.pattern)) {\(print($0.body))})" }.joined()
            return
                "(switch\(label(node.label)) \(node.matching.rawValue)\(node.isCaseSensitive ? " case" : "") \(input)"
                + clauses + (node.otherwise.map { " default {\(print($0))}" } ?? "") + ")"
        case .try(let node):
            let catches = node.catches.map { handler in
                " (catch \(handler.types.map { "[\($0.typeName.name)]" }.joined()){\(print(handler.body))})"
            }
            return "(try {\(print(node.body))}\(catches.joined())"
                + (node.finally.map { " finally {\(print($0))}" } ?? "") + ")"
        case .leave(let node): return "(\(node.kind.rawValue)\(node.value.map { " " + print($0) } ?? ""))"
        case .jump(let node): return "(\(node.kind.rawValue)\(node.label.map { " " + print($0) } ?? ""))"
        case .function(let node):
            return "(\(node.isFilter ? "filter" : "function") \(node.name) {\(print(node.body))})"
        case .data(let node):
            let commands = node.supportedCommands.map { " " + print($0) }.joined()
            return "(data \(node.variable ?? "_")\(commands) {\(print(node.body))})"
        }
    }

    private static func label(_ label: String?) -> String { label.map { ":" + $0 } ?? "" }

    static func print(_ target: AssignmentTarget) -> String {
        switch target {
        case .variable(let node): print(Expression.variable(node))
        case .member(let node): print(Expression.member(node))
        case .index(let node): print(Expression.index(node))
        case .list(let targets, _): "(list \(targets.map(print).joined(separator: " ")))"
        case .constrained(let attributes, let inner, _): attributes.map(print).joined() + print(inner)
        }
    }

    static func print(_ element: PipelineElement) -> String {
        let redirections = element.redirections.map { " " + print($0) }.joined()
        switch element {
        case .expression(let node): return print(node.expression) + redirections
        case .command(let node):
            let head = [node.invocation.rawValue, print(node.name)].filter { !$0.isEmpty }.joined(separator: " ")
            return "(\(([head] + node.arguments.map(print)).joined(separator: " "))\(redirections))"
        }
    }

    static func print(_ argument: CommandArgument) -> String {
        switch argument {
        case .value(let value): print(value)
        case .parameter(let parameter):
            "-" + parameter.name + (parameter.argument.map { ":" + print($0) } ?? "")
        case .endOfParameters: "--"
        case .verbatim(let text, _): "--% <\(text)>"
        }
    }

    static func print(_ redirection: Redirection) -> String {
        switch redirection.target {
        case .file(let file, let appends): "\(redirection.stream.rawValue)\(appends ? ">>" : ">")\(print(file))"
        case .stream(let stream): "\(redirection.stream.rawValue)>&\(stream.rawValue)"
        }
    }

    static func print(_ value: Expression) -> String {
        switch value {
        case .number(let node): return print(node.value)
        case .string(let node): return node.style == .bareword ? node.value : "'\(node.value)'"
        case .expandable(let node):
            let parts = node.parts.map { part in
                switch part {
                case .text(let text): text
                case .variable(let variable): "{\(print(Expression.variable(variable)))}"
                case .subexpression(let block): "{\(print(.subexpression(block)))}"
                }
            }
            return "\"\(parts.joined())\""
        case .variable(let node): return (node.isSplatted ? "@" : "$") + node.path.text
        case .type(let node): return "[\(node.typeName.name)]"
        case .unary(let node):
            return "(\(node.operator.rawValue)\(node.isCaseSensitive ? " case" : "") \(print(node.operand)))"
        case .binary(let node):
            return
                "(\(node.operator.rawValue)\(node.isCaseSensitive ? " case" : "") \(print(node.left)) \(print(node.right)))"
        case .ternary(let node):
            return "(? \(print(node.condition)) \(print(node.then)) \(print(node.otherwise)))"
        case .cast(let node): return "(cast \(node.type.typeName.name) \(print(node.operand)))"
        case .attributed(let node): return "(attributed \(print(node.attribute)) \(print(node.operand)))"
        case .member(let node):
            let sign = node.isStatic ? "::" : node.isNullConditional ? "?." : "."
            return "(\(sign) \(print(node.target)) \(print(node.member)))"
        case .invocation(let node):
            let sign = node.isStatic ? "::" : node.isNullConditional ? "?." : "."
            let generics =
                node.genericArguments.isEmpty ? "" : "<\(node.genericArguments.map(\.name).joined(separator: ","))>"
            let arguments = node.arguments.map { " " + print($0) }.joined()
            return "(call\(sign) \(print(node.target)) \(print(node.member))\(generics)\(arguments))"
        case .index(let node):
            return "(\(node.isNullConditional ? "?[]" : "[]") \(print(node.target)) \(print(node.index)))"
        case .array(let node): return "(, \(node.elements.map(print).joined(separator: " ")))"
        case .arraySubexpression(let node): return "@(\(print(node.body)))"
        case .subexpression(let node): return "$(\(print(node.body)))"
        case .parenthesized(let node): return "<\(print(node.statement))>"
        case .hashtable(let node):
            return "@{\(node.entries.map { "\(print($0.key))=\(print($0.value))" }.joined(separator: "; "))}"
        case .scriptBlock(let node): return "{\(print(node.block))}"
        }
    }

    static func print(_ member: MemberSelector) -> String {
        switch member {
        case .name(let name, _): name
        case .computed(let value): print(value)
        }
    }

    static func print(_ number: NumberValue) -> String {
        switch number {
        case .int8(let value): "\(value)y"
        case .uint8(let value): "\(value)uy"
        case .int16(let value): "\(value)s"
        case .uint16(let value): "\(value)us"
        case .int32(let value): "\(value)"
        case .uint32(let value): "\(value)u"
        case .int64(let value): "\(value)l"
        case .uint64(let value): "\(value)ul"
        case .double(let value): "\(value)f"
        case .decimal(let significand, let scale): "\(significand)e-\(scale)d"
        case .bigInteger(let digits): "\(digits)n"
        }
    }
}
