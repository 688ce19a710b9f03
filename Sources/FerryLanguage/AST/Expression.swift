/// Every kind of expression.
package enum Expression: Sendable {
    case number(NumberExpression)
    case string(StringExpression)
    case expandable(ExpandableStringExpression)
    case variable(VariableExpression)
    case type(TypeExpression)
    case unary(UnaryExpression)
    case binary(BinaryExpression)
    case ternary(TernaryExpression)
    case cast(CastExpression)
    case attributed(AttributedExpression)
    case member(MemberExpression)
    case invocation(InvocationExpression)
    case index(IndexExpression)
    case array(ArrayExpression)
    case arraySubexpression(BlockExpression)
    case subexpression(BlockExpression)
    case parenthesized(ParenthesizedExpression)
    case hashtable(HashtableExpression)
    case scriptBlock(ScriptBlockExpression)

    package var node: any SyntaxNode {
        switch self {
        case .number(let node): node
        case .string(let node): node
        case .expandable(let node): node
        case .variable(let node): node
        case .type(let node): node
        case .unary(let node): node
        case .binary(let node): node
        case .ternary(let node): node
        case .cast(let node): node
        case .attributed(let node): node
        case .member(let node): node
        case .invocation(let node): node
        case .index(let node): node
        case .array(let node): node
        case .arraySubexpression(let node): node
        case .subexpression(let node): node
        case .parenthesized(let node): node
        case .hashtable(let node): node
        case .scriptBlock(let node): node
        }
    }

    package var range: SourceRange { node.range }
}

/// `$x`, `${a b}`, `$env:PATH`, and `@x` as a command's argument.
package final class VariableExpression: SyntaxNode {
    package let range: SourceRange
    package let path: VariablePath
    /// Written `@x`.
    package let isSplatted: Bool

    package init(range: SourceRange, path: VariablePath, isSplatted: Bool = false) {
        self.range = range
        self.path = path
        self.isSplatted = isSplatted
    }
}

/// `[int]` standing alone.
package final class TypeExpression: SyntaxNode {
    package let range: SourceRange
    package let typeName: TypeName

    package init(range: SourceRange, typeName: TypeName) {
        self.range = range
        self.typeName = typeName
    }
}

/// `[int] operand`. `[ordered]` before a hashtable arrives here as well.
package final class CastExpression: SyntaxNode {
    package let range: SourceRange
    package let type: TypeConstraint
    package let operand: Expression

    package init(range: SourceRange, type: TypeConstraint, operand: Expression) {
        self.range = range
        self.type = type
        self.operand = operand
    }
}

/// `[ValidateRange(1, 5)] $x`; only meaningful as an assignment's target.
package final class AttributedExpression: SyntaxNode {
    package let range: SourceRange
    package let attribute: Attribute
    package let operand: Expression

    package init(range: SourceRange, attribute: Attribute, operand: Expression) {
        self.range = range
        self.attribute = attribute
        self.operand = operand
    }
}

/// `condition ? then : otherwise`.
package final class TernaryExpression: SyntaxNode {
    package let range: SourceRange
    package let condition: Expression
    package let then: Expression
    package let otherwise: Expression

    package init(range: SourceRange, condition: Expression, then: Expression, otherwise: Expression) {
        self.range = range
        self.condition = condition
        self.then = then
        self.otherwise = otherwise
    }
}

/// The name in `target.name`: fixed, or computed as in `$x.$name` and `$x."a $b"`.
package enum MemberSelector: Sendable {
    case name(String, SourceRange)
    case computed(Expression)

    package var range: SourceRange {
        switch self {
        case .name(_, let range): range
        case .computed(let expression): expression.range
        }
    }
}

/// `target.member`, `[T]::Member`, `${x}?.member`.
package final class MemberExpression: SyntaxNode {
    package let range: SourceRange
    package let target: Expression
    package let member: MemberSelector
    /// Written with `::`.
    package let isStatic: Bool
    /// Written with `?.`: null when the target is null.
    package let isNullConditional: Bool

    package init(
        range: SourceRange, target: Expression, member: MemberSelector, isStatic: Bool, isNullConditional: Bool
    ) {
        self.range = range
        self.target = target
        self.member = member
        self.isStatic = isStatic
        self.isNullConditional = isNullConditional
    }
}

/// `target.method(arguments)`. `Where{…}` and `ForEach{…}` without parentheses have the script block as sole argument.
package final class InvocationExpression: SyntaxNode {
    package let range: SourceRange
    package let target: Expression
    package let member: MemberSelector
    package let genericArguments: [TypeName]
    package let arguments: [Expression]
    package let isStatic: Bool
    package let isNullConditional: Bool

    package init(
        range: SourceRange, target: Expression, member: MemberSelector, genericArguments: [TypeName],
        arguments: [Expression], isStatic: Bool, isNullConditional: Bool
    ) {
        self.range = range
        self.target = target
        self.member = member
        self.genericArguments = genericArguments
        self.arguments = arguments
        self.isStatic = isStatic
        self.isNullConditional = isNullConditional
    }
}

/// `target[index]`, `target?[index]`.
package final class IndexExpression: SyntaxNode {
    package let range: SourceRange
    package let target: Expression
    /// `$a[1, 2]` has an array expression here.
    package let index: Expression
    package let isNullConditional: Bool

    package init(range: SourceRange, target: Expression, index: Expression, isNullConditional: Bool) {
        self.range = range
        self.target = target
        self.index = index
        self.isNullConditional = isNullConditional
    }
}

/// `a, b, c` and `, a`.
package final class ArrayExpression: SyntaxNode {
    package let range: SourceRange
    package let elements: [Expression]

    package init(range: SourceRange, elements: [Expression]) {
        self.range = range
        self.elements = elements
    }
}

/// `$( … )` and `@( … )`.
package final class BlockExpression: SyntaxNode {
    package let range: SourceRange
    package let body: StatementBlock

    package init(range: SourceRange, body: StatementBlock) {
        self.range = range
        self.body = body
    }
}

/// `( … )` around a pipeline, a chain or an assignment.
package final class ParenthesizedExpression: SyntaxNode {
    package let range: SourceRange
    package let statement: Statement

    package init(range: SourceRange, statement: Statement) {
        self.range = range
        self.statement = statement
    }
}

/// `@{ key = value; … }`, entries in source order.
package final class HashtableExpression: SyntaxNode {
    package struct Entry: Sendable {
        package let key: Expression
        package let value: Statement
    }

    package let range: SourceRange
    package let entries: [Entry]

    package init(range: SourceRange, entries: [Entry]) {
        self.range = range
        self.entries = entries
    }
}

/// `{ … }` as a value.
package final class ScriptBlockExpression: SyntaxNode {
    package let range: SourceRange
    package let block: ScriptBlock

    package init(range: SourceRange, block: ScriptBlock) {
        self.range = range
        self.block = block
    }
}
