import FerryLanguage

/// Statements in order. An error that is not caught ends its statement and, as the preferences say, not the block.
final class BlockNode {
    let statements: [StatementNode]
    private let traps: [TrapNode]
    /// The one statement of a block that is nothing else: no optional, which would have to be held while it runs.
    private let sole: StatementNode
    private let isSole: Bool
    init(_ statements: [StatementNode], traps: [TrapNode] = []) {
        self.statements = statements
        self.traps = traps
        isSole = statements.count == 1
        sole = statements.first ?? StatementNode(SourceText("").wholeRange)
    }

    /// The one statement of a block that is an expression and nothing else.
    var soleExpression: ExpressionStatement? {
        guard statements.count == 1, let pipeline = statements[0] as? ExpressionStatement,
            !pipeline.expression.isSilent,
            traps.isEmpty
        else { return nil }
        return pipeline
    }

    func run(_ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        if isSole { return try step(sole, frame, output) }
        for index in statements.indices {
            let completion = try step(statements[index], frame, output)
            if case .normal = completion { continue }
            return completion
        }
        return .normal
    }

    @inline(__always)
    private func step(_ statement: StatementNode, _ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        if frame.runspace.interrupt.isRaised { throw .interrupted }
        do throws(Stop) {
            return try statement.run(frame, output)
        } catch {
            return try survive(error, frame, output)
        }
    }

    /// What an error in a statement means for the block: it goes on, or ends with the trap or the caller.
    private func survive(_ stop: Stop, _ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        guard case .error(let record) = stop else { throw stop }
        if !traps.isEmpty, let completion = try trapped(record, frame, output) { return completion }
        try frame.runspace.handle(record, frame)
        return .normal
    }

    /// Runs the trap for an error; `nil` when no trap takes it or the trap falls through to the normal treatment.
    private func trapped(_ record: ErrorRecord, _ frame: Frame, _ output: Sink) throws(Stop) -> Completion? {
        var taker: TrapNode?
        for trap in traps where try trap.takes(record, frame) {
            taker = trap
            break
        }
        guard let trap = taker else { return nil }
        frame.runspace.record(record)
        frame.runspace.lastSucceeded = false
        switch try trap.run(record, frame, output) {
        case .continuing(nil): return .normal
        case .breaking(nil): throw .error(record)
        case .returning: return .returning
        case .normal:
            frame.runspace.report(record, frame)
            return .normal
        case let other: return other
        }
    }
}

final class TrapNode {
    private let type: TypeNode?
    private let body: BlockNode
    init(_ type: TypeNode?, _ body: BlockNode) {
        self.type = type
        self.body = body
    }
    func takes(_ record: ErrorRecord, _ frame: Frame) throws(Stop) -> Bool {
        guard let type else { return true }
        return TryNode.matches(record, try type.type(frame))
    }
    func run(_ record: ErrorRecord, _ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        let scope = Scope(parent: frame.scope, kind: .local, session: frame.scope.session)
        scope.define(.item, .object(record))
        let inner = Frame(runspace: frame.runspace, scope: scope, streams: frame.streams, context: frame.context)
        inner.arguments = frame.arguments
        return try frame.runspace.entering(scope) { () throws(Stop) in try body.run(inner, output) }
    }
}

/// A pipeline that is one expression.
final class ExpressionStatement: StatementNode {
    let expression: ExpressionNode
    private let isSilent: Bool
    /// `( … )`, and `$( … )` and `@( … )` with statements in them, leave `$?` as what is inside left it.
    let succeeds: Bool
    init(_ range: SourceRange, _ expression: ExpressionNode) {
        self.expression = expression
        isSilent = expression.isSilent
        succeeds = !(expression is ParenthesizedNode) && (expression as? SubexpressionNode)?.hasStatements != true
        super.init(range)
    }
    override func run(_ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        if isSilent {
            _ = try expression.evaluate(frame)
        } else {
            try expression.emit(frame, output)
        }
        if succeeds { frame.runspace.lastSucceeded = true }
        return .normal
    }
    override func holds(_ frame: Frame) throws(Stop) -> Bool {
        let holds = try expression.holds(frame)
        frame.runspace.lastSucceeded = true
        return holds
    }
    override func discard(_ frame: Frame) throws(Stop) { _ = try value(frame) }
    override func value(_ frame: Frame) throws(Stop) -> Value {
        let value = try expression.evaluate(frame)
        frame.runspace.lastSucceeded = true
        return value
    }
}

/// `target = value` and the compound forms.
final class AssignmentNode: StatementNode {
    private let target: TargetNode
    private let operation: Assignment.Operator
    private let arithmetic: Arithmetic.Operation?
    private let value: StatementNode
    private let discards: Bool
    /// The target, where it is a variable by its bare name.
    private let variable: VariableNode?
    init(_ range: SourceRange, _ target: TargetNode, _ operation: Assignment.Operator, _ value: StatementNode) {
        self.target = target
        self.operation = operation
        self.value = value
        arithmetic =
            switch operation {
            case .set, .coalesce: nil
            case .add: .add
            case .subtract: .subtract
            case .multiply: .multiply
            case .divide: .divide
            case .remainder: .remainder
            }
        if case .set = operation { discards = target is DiscardNode } else { discards = false }
        variable = target as? VariableNode
        super.init(range)
    }

    override func run(_ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        if discards { try value.discard(frame) } else { _ = try perform(frame) }
        return .normal
    }

    /// `($x = 5)` is 5.
    override func value(_ frame: Frame) throws(Stop) -> Value { try perform(frame) }

