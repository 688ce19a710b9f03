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
        let a = try left.evaluate(frame).isTrue
        switch operation {
        case .and: return .bool(a ? try right.evaluate(frame).isTrue : false)
        case .or: return .bool(a ? true : try right.evaluate(frame).isTrue)
        case .xor: return .bool(try right.evaluate(frame).isTrue != a)
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
        if case .number(.int(let x)) = a, case .number(.int(let y)) = b {
            switch `operator` {
            case .equal: return .bool(x == y)
            case .notEqual: return .bool(x != y)
            case .less: return .bool(x < y)
            case .lessOrEqual: return .bool(x <= y)
            case .greater: return .bool(x > y)
            case .greaterOrEqual: return .bool(x >= y)
            default: break
            }
        }
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

/// `-not`, unary `-` and `+`, `-bnot`, unary `-split` and `-join`
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
    private let step: Int32
    private let isPrefix: Bool
    init(_ range: SourceRange, _ target: TargetNode, step: Int32, isPrefix: Bool) {
        self.target = target
        self.step = step
        self.isPrefix = isPrefix
        super.init(range)
    }
    override var isSilent: Bool { true }
    override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        var result = Value.null
        try target.update(frame) { old throws(Stop) in
            guard old.isNull || Arithmetic.operandNumber(old) != nil && old.asString == nil else {
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
