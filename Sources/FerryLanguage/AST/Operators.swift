/// The operators with two operands. `-i…` and plain forms are the same operation; `-c…` sets `isCaseSensitive` on the expression.
package enum BinaryOperator: String, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case format = "-f"
    case range = ".."
    case and = "-and"
    case or = "-or"
    case xor = "-xor"
    case bitAnd = "-band"
    case bitOr = "-bor"
    case bitXor = "-bxor"
    case shiftLeft = "-shl"
    case shiftRight = "-shr"
    case coalesce = "??"
    case equal = "-eq"
    case notEqual = "-ne"
    case greater = "-gt"
    case greaterOrEqual = "-ge"
    case less = "-lt"
    case lessOrEqual = "-le"
    case like = "-like"
    case notLike = "-notlike"
    case match = "-match"
    case notMatch = "-notmatch"
    case contains = "-contains"
    case notContains = "-notcontains"
    case `in` = "-in"
    case notIn = "-notin"
    case replace = "-replace"
    case split = "-split"
    case join = "-join"
    case `is` = "-is"
    case isNot = "-isnot"
    case `as` = "-as"
}

/// `left operator right`.
package final class BinaryExpression: SyntaxNode {
    package let range: SourceRange
    package let left: Expression
    package let `operator`: BinaryOperator
    /// Written with the prefix `c`, as in `-ceq`.
    package let isCaseSensitive: Bool
    package let operatorRange: SourceRange
    package let right: Expression

    package init(
        range: SourceRange, left: Expression, operator: BinaryOperator, isCaseSensitive: Bool,
        operatorRange: SourceRange,
        right: Expression
    ) {
        self.range = range
        self.left = left
        self.operator = `operator`
        self.isCaseSensitive = isCaseSensitive
        self.operatorRange = operatorRange
        self.right = right
    }
}

/// The operators with one operand.
package enum UnaryOperator: String, Sendable, CaseIterable {
    case plus = "+"
    case minus = "-"
    /// `!` and `-not`.
    case not = "-not"
    case bitNot = "-bnot"
    case split = "-split"
    case join = "-join"
    case preIncrement = "++x"
    case preDecrement = "--x"
    case postIncrement = "x++"
    case postDecrement = "x--"
}

/// `operator operand`, or `operand++`.
package final class UnaryExpression: SyntaxNode {
    package let range: SourceRange
    package let `operator`: UnaryOperator
    /// Written with the prefix `c`, as in `-csplit`.
    package let isCaseSensitive: Bool
    package let operand: Expression
    /// What `++` and `--` write to; nil for the others.
    package let target: AssignmentTarget?

    package init(
        range: SourceRange, operator: UnaryOperator, isCaseSensitive: Bool = false, operand: Expression,
        target: AssignmentTarget? = nil
    ) {
        self.range = range
        self.operator = `operator`
        self.isCaseSensitive = isCaseSensitive
        self.operand = operand
        self.target = target
    }
}