    /// What is assigned. Of a statement that returns from the function instead nothing is left: its output was for the target.
    private func result(_ frame: Frame) throws(Stop) -> Value {
        do throws(Stop) {
            return try value.value(frame)
        } catch {
            if case .returning = error { throw .returning(CollectingSink()) }
            throw error
        }
    }

    private func perform(_ frame: Frame) throws(Stop) -> Value {
        if case .set = operation {
            let assigned = try result(frame)
            try target.assign(assigned, frame)
            // A typed variable holds, and the assignment is, what the conversion made.
            if target is ConstrainedTargetNode { return try target.evaluate(frame) }
            return assigned
        }
        if case .coalesce = operation {
            let old = try target.evaluate(frame)
            if !old.isNull { return old }
            let assigned = try value.value(frame)
            try target.assign(assigned, frame)
            return assigned
        }
        let operation = arithmetic ?? .add
        if let variable {
            let old = try variable.evaluate(frame)
            let operand = try value.value(frame)
            let result: Value
            do throws(Stop) {
                result = try Arithmetic.apply(operation, old, operand.isNothing ? .null : operand, frame.runspace)
            } catch {
                throw error.located(range, frame)
            }
            try variable.assign(result, frame)
            return result
        }
        var result = Value.null
        try target.update(frame) { old throws(Stop) in
            let operand = try self.value.value(frame)
            do throws(Stop) {
                result = try Arithmetic.apply(operation, old, operand.isNothing ? .null : operand, frame.runspace)
            } catch {
                throw error.located(self.range, frame)
            }
            return result
        }
        return result
    }
}

final class IfNode: StatementNode {
    private let clauses: [(condition: StatementNode, body: BlockNode)]
    private let otherwise: BlockNode?
    init(_ range: SourceRange, _ clauses: [(condition: StatementNode, body: BlockNode)], _ otherwise: BlockNode?) {
        self.clauses = clauses
        self.otherwise = otherwise
        super.init(range)
    }
    override func run(_ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        for index in clauses.indices where try clauses[index].condition.holds(frame) {
            return try clauses[index].body.run(frame, output)
        }
        return try otherwise?.run(frame, output) ?? .normal
    }
}

/// `return`, `throw`, `exit`
final class LeaveNode: StatementNode {
    private let kind: LeaveStatement.Kind
    private let operand: StatementNode?
    init(_ range: SourceRange, _ kind: LeaveStatement.Kind, _ value: StatementNode?) {
        self.kind = kind
        operand = value
        super.init(range)
    }
    override func run(_ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        switch kind {
        case .return:
            if let operand, case .normal = try operand.run(frame, output) {}
            return .returning
        case .exit:
            let value = try operand?.value(frame) ?? .null
            throw .exiting(code: LeaveNode.exitCode(value))
        case .throw:
            let value = try operand?.value(frame)
            throw Thrower.stop(value, range, frame)
        }
    }

    private static func exitCode(_ value: Value) -> Int32 {
        guard let converted = Conversion.attempt(value, to: .int32), case .number(let number) = converted else {
            return 0
        }
        return Int32(truncatingIfNeeded: number.asInt64 ?? 0)
    }
}

/// What `throw` raises for each kind of operand.
enum Thrower {
    static func stop(_ value: Value?, _ range: SourceRange, _ frame: Frame) -> Stop {
        let record: ErrorRecord
        switch value {
        case nil:
            // A bare `throw` in a catch block raises the caught error again.
            if case .object(let object)? = frame.scope.value(of: .item), let caught = object as? ErrorRecord,
                frame.runspace.isCatching
            {
                record = caught.original ?? caught
            } else {
                record = make(.string("ScriptHalted"), id: "ScriptHalted", message: "ScriptHalted")
            }
        case .object(let object as ErrorRecord)?: record = object
        case .object(let object as ExceptionObject)?:
            record =
                object.record
                ?? ErrorRecord(object, errorID: object.message, category: .operationStopped, target: .null)
        case .some(let value):
            let message = value.isNull ? "ScriptHalted" : value.display
            record = make(value, id: message, message: message)
        }
        record.isThrown = true
        return Stop.error(record).located(range, frame)
    }

    private static func make(_ target: Value, id: String, message: String) -> ErrorRecord {
        ErrorRecord(
            ExceptionObject("System.Management.Automation.RuntimeException", message), errorID: id,
            category: .operationStopped, target: target)
    }
}

/// `break`, `continue`
final class JumpNode: StatementNode {
    private let kind: JumpStatement.Kind
    private let label: ExpressionNode?
    init(_ range: SourceRange, _ kind: JumpStatement.Kind, _ label: ExpressionNode?) {
        self.kind = kind
        self.label = label
        super.init(range)
    }
    override func run(_ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        let name = try label?.evaluate(frame).display
        return kind == .break ? .breaking(name) : .continuing(name)
    }
}

final class FunctionNode: StatementNode {
    private let definition: FunctionDefinition
    init(_ definition: FunctionDefinition) {
        self.definition = definition
        super.init(definition.range)
    }
    override func run(_ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        try frame.runspace.define(definition, in: frame)
        return .normal
    }
}

/// `data { … }`: its output, also assigned to a variable.
final class DataNode: StatementNode {
    private let variable: Symbol?
    private let body: BlockNode
    init(_ range: SourceRange, _ variable: String?, _ body: BlockNode) {
        self.variable = variable.map { Symbol($0) }
        self.body = body
        super.init(range)
    }
    override func run(_ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        guard let variable else { return try body.run(frame, output) }
        let sink = CollectingSink()
        let completion = try body.run(frame, sink)
        try frame.scope.set(variable, to: sink.result, frame.runspace)
        return completion
    }
}
