import FerryLanguage

final class ConstantNode: ExpressionNode {
    private let value: Value
    init(_ range: SourceRange, _ value: Value) {
        self.value = value
        super.init(range)
    }
    package override func evaluate(_ frame: Frame) throws(Stop) -> Value { value }
}

/// `"a $b $(c)"`
final class ExpandableNode: ExpressionNode {
    enum Part {
        case text(String)
        case expression(ExpressionNode)
    }
    private let parts: [Part]
    init(_ range: SourceRange, _ parts: [Part]) {
        self.parts = parts
        super.init(range)
    }
    package override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        var text = ""
        for part in parts {
            switch part {
            case .text(let piece): text += piece
            case .expression(let node):
                let value = try node.evaluate(frame)
                switch value {
                case .string(let piece): text += piece
                case .array, .list: text += value.text(separator: frame.runspace.outputFieldSeparator(frame))
                default: text += try Members.text(value, frame)
                }
            }
        }
        return .string(text)
    }
}

/// `a, b` and `,a`
final class ArrayNode: ExpressionNode {
    private let elements: [ExpressionNode]
    init(_ range: SourceRange, _ elements: [ExpressionNode]) {
        self.elements = elements
        super.init(range)
    }
    package override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            let value = try element.evaluate(frame)
            values.append(value.isNothing ? .null : value)
        }
        return .array(values)
    }
}

/// `$( … )` and `@( … )`
final class SubexpressionNode: ExpressionNode {
    private let body: BlockNode
    var hasStatements: Bool { !body.statements.isEmpty }
    private let isArray: Bool
    init(_ range: SourceRange, _ body: BlockNode, isArray: Bool) {
        self.body = body
        self.isArray = isArray
        super.init(range)
    }
    package override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        if isArray, let sole = body.soleExpression {
            // `@(expression)` keeps an array that the expression already is.
            let value = try sole.expression.evaluate(frame)
            if sole.succeeds { frame.runspace.lastSucceeded = true }
            if case .array(let array) = value, array.elementType == .object { return .array(array.elements) }
            if value.isNothing { return .array([]) }
            return .array(value.elements ?? [value])
        }
        let sink = CollectingSink()
        switch try body.run(frame, sink) {
        case .normal: break
        case .breaking(let label): throw .breaking(label: label)
        case .continuing(let label): throw .continuing(label: label)
        case .returning: throw .returning(sink)
        }
        return isArray ? .array(sink.values) : sink.result
    }
    package override func emit(_ frame: Frame, _ output: Sink) throws(Stop) {
        if isArray { return try output.enumerate(try evaluate(frame)) }
        // `$( … )` as a statement streams.
        switch try body.run(frame, output) {
        case .normal: break
        case .breaking(let label): throw .breaking(label: label)
        case .continuing(let label): throw .continuing(label: label)
        case .returning: throw .returning(CollectingSink())
        }
    }
}

/// `( … )` around a pipeline or assignment.
final class ParenthesizedNode: ExpressionNode {
    private let statement: StatementNode
    init(_ range: SourceRange, _ statement: StatementNode) {
        self.statement = statement
        super.init(range)
    }
    package override func evaluate(_ frame: Frame) throws(Stop) -> Value { try statement.value(frame) }
}

/// `@{ … }`, `[ordered]@{ … }`
final class TableNode: ExpressionNode {
    private let entries: [(key: ExpressionNode, value: StatementNode)]
    private let isOrdered: Bool
    init(_ range: SourceRange, _ entries: [(key: ExpressionNode, value: StatementNode)], isOrdered: Bool) {
        self.entries = entries
        self.isOrdered = isOrdered
        super.init(range)
    }
    package override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        let table = TableObject(kind: isOrdered ? .ordered : .hashtable)
        for (keyNode, valueNode) in entries {
            let key = try keyNode.evaluate(frame)
            if key.isNull {
                throw Stop.runtime(
                    "InvalidNullKey", .invalidOperation, "A null key is not allowed in a hash literal."
                ).located(keyNode.range, frame)
            }
            if table[key] != nil {
                throw Stop.runtime(
                    "DuplicateKeyInHashLiteral", .invalidOperation,
                    "Duplicate keys '\(key.display)' are not allowed in hash literals."
                ).located(keyNode.range, frame)
            }
            let value = try valueNode.value(frame)
            table[key] = value.isNothing ? .null : value
        }
        return .table(table)
    }
}

