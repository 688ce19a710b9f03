import FerryLanguage

/// The name after a dot: fixed or computed.
enum SelectorNode {
    case name(String)
    case computed(ExpressionNode)

    func text(_ frame: Frame) throws(Stop) -> String {
        switch self {
        case .name(let name): name
        case .computed(let node): try node.evaluate(frame).display
        }
    }
}

/// `target.name`, `[T]::Name`
final class MemberNode: ExpressionNode {
    private let target: ExpressionNode
    private let name: SelectorNode
    private let isStatic: Bool
    private let isNullConditional: Bool
    init(
        _ range: SourceRange, _ target: ExpressionNode, _ name: SelectorNode, isStatic: Bool, isNullConditional: Bool
    ) {
        self.target = target
        self.name = name
        self.isStatic = isStatic
        self.isNullConditional = isNullConditional
        super.init(range)
    }
    override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        let object = try target.evaluate(frame)
        if isNullConditional, object.isNull { return .null }
        do throws(Stop) {
            // `$x.{ script }` runs the block with the object, as PowerShell's computed script members do.
            return try Members.get(try name.text(frame), of: object, isStatic: isStatic, frame)
        } catch {
            throw error.located(range, frame)
        }
    }
}

/// `target.method(…)`, `[T]::Method(…)`
final class InvocationNode: ExpressionNode {
    private let target: ExpressionNode
    private let name: SelectorNode
    private let arguments: [ExpressionNode]
    private let isStatic: Bool
    private let isNullConditional: Bool
    init(
        _ range: SourceRange, _ target: ExpressionNode, _ name: SelectorNode, _ arguments: [ExpressionNode],
        isStatic: Bool,
        isNullConditional: Bool
    ) {
        self.target = target
        self.name = name
        self.arguments = arguments
        self.isStatic = isStatic
        self.isNullConditional = isNullConditional
        super.init(range)
    }
    override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        let object = try target.evaluate(frame)
        if isNullConditional, object.isNull { return .null }
        var values: [Value] = []
        values.reserveCapacity(arguments.count)
        for argument in arguments {
            let value = try argument.evaluate(frame)
            values.append(value.isNothing ? .null : value)
        }
        do throws(Stop) {
            return try Members.invoke(try name.text(frame), on: object, values, isStatic: isStatic, frame)
        } catch {
            throw error.located(range, frame)
        }
    }
}

/// `target[index]`
final class IndexNode: ExpressionNode {
    private let target: ExpressionNode
    private let index: ExpressionNode
    private let isNullConditional: Bool
    init(_ range: SourceRange, _ target: ExpressionNode, _ index: ExpressionNode, isNullConditional: Bool) {
        self.target = target
        self.index = index
        self.isNullConditional = isNullConditional
        super.init(range)
    }
    override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        let object = try target.evaluate(frame)
        if isNullConditional, object.isNull { return .null }
        let place: Value
        if let range = index as? RangeNode, let count = Indexing.count(object) {
            place = try range.places(frame, count: count)
        } else {
            place = try index.evaluate(frame)
        }
        do throws(Stop) {
            return try Indexing.get(object, place, frame)
        } catch {
            throw error.located(range, frame)
        }
    }
}

/// `([object] x).ToString()`: the name of what it is, as System.Object's own method says.
final class TypeNameNode: ExpressionNode {
    private let operand: ExpressionNode
    init(_ range: SourceRange, _ operand: ExpressionNode) {
        self.operand = operand
        super.init(range)
    }
    override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        let value = try operand.evaluate(frame)
        guard !value.isNull else {
            throw Stop.runtime(
                "InvokeMethodOnNull", .invalidOperation, "You cannot call a method on a null-valued expression."
            ).located(range, frame)
        }
        return .string(value.plain.typeName.fullName)
    }
}
