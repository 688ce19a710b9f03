/// Every kind of statement.
package enum Statement: Sendable {
    case pipeline(Pipeline)
    case chain(PipelineChain)
    case assignment(Assignment)
    case conditional(IfStatement)
    case foreach(ForeachStatement)
    case `for`(ForStatement)
    case loop(ConditionLoop)
    case `switch`(SwitchStatement)
    case `try`(TryStatement)
    case leave(LeaveStatement)
    case jump(JumpStatement)
    case function(FunctionDefinition)
    case data(DataStatement)

    package var node: any SyntaxNode {
        switch self {
        case .pipeline(let node): node
        case .chain(let node): node
        case .assignment(let node): node
        case .conditional(let node): node
        case .foreach(let node): node
        case .for(let node): node
        case .loop(let node): node
        case .switch(let node): node
        case .try(let node): node
        case .leave(let node): node
        case .jump(let node): node
        case .function(let node): node
        case .data(let node): node
        }
    }

    package var range: SourceRange { node.range }

    /// The expression when the statement is nothing but one: a pipeline of a single expression without redirections.
    package var soleExpression: Expression? {
        guard case .pipeline(let pipeline) = self, !pipeline.runsInBackground, pipeline.elements.count == 1,
            case .expression(let element) = pipeline.elements[0], element.redirections.isEmpty
        else { return nil }
        return element.expression
    }
}

/// `target op value`. Compound operators read, combine and write the one target.
package final class Assignment: SyntaxNode {
    package enum Operator: String, Sendable {
        case set = "="
        case add = "+="
        case subtract = "-="
        case multiply = "*="
        case divide = "/="
        case remainder = "%="
        case coalesce = "??="
    }

    package let range: SourceRange
    package let target: AssignmentTarget
    package let `operator`: Operator
    package let operatorRange: SourceRange
    /// Any statement: `$x = if …`, `$x = Get-VM | …`, `$a = $b = 1`.
    package let value: Statement

    package init(
        range: SourceRange, target: AssignmentTarget, operator: Operator, operatorRange: SourceRange, value: Statement
    ) {
        self.range = range
        self.target = target
        self.operator = `operator`
        self.operatorRange = operatorRange
        self.value = value
    }
}

/// What may stand left of an assignment operator.
package indirect enum AssignmentTarget: Sendable {
    case variable(VariableExpression)
    case member(MemberExpression)
    case index(IndexExpression)
    /// `$a, $b = …`: one value each, the rest to the last.
    case list([AssignmentTarget], SourceRange)
    /// `[int] $x = …`, `[ValidateSet(…)] $x = …`: outermost attribute first. Types and attributes stay on the variable.
    case constrained([AttributeNode], AssignmentTarget, SourceRange)

    package var range: SourceRange {
        switch self {
        case .variable(let node): node.range
        case .member(let node): node.range
        case .index(let node): node.range
        case .list(_, let range): range
        case .constrained(_, _, let range): range
        }
    }
}

/// `if … elseif … else`.
package final class IfStatement: SyntaxNode {
    package struct Clause: Sendable {
        package let condition: Statement
        package let body: StatementBlock
    }

    package let range: SourceRange
    /// `if` first, then each `elseif`.
    package let clauses: [Clause]
    package let otherwise: StatementBlock?

    package init(range: SourceRange, clauses: [Clause], otherwise: StatementBlock?) {
        self.range = range
        self.clauses = clauses
        self.otherwise = otherwise
    }
}

/// `try … catch … finally`. At least one catch or a finally.
package final class TryStatement: SyntaxNode {
    package struct Catch: Sendable {
        package let range: SourceRange
        /// Empty for a catch of everything.
        package let types: [TypeConstraint]
        package let body: StatementBlock
    }

    package let range: SourceRange
    package let body: StatementBlock
    package let catches: [Catch]
    package let finally: StatementBlock?

    package init(range: SourceRange, body: StatementBlock, catches: [Catch], finally: StatementBlock?) {
        self.range = range
        self.body = body
        self.catches = catches
        self.finally = finally
    }
}

/// `trap [Type] { … }`; listed in its `StatementBlock`, never a statement.
package final class TrapStatement: SyntaxNode {
    package let range: SourceRange
    package let type: TypeConstraint?
    package let body: StatementBlock

    package init(range: SourceRange, type: TypeConstraint?, body: StatementBlock) {
        self.range = range
        self.type = type
        self.body = body
    }
}

/// `return`, `throw` and `exit`, each with an optional pipeline.
package final class LeaveStatement: SyntaxNode {
    package enum Kind: String, Sendable { case `return`, `throw`, exit }

    package let range: SourceRange
    package let kind: Kind
    package let value: Statement?

    package init(range: SourceRange, kind: Kind, value: Statement?) {
        self.range = range
        self.kind = kind
        self.value = value
    }
}

/// `break` and `continue`, with an optional label expression.
package final class JumpStatement: SyntaxNode {
    package enum Kind: String, Sendable { case `break`, `continue` }

    package let range: SourceRange
    package let kind: Kind
    package let label: Expression?

    package init(range: SourceRange, kind: Kind, label: Expression?) {
        self.range = range
        self.kind = kind
        self.label = label
    }
}

/// `function name { }` and `filter name { }`.
package final class FunctionDefinition: SyntaxNode {
    package let range: SourceRange
    package let name: String
    package let nameRange: SourceRange
    package let isFilter: Bool
    /// Parameters after the name and parameters in a `param` block both end up in `body.parameters`.
    package let body: ScriptBlock
    /// The parameters stood in parentheses after the name.
    package let hasInlineParameters: Bool

    package init(
        range: SourceRange, name: String, nameRange: SourceRange, isFilter: Bool, body: ScriptBlock,
        hasInlineParameters: Bool
    ) {
        self.range = range
        self.name = name
        self.nameRange = nameRange
        self.isFilter = isFilter
        self.body = body
        self.hasInlineParameters = hasInlineParameters
    }

    /// What `(Get-Command name).Definition` shows: the text between the braces, inline parameters turned into a `param` line.
    package var definition: String {
        guard hasInlineParameters, let parameters = body.parameters else { return body.text }
        return "param(" + parameters.parameters.map(\.range.text).joined(separator: ", ") + ") " + body.text
    }
}

/// `data [name] [-SupportedCommand a, b] { … }`.
package final class DataStatement: SyntaxNode {
    package let range: SourceRange
    package let variable: String?
    package let supportedCommands: [Expression]
    package let body: StatementBlock

    package init(range: SourceRange, variable: String?, supportedCommands: [Expression], body: StatementBlock) {
        self.range = range
        self.variable = variable
        self.supportedCommands = supportedCommands
        self.body = body
    }
}