final class ScriptBlockNode: ExpressionNode {
    private let syntax: ScriptSyntax
    private let layout: Layout
    /// Compiled when it is first wanted: much code is written that no run comes to.
    private var compiled: CompiledBlock?
    init(_ range: SourceRange, _ syntax: ScriptSyntax, _ layout: Layout) {
        self.syntax = syntax
        self.layout = layout
        super.init(range)
    }
    package override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        let block = compiled ?? frame.runspace.compiled(syntax, layout: layout)
        compiled = block
        return .object(ScriptBlock(block, session: frame.scope.session))
    }
}

final class TypeNode: ExpressionNode {
    private let syntax: FerryLanguage.TypeName
    private var resolved: RuntimeType?
    init(_ range: SourceRange, _ syntax: FerryLanguage.TypeName) {
        self.syntax = syntax
        super.init(range)
    }
    func type(_ frame: Frame) throws(Stop) -> RuntimeType {
        if let resolved { return resolved }
        let type = try TypeCatalog.resolve(syntax, frame.runspace, at: range, frame)
        resolved = type
        return type
    }
    /// The type that a `catch` names; `nil` for an exception of .NET or of a product on it that nothing here throws: a script may
    /// be ready for more than can happen.
    func caught(_ frame: Frame) throws(Stop) -> RuntimeType? {
        do throws(Stop) {
            return try type(frame)
        } catch {
            let key = syntax.key
            guard key.hasSuffix("exception"), key.hasPrefix("system.") || key.hasPrefix("microsoft.") else {
                throw error
            }
            return nil
        }
    }
    package override func evaluate(_ frame: Frame) throws(Stop) -> Value { .type(try type(frame)) }
}

final class CastNode: ExpressionNode {
    private let type: TypeNode
    private let operand: ExpressionNode
    init(_ range: SourceRange, _ type: TypeNode, _ operand: ExpressionNode) {
        self.type = type
        self.operand = operand
        super.init(range)
    }
    package override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        let target = try type.type(frame)
        let value = try operand.evaluate(frame)
        do throws(Stop) {
            let converted = try Conversion.convert(value, to: target, frame.runspace)
            // Around a plain value a wrapper that members can be added to.
            if case .psObject = target.kind { return converted.extensible }
            return converted
        } catch {
            throw error.located(range, frame)
        }
    }
}

/// `[ref] $x`: a reference to a variable, or to a value that nothing else refers to.
final class ReferenceNode: ExpressionNode {
    private let variable: VariableNode?
    private let value: ExpressionNode?

    /// - Parameter value: evaluated first; what the reference holds when there is no variable.
    init(_ range: SourceRange, _ variable: VariableNode?, _ value: ExpressionNode?) {
        self.variable = variable
        self.value = value
        super.init(range)
    }
    package override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        let given = try value?.evaluate(frame) ?? .null
        guard let variable else {
            return .object(ReferenceObject(Variable("", given.isNothing ? .null : given), frame.runspace))
        }
        guard let found = variable.lookup(frame) else {
            throw Stop.runtime(
                "NonExistingVariableReference", .invalidOperation,
                "[ref] cannot be applied to a variable that does not exist."
            ).located(range, frame)
        }
        return .object(ReferenceObject(found, frame.runspace))
    }
}

/// `System.Management.Automation.PSReference`: `.Value` reads and writes the variable.
package final class ReferenceObject: Object {
    let variable: Variable
    private let runspace: Runspace
    init(_ variable: Variable, _ runspace: Runspace) {
        self.variable = variable
        self.runspace = runspace
    }
    private static let type = RuntimeType("System.Management.Automation.PSReference")
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] { ["Value"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        name.folded == "value" ? variable.value : nil
    }
    package override func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool {
        guard name.folded == "value" else { return false }
        try variable.assign(value, runspace)
        return true
    }
}

