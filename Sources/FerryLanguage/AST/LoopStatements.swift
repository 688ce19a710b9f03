/// `foreach ($x in …) { }`.
package final class ForeachStatement: SyntaxNode {
    package let range: SourceRange
    /// Without the colon, as written.
    package let label: String?
    package let variable: VariableExpression
    package let collection: Statement
    package let body: StatementBlock

    package init(
        range: SourceRange, label: String?, variable: VariableExpression, collection: Statement, body: StatementBlock
    ) {
        self.range = range
        self.label = label
        self.variable = variable
        self.collection = collection
        self.body = body
    }
}

/// `for (initializer; condition; iterator) { }`; a missing condition is true.
package final class ForStatement: SyntaxNode {
    package let range: SourceRange
    package let label: String?
    package let initializer: Statement?
    package let condition: Statement?
    package let iterator: Statement?
    package let body: StatementBlock

    package init(
        range: SourceRange, label: String?, initializer: Statement?, condition: Statement?, iterator: Statement?,
        body: StatementBlock
    ) {
        self.range = range
        self.label = label
        self.initializer = initializer
        self.condition = condition
        self.iterator = iterator
        self.body = body
    }
}

/// `while`, `do … while` and `do … until`.
package final class ConditionLoop: SyntaxNode {
    package enum Kind: String, Sendable { case `while`, doWhile, doUntil }

    package let range: SourceRange
    package let label: String?
    package let kind: Kind
    package let condition: Statement
    package let body: StatementBlock

    package init(range: SourceRange, label: String?, kind: Kind, condition: Statement, body: StatementBlock) {
        self.range = range
        self.label = label
        self.kind = kind
        self.condition = condition
        self.body = body
    }
}

/// `switch [-flags] (…) { pattern { } default { } }`.
package final class SwitchStatement: SyntaxNode {
    package enum Matching: String, Sendable { case exact, wildcard, regex }
    package enum Input: Sendable {
        case value(Statement)
        /// `-File path`: each line of the file.
        case file(Expression)
    }
    package struct Clause: Sendable {
        /// A script block is a condition; anything else is compared.
        package let pattern: Expression
        package let body: StatementBlock
    }

    package let range: SourceRange
    package let label: String?
    package let matching: Matching
    package let isCaseSensitive: Bool
    package let input: Input
    package let clauses: [Clause]
    package let otherwise: StatementBlock?

    package init(
        range: SourceRange, label: String?, matching: Matching, isCaseSensitive: Bool, input: Input, clauses: [Clause],
        otherwise: StatementBlock?
    ) {
        self.range = range
        self.label = label
        self.matching = matching
        self.isCaseSensitive = isCaseSensitive
        self.input = input
        self.clauses = clauses
        self.otherwise = otherwise
    }
}
