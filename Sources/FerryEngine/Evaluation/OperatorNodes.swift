import FerryLanguage

/// `+ - * / %`
final class ArithmeticNode: ExpressionNode {
    private let operation: Arithmetic.Operation
    private let left: ExpressionNode
    private let right: ExpressionNode
    init(_ range: SourceRange, _ operation: Arithmetic.Operation, _ left: ExpressionNode, _ right: ExpressionNode) {
        self.operation = operation
        self.left = left
        self.right = right
        super.init(range)
    }
    override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        let a = try left.evaluate(frame)
        let b = try right.evaluate(frame)
        do throws(Stop) {
            return try Arithmetic.apply(operation, a, b, frame.runspace)
        } catch {
            throw error.located(range, frame)
        }
    }
}

/// `-and -or -xor`
final class LogicalNode: ExpressionNode {
    enum Operation { case and, or, xor }
    private let operation: Operation
    private let left: ExpressionNode
    private let right: ExpressionNode
    init(_ range: SourceRange, _ operation: Operation, _ left: ExpressionNode, _ right: ExpressionNode) {
        self.operation = operation
        self.left = left
        self.right = right
        super.init(range)
    }
    override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        .bool(try holds(frame))
    }
    override func holds(_ frame: Frame) throws(Stop) -> Bool {
        let a = try left.holds(frame)
        switch operation {
        case .and: return a ? try right.holds(frame) : false
        case .or: return a ? true : try right.holds(frame)
        case .xor: return try right.holds(frame) != a
        }
    }
}

/// `-band -bor -bxor -shl -shr`
final class BitNode: ExpressionNode {
    private let operation: Arithmetic.BitOperation
    private let left: ExpressionNode
    private let right: ExpressionNode
    init(_ range: SourceRange, _ operation: Arithmetic.BitOperation, _ left: ExpressionNode, _ right: ExpressionNode) {
        self.operation = operation
        self.left = left
        self.right = right
        super.init(range)
    }
    override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        let a = try left.evaluate(frame)
        let b = try right.evaluate(frame)
        do throws(Stop) {
            return try Arithmetic.bits(operation, a, b)
        } catch {
            throw error.located(range, frame)
        }
    }
}

/// `??`
final class CoalesceNode: ExpressionNode {
    private let left: ExpressionNode
    private let right: ExpressionNode
    init(_ range: SourceRange, _ left: ExpressionNode, _ right: ExpressionNode) {
        self.left = left
        self.right = right
        super.init(range)
    }
    override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        let value = try left.evaluate(frame)
        return value.isNull ? try right.evaluate(frame) : value
    }
}

/// Comparisons: a collection on the left is filtered, a scalar gives a boolean.
final class ComparisonNode: ExpressionNode {
    private let `operator`: BinaryOperator
    private let isCaseSensitive: Bool
    private let left: ExpressionNode
    private let right: ExpressionNode
    init(
        _ range: SourceRange, _ operator: BinaryOperator, caseSensitive: Bool, _ left: ExpressionNode,
        _ right: ExpressionNode
    ) {
        self.operator = `operator`
        isCaseSensitive = caseSensitive
        self.left = left
        self.right = right
        super.init(range)
    }
    override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        let a = try left.evaluate(frame)
        let b = try right.evaluate(frame)
        if case .number(.int(let x)) = a, case .number(.int(let y)) = b, let known = wholes(x, y) {
            return .bool(known)
        }
        return try general(a, b, frame)
    }
    override func holds(_ frame: Frame) throws(Stop) -> Bool {
        let a = try left.evaluate(frame)
        let b = try right.evaluate(frame)
        if case .number(.int(let x)) = a, case .number(.int(let y)) = b, let known = wholes(x, y) { return known }
        return try general(a, b, frame).isTrue
    }
    @inline(__always) private func wholes(_ x: Int32, _ y: Int32) -> Bool? {
        switch `operator` {
        case .equal: x == y
        case .notEqual: x != y
        case .less: x < y
        case .lessOrEqual: x <= y
        case .greater: x > y
        case .greaterOrEqual: x >= y
        default: nil
        }
    }
    private func general(_ a: Value, _ b: Value, _ frame: Frame) throws(Stop) -> Value {
        do throws(Stop) {
            return try Operators.compare(`operator`, a, b, caseSensitive: isCaseSensitive, frame)
        } catch {
            throw error.located(range, frame)
        }
    }
}

/// `-replace -split -join -f -is -as -contains -in` and the rest that take both operands whole.
final class BinaryFunctionNode: ExpressionNode {
    private let body: (Value, Value, Frame) throws(Stop) -> Value
    private let left: ExpressionNode
    private let right: ExpressionNode
    init(
        _ range: SourceRange, _ left: ExpressionNode, _ right: ExpressionNode,
        _ body: @escaping (Value, Value, Frame) throws(Stop) -> Value
    ) {
        self.left = left
        self.right = right
        self.body = body
        super.init(range)
    }
    override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        let a = try left.evaluate(frame)
        let b = try right.evaluate(frame)
        do throws(Stop) {
            return try body(a, b, frame)
        } catch {
            throw error.located(range, frame)
        }
    }
}

/// `-not`
final class NotNode: ExpressionNode {
    private let operand: ExpressionNode
    init(_ range: SourceRange, _ operand: ExpressionNode) {
        self.operand = operand
        super.init(range)
    }
    override func evaluate(_ frame: Frame) throws(Stop) -> Value { .bool(try !operand.holds(frame)) }
    override func holds(_ frame: Frame) throws(Stop) -> Bool { try !operand.holds(frame) }
}

/// Unary `-` and `+`, `-bnot`, unary `-split` and `-join`
final class UnaryNode: ExpressionNode {
    private let body: (Value, Frame) throws(Stop) -> Value
    private let operand: ExpressionNode
    init(_ range: SourceRange, _ operand: ExpressionNode, _ body: @escaping (Value, Frame) throws(Stop) -> Value) {
        self.operand = operand
        self.body = body
        super.init(range)
    }
    override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        let value = try operand.evaluate(frame)
        do throws(Stop) {
            return try body(value, frame)
        } catch {
            throw error.located(range, frame)
        }
    }
}

/// `++$x`, `$x--` …
final class StepNode: ExpressionNode {
    private let target: TargetNode
    /// The target, where it is a variable.
    private let variable: VariableNode?
    private let step: Int32
    private let isPrefix: Bool
    init(_ range: SourceRange, _ target: TargetNode, step: Int32, isPrefix: Bool) {
        self.target = target
        variable = target as? VariableNode
        self.step = step
        self.isPrefix = isPrefix
        super.init(range)
    }
    override var isSilent: Bool { true }
    override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        if let own = variable?.plain(frame), case .number(.int(let old)) = own.stored {
            let (new, overflow) = old.addingReportingOverflow(step)
            if !overflow {
                own.stored = .int(new)
                return .int(isPrefix ? new : old)
            }
        }
        var result = Value.null
        try target.update(frame) { old throws(Stop) in
            guard
                old.isNull || old.asObject is BigIntegerObject
                    || Arithmetic.operandNumber(old) != nil && old.asString == nil
            else {
                throw Stop.runtime(
                    "OperatorRequiresNumber", .invalidOperation,
                    "The '\(self.step > 0 ? "++" : "--")' operator works only on numbers. The operand is a "
                        + "'\(old.typeName.fullName)'."
                ).located(self.range, frame)
            }
            let new = try Arithmetic.apply(.add, old.isNull ? .int(0) : old, .int(self.step), frame.runspace)
            result = self.isPrefix ? new : (old.isNull ? .int(0) : old)
            return new
        }
        return result
    }
}