final class TernaryNode: ExpressionNode {
    private let condition: ExpressionNode
    private let then: ExpressionNode
    private let otherwise: ExpressionNode
    init(_ range: SourceRange, _ condition: ExpressionNode, _ then: ExpressionNode, _ otherwise: ExpressionNode) {
        self.condition = condition
        self.then = then
        self.otherwise = otherwise
        super.init(range)
    }
    package override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        try condition.evaluate(frame).isTrue ? try then.evaluate(frame) : try otherwise.evaluate(frame)
    }
}

/// `a..b`
final class RangeNode: ExpressionNode {
    private let left: ExpressionNode
    private let right: ExpressionNode
    init(_ range: SourceRange, _ left: ExpressionNode, _ right: ExpressionNode) {
        self.left = left
        self.right = right
        super.init(range)
    }

    private enum Bounds {
        case numbers(Int64, Int64)
        case characters(UInt16, UInt16)
    }

    private func bounds(_ frame: Frame) throws(Stop) -> Bounds {
        let low = try left.evaluate(frame)
        let high = try right.evaluate(frame)
        if let first = RangeNode.character(low), let last = RangeNode.character(high) {
            return .characters(first, last)
        }
        do throws(Stop) {
            return .numbers(try RangeNode.number(low), try RangeNode.number(high))
        } catch {
            throw error.located(range, frame)
        }
    }

    private static func character(_ value: Value) -> UInt16? {
        switch value {
        case .char(let unit): unit
        case .string(let text) where text.length == 1 && NumberText.literal(text) == nil: text.utf16.first
        default: nil
        }
    }

    private static func number(_ value: Value) throws(Stop) -> Int64 {
        guard case .number(let number) = try Conversion.convert(value, to: .int32) else { return 0 }
        return number.asInt64 ?? 0
    }

    /// Calls `body` for each value, without making them all first.
    func forEach(_ frame: Frame, _ body: (Value) throws(Stop) -> Bool) throws(Stop) {
        try forEach(try bounds(frame), frame, body)
    }

    private func forEach(_ bounds: Bounds, _ frame: Frame, _ body: (Value) throws(Stop) -> Bool) throws(Stop) {
        let interrupt = frame.runspace.interrupt
        switch bounds {
        case .numbers(let first, let last):
            var current = first
            while true {
                try interrupt.check()
                guard try body(.int(Int32(truncatingIfNeeded: current))) else { return }
                if current == last { return }
                current += first <= last ? 1 : -1
            }
        case .characters(let first, let last):
            var current = first
            while true {
                guard try body(.char(current)) else { return }
                if current == last { return }
                if first <= last { current += 1 } else { current -= 1 }
            }
        }
    }

    /// The values of `a..b` that are places in a collection of `count`, counted from either end: nobody asks for the others, and
    /// there can be more of them than memory holds.
    func places(_ frame: Frame, count: Int) throws(Stop) -> Value {
        let bounds = try bounds(frame)
        guard case .numbers(let first, let last) = bounds else { return try values(bounds, frame) }
        let low = max(min(first, last), -Int64(count))
        let high = min(max(first, last), Int64(count) - 1)
        guard low <= high else { return .array([]) }
        let places = (low...high).map { Value.int(Int32(truncatingIfNeeded: $0)) }
        return .array(first <= last ? places : places.reversed())
    }

    package override func evaluate(_ frame: Frame) throws(Stop) -> Value { try values(try bounds(frame), frame) }

    private func values(_ bounds: Bounds, _ frame: Frame) throws(Stop) -> Value {
        var values: [Value] = []
        try forEach(bounds, frame) { value throws(Stop) in
            values.append(value)
            return true
        }
        return .array(values)
    }

    package override func emit(_ frame: Frame, _ output: Sink) throws(Stop) {
        try forEach(frame) { value throws(Stop) in
            // Down a pipeline characters travel as strings.
            if case .char(let unit) = value {
                try output.write(.string(String(units: [unit])))
            } else {
                try output.write(value)
            }
            return true
        }
    }
}
