import FerryLanguage

/// A script block ready to run: its blocks as node trees, its parameters, the slots of its variables.
final class CompiledBlock {
    let syntax: ScriptSyntax
    let layout: Layout
    let begin: BlockNode?
    let process: BlockNode?
    let end: BlockNode?
    /// `end`, or nothing to run.
    let body: BlockNode
    let clean: BlockNode?
    let dynamicParameters: BlockNode?
    let parameters: CompiledParameters?
    /// The scope of a call that is over, for the next one: making one is a good part of what a small function costs.
    var spareScope: Scope?
    @inline(__always) func takeSpareScope() -> Scope? { spareScope.take() }
    /// Text without `process { }`: pipeline input goes to `$input`.
    var hasProcess: Bool { process != nil }

    init(
        syntax: ScriptSyntax, layout: Layout, begin: BlockNode?, process: BlockNode?, end: BlockNode?,
        clean: BlockNode?,
        dynamicParameters: BlockNode?, parameters: CompiledParameters?
    ) {
        self.syntax = syntax
        self.layout = layout
        self.begin = begin
        self.process = process
        self.end = end
        body = end ?? BlockNode([])
        self.clean = clean
        self.dynamicParameters = dynamicParameters
        self.parameters = parameters
    }
}

/// The parameters of a script block: the signature is read once, at first use, because attributes may name types.
final class CompiledParameters {
    struct Item {
        let declaration: ParameterDeclaration
        let variable: Symbol
        let slot: Int
        let defaultValue: ExpressionNode?
    }
    let block: ParameterBlock
    let items: [Item]
    var signature: Signature?
    init(_ block: ParameterBlock, _ items: [Item]) {
        self.block = block
        self.items = items
    }
}

/// Turns syntax trees into node trees. One compiler serves one function (or script): all blocks written inside it share the
/// layout, so a block that runs in the function's scope finds its variables by slot.
struct Compiler {
    let layout: Layout
    /// Blocks and functions written inside are compiled now, into the same layout, instead of when they are wanted.
    var isThorough = false

    /// All variables that a block mentions, those in blocks and functions inside it among them.
    static func mentions(of syntax: ScriptSyntax) -> Layout {
        compile(syntax, layout: Layout(), isThorough: true).layout
    }

    static func compile(_ syntax: ScriptSyntax, layout: Layout, isThorough: Bool = false) -> CompiledBlock {
        let compiler = Compiler(layout: layout, isThorough: isThorough)
        var parameters: CompiledParameters?
        if let block = syntax.parameters {
            parameters = CompiledParameters(
                block,
                block.parameters.map { declaration in
                    let symbol = Symbol(declaration.name)
                    let slot = layout.slot(of: symbol)
                    return CompiledParameters.Item(
                        declaration: declaration, variable: symbol, slot: slot,
                        defaultValue: declaration.defaultValue.map { compiler.expression($0) })
                })
        }
        return CompiledBlock(
            syntax: syntax, layout: layout, begin: syntax.begin.map { compiler.block($0.body) },
            process: syntax.process.map { compiler.block($0.body) }, end: syntax.end.map { compiler.block($0.body) },
            clean: syntax.clean.map { compiler.block($0.body) },
            dynamicParameters: syntax.dynamicParameters.map { compiler.block($0.body) }, parameters: parameters)
    }

    func block(_ block: StatementBlock) -> BlockNode {
        BlockNode(
            block.statements.map(statement),
            traps: block.traps.map { trap in
                TrapNode(trap.type.map { TypeNode($0.range, $0.typeName) }, self.block(trap.body))
            })
    }

    // MARK: Statements

    func statement(_ statement: Statement) -> StatementNode {
        switch statement {
        case .pipeline(let pipeline): return self.pipeline(pipeline)
        case .chain(let chain):
            // Compiled all the same: the caller's layout then knows the variables it mentions.
            let node = ChainNode(
                chain.range, self.statement(chain.first),
                chain.rest.map { (isAnd: $0.operator == .and, statement: self.statement($0.pipeline)) })
            return chain.runsInBackground ? BackgroundNode(chain.range) : node
        case .assignment(let assignment):
            return AssignmentNode(
                assignment.range, target(assignment.target), assignment.operator, self.statement(assignment.value))
        case .conditional(let node):
            return IfNode(
                node.range, node.clauses.map { (condition: self.statement($0.condition), body: block($0.body)) },
                node.otherwise.map(block))
        case .foreach(let node):
            return ForeachNode(
                node.range, label: node.label, VariableNode(node.variable.range, node.variable.path, layout),
                self.statement(node.collection), block(node.body), isWatched: layout.existing(.foreach) != nil)
        case .for(let node):
            return ForNode(
                node.range, label: node.label, node.initializer.map(self.statement), node.condition.map(self.statement),
                node.iterator.map(self.statement), block(node.body))
        case .loop(let node):
            return ConditionLoopNode(
                node.range, label: node.label, node.kind, self.statement(node.condition), block(node.body))
        case .switch(let node):
            let input: SwitchNode.Input =
                switch node.input {
                case .value(let value): .value(self.statement(value))
                case .file(let path): .file(expression(path))
                }
            return SwitchNode(
                node.range, label: node.label, node.matching, caseSensitive: node.isCaseSensitive, input,
                node.clauses.map { SwitchNode.Clause(pattern: expression($0.pattern), body: block($0.body)) },
                node.otherwise.map(block), isWatched: layout.existing(.switch) != nil)
        case .try(let node):
            return TryNode(
                node.range, block(node.body),
                node.catches.map { handler in
                    TryNode.Catch(
                        types: handler.types.map { TypeNode($0.range, $0.typeName) }, body: block(handler.body))
                }, node.finally.map(block))
        case .leave(let node): return LeaveNode(node.range, node.kind, node.value.map(self.statement))
        case .jump(let node): return JumpNode(node.range, node.kind, node.label.map { expression($0) })
        case .function(let node):
            if isThorough { _ = Compiler.compile(node.body, layout: layout, isThorough: true) }
            return FunctionNode(node)
        case .data(let node): return DataNode(node.range, node.variable, block(node.body))
        }
    }

