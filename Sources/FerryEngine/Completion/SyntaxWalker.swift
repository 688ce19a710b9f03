import FerryLanguage

/// Goes through a syntax tree, parents before children and in the order of the text.
struct SyntaxWalker {
    var statement: (Statement) -> Void = { _ in }
    var expression: (Expression) -> Void = { _ in }
    var command: (Command) -> Void = { _ in }
    var pipeline: (Pipeline) -> Void = { _ in }
    var block: (FerryLanguage.ScriptBlock) -> Void = { _ in }

    func walk(_ script: FerryLanguage.ScriptBlock) {
        block(script)
        for parameter in script.parameters?.parameters ?? [] {
            for case .attribute(let attribute) in parameter.attributes { attribute.positional.forEach(walk) }
            parameter.defaultValue.map(walk)
        }
        for part in [script.dynamicParameters, script.begin, script.process, script.end, script.clean] {
            part.map { walk($0.body) }
        }
    }

    func walk(_ body: StatementBlock) {
        body.statements.forEach(walk)
        body.traps.forEach { walk($0.body) }
    }

    func walk(_ node: Statement) {
        statement(node)
        switch node {
        case .pipeline(let node): walk(node)
        case .chain(let node):
            walk(node.first)
            node.rest.forEach { walk($0.pipeline) }
        case .assignment(let node):
            walk(node.target)
            walk(node.value)
        case .conditional(let node):
            for clause in node.clauses {
                walk(clause.condition)
                walk(clause.body)
            }
            node.otherwise.map(walk)
        case .foreach(let node):
            walk(node.collection)
            walk(node.body)
        case .for(let node):
            for part in [node.initializer, node.condition, node.iterator] { part.map(walk) }
            walk(node.body)
        case .loop(let node):
            walk(node.condition)
            walk(node.body)
        case .switch(let node):
            if case .value(let value) = node.input { walk(value) }
            for clause in node.clauses {
                walk(clause.pattern)
                walk(clause.body)
            }
            node.otherwise.map(walk)
        case .try(let node):
            walk(node.body)
            node.catches.forEach { walk($0.body) }
            node.finally.map(walk)
        case .leave(let node): node.value.map(walk)
        case .jump: break
        case .function(let node): walk(node.body)
        case .data(let node): walk(node.body)
        }
    }

    private func walk(_ target: AssignmentTarget) {
        switch target {
        case .variable: break
        case .member(let node): walk(node.target)
        case .index(let node):
            walk(node.target)
            walk(node.index)
        case .list(let targets, _): targets.forEach(walk)
        case .constrained(let attributes, let inner, _):
            for case .attribute(let attribute) in attributes { attribute.positional.forEach(walk) }
            walk(inner)
        }
    }

    private func walk(_ node: Pipeline) {
        pipeline(node)
        for element in node.elements {
            switch element {
            case .expression(let element): walk(element.expression)
            case .command(let element):
                command(element)
                walk(element.name)
                for argument in element.arguments {
                    switch argument {
                    case .value(let value): walk(value)
                    case .parameter(let parameter): parameter.argument.map(walk)
                    case .endOfParameters, .verbatim: break
                    }
                }
            }
        }
    }

    func walk(_ node: Expression) {
        expression(node)
        switch node {
        case .number, .string, .variable, .type: break
        case .expandable(let node):
            for case .subexpression(let part) in node.parts { walk(part.body) }
        case .unary(let node): walk(node.operand)
        case .binary(let node):
            walk(node.left)
            walk(node.right)
        case .ternary(let node): [node.condition, node.then, node.otherwise].forEach(walk)
        case .cast(let node): walk(node.operand)
        case .attributed(let node):
            node.attribute.positional.forEach(walk)
            walk(node.operand)
        case .member(let node): walk(node.target)
        case .invocation(let node):
            walk(node.target)
            node.arguments.forEach(walk)
        case .index(let node):
            walk(node.target)
            walk(node.index)
        case .array(let node): node.elements.forEach(walk)
        case .arraySubexpression(let node), .subexpression(let node): walk(node.body)
        case .parenthesized(let node): walk(node.statement)
        case .hashtable(let node):
            for entry in node.entries {
                walk(entry.key)
                walk(entry.value)
            }
        case .scriptBlock(let node): walk(node.block)
        }
    }
}