    private func pipeline(_ pipeline: Pipeline) -> StatementNode {
        if !pipeline.runsInBackground, pipeline.elements.count == 1,
            case .expression(let element) = pipeline.elements[0], element.redirections.isEmpty
        {
            return ExpressionStatement(pipeline.range, expression(element.expression))
        }
        var first: ExpressionStage?
        var commands: [CommandNode] = []
        for element in pipeline.elements {
            switch element {
            case .expression(let node):
                first = ExpressionStage(
                    expression: expression(node.expression), redirections: node.redirections.map(redirection))
            case .command(let node): commands.append(command(node))
            }
        }
        if pipeline.runsInBackground { return BackgroundNode(pipeline.range) }
        let node = PipelineNode(pipeline.range, first, commands)
        return node.sole.map { CallNode(node, $0) } ?? node
    }

    private func redirection(_ node: Redirection) -> RedirectionNode {
        switch node.target {
        case .file(let path, let appends):
            RedirectionNode(range: node.range, stream: node.stream, target: .file(expression(path), appends: appends))
        case .stream: RedirectionNode(range: node.range, stream: node.stream, target: .output)
        }
    }

    private func command(_ node: Command) -> CommandNode {
        let made = CommandNode(
            node.range, node.invocation, node.literalName, expression(node.name),
            node.arguments.map { argument in
                switch argument {
                case .value(let value):
                    if case .variable(let variable) = value, variable.isSplatted {
                        return .splat(expression(value), variable.path.text)
                    }
                    return .value(
                        expression(value), written: bareword(value), range: value.range, expands: expands(value))
                case .parameter(let parameter):
                    return .parameter(
                        parameter.name, parameter.argument.map(expression), written: parameter.written,
                        range: parameter.range)
                case .endOfParameters(let range): return .endOfParameters(range)
                case .verbatim(let text, _): return .verbatim(text)
                }
            }, node.redirections.map(redirection))
        layout.add(made)
        return made
    }

    /// The source of a value that was written without quotes: what a program gets, whatever the value became.
    private func bareword(_ value: Expression) -> String? {
        switch value {
        case .number(let number): number.range.text
        case .array(let array): array.range.text
        case .string(let string) where string.style == .bareword: string.value
        default: nil
        }
    }

    /// Whether a program gets the value's text with wildcards expanded.
    private func expands(_ value: Expression) -> Bool {
        switch value {
        case .variable, .member, .index: true
        case .expandable(let text): text.style == .bareword
        default: false
        }
    }

    // MARK: Targets

    func target(_ target: AssignmentTarget) -> TargetNode {
        switch target {
        case .variable(let node): return variable(node)
        case .member(let node):
            return MemberTargetNode(node.range, expression(node.target), selector(node.member), isStatic: node.isStatic)
        case .index(let node): return IndexTargetNode(node.range, expression(node.target), expression(node.index))
        case .list(let targets, let range): return ListTargetNode(range, targets.map(self.target))
        case .constrained(let attributes, let inner, let range):
            var types: [TypeNode] = []
            var others: [Attribute] = []
            for attribute in attributes {
                switch attribute {
                case .type(let constraint): types.append(TypeNode(constraint.range, constraint.typeName))
                case .attribute(let node): others.append(node)
                }
            }
            return ConstrainedTargetNode(range, types, others, self.target(inner))
        }
    }

    func variable(_ node: VariableExpression) -> TargetNode {
        if case .none = node.path.qualifier, node.path.key == "null" { return DiscardNode(node.range) }
        if case .none = node.path.qualifier, let kind = AutomaticNode.kind(node.path.name) {
            if kind == .input { layout.mentionsInput = true }
            if kind == .arguments { layout.mentionsArguments = true }
            return AutomaticNode(node.range, kind, Symbol(node.path.name))
        }
        return VariableNode(node.range, node.path, layout)
    }
}
