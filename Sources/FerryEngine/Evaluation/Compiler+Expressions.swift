import FerryLanguage

extension Compiler {
    func expression(_ expression: FerryLanguage.Expression) -> ExpressionNode {
        switch expression {
        case .number(let node): return ConstantNode(node.range, Compiler.value(node.value))
        case .string(let node): return ConstantNode(node.range, .string(node.value))
        case .expandable(let node):
            return ExpandableNode(
                node.range,
                node.parts.map { part in
                    switch part {
                    case .text(let text): .text(text)
                    case .variable(let variable): .expression(self.read(variable))
                    case .subexpression(let block):
                        .expression(SubexpressionNode(block.range, self.block(block.body), isArray: false))
                    }
                })
        case .variable(let node): return read(node)
        case .type(let node): return TypeNode(node.range, node.typeName)
        case .unary(let node): return unary(node)
        case .binary(let node): return binary(node)
        case .ternary(let node):
            return TernaryNode(
                node.range, self.expression(node.condition), self.expression(node.then), self.expression(node.otherwise)
            )
        case .cast(let node): return cast(node)
        case .attributed(let node): return self.expression(node.operand)
        case .member(let node):
            return MemberNode(
                node.range, owner(node.target, node.member), selector(node.member), isStatic: node.isStatic,
                isNullConditional: node.isNullConditional)
        case .invocation(let node):
            if !node.isStatic, node.arguments.isEmpty, let operand = objectCast(node.target),
                case .name(let name, _) = node.member, name.folded == "tostring"
            {
                return TypeNameNode(node.range, self.expression(operand))
            }
            return InvocationNode(
                node.range, owner(node.target, node.member), selector(node.member), node.arguments.map(self.expression),
                isStatic: node.isStatic, isNullConditional: node.isNullConditional)
        case .index(let node):
            return IndexNode(
                node.range, self.expression(node.target), self.expression(node.index),
                isNullConditional: node.isNullConditional)
        case .array(let node): return ArrayNode(node.range, node.elements.map(self.expression))
        case .arraySubexpression(let node): return SubexpressionNode(node.range, block(node.body), isArray: true)
        // With nothing in it it is null, and not no output.
        case .subexpression(let node) where node.body.statements.isEmpty: return ConstantNode(node.range, .null)
        case .subexpression(let node): return SubexpressionNode(node.range, block(node.body), isArray: false)
        case .parenthesized(let node): return ParenthesizedNode(node.range, statement(node.statement))
        case .hashtable(let node): return table(node, isOrdered: false)
        case .scriptBlock(let node):
            if isThorough { _ = Compiler.compile(node.block, layout: layout, isThorough: true) }
            return ScriptBlockNode(node.range, node.block, layout)
        }
    }

    /// What `([object] x)` converts: methods called on that are System.Object's own.
    private func objectCast(_ target: Expression) -> Expression? {
        guard case .parenthesized(let group) = target, case .pipeline(let pipeline) = group.statement,
            pipeline.elements.count == 1, case .expression(let element) = pipeline.elements[0],
            element.redirections.isEmpty, case .cast(let cast) = element.expression,
            ["object", "system.object"].contains(cast.type.typeName.key)
        else { return nil }
        return cast.operand
    }

    /// Whose member it is: of `$input`, where the script is in it.
    private func owner(_ target: Expression, _ member: MemberSelector) -> ExpressionNode {
        let node = self.expression(target)
        guard let automatic = node as? AutomaticNode, automatic.isInput, case .name(let name, _) = member,
            InputCursorNode.has(name)
        else { return node }
        return InputCursorNode(automatic)
    }

    func selector(_ selector: MemberSelector) -> SelectorNode {
        switch selector {
        case .name(let name, _): .name(name)
        case .computed(let expression): .computed(self.expression(expression))
        }
    }

    private func table(_ node: HashtableExpression, isOrdered: Bool) -> TableNode {
        TableNode(
            node.range, node.entries.map { (key: expression($0.key), value: statement($0.value)) }, isOrdered: isOrdered
        )
    }

    /// Variables that never change are constants.
    private func read(_ node: VariableExpression) -> ExpressionNode {
        if case .none = node.path.qualifier {
            switch node.path.key {
            case "true": return ConstantNode(node.range, .bool(true))
            case "false": return ConstantNode(node.range, .bool(false))
            case "null": return ConstantNode(node.range, .null)
            default: break
            }
        }
        return variable(node)
    }

    private func cast(_ node: CastExpression) -> ExpressionNode {
        let name = node.type.typeName.key
        if case .hashtable(let literal) = node.operand {
            if name == "ordered" { return table(literal, isOrdered: true) }
            if name == "pscustomobject" || name == "psobject" || name == "system.management.automation.pscustomobject" {
                return CastNode(
                    node.range, TypeNode(node.type.range, node.type.typeName), table(literal, isOrdered: true))
            }
        }
        if name == "ref" { return reference(node) }
        return CastNode(node.range, TypeNode(node.type.range, node.type.typeName), expression(node.operand))
    }

    /// `[ref] $x`, `[ref] ($x = …)`: of the variable; of anything else, `$null` among it, a reference to a value of its own.
    private func reference(_ node: CastExpression) -> ExpressionNode {
        switch node.operand {
        case .variable(let variable):
            if case .none = variable.path.qualifier, ["null", "true", "false"].contains(variable.path.key) { break }
            return ReferenceNode(node.range, VariableNode(variable.range, variable.path, layout), nil)
        case .parenthesized(let inner):
            if case .assignment(let assignment) = inner.statement, case .variable(let variable) = assignment.target {
                return ReferenceNode(
                    node.range, VariableNode(variable.range, variable.path, layout), expression(node.operand))
            }
        default: break
        }
        return ReferenceNode(node.range, nil, expression(node.operand))
    }

    private func unary(_ node: UnaryExpression) -> ExpressionNode {
        let caseSensitive = node.isCaseSensitive
        switch node.operator {
        case .preIncrement, .preDecrement, .postIncrement, .postDecrement:
            guard let assignable = node.target else { return expression(node.operand) }
            let isIncrement = node.operator == .preIncrement || node.operator == .postIncrement
            let isPrefix = node.operator == .preIncrement || node.operator == .preDecrement
            return StepNode(node.range, target(assignable), step: isIncrement ? 1 : -1, isPrefix: isPrefix)
        case .not:
            return NotNode(node.range, expression(node.operand))
        case .bitNot:
            return UnaryNode(node.range, expression(node.operand)) { value, _ throws(Stop) in
                try Arithmetic.complement(value)
            }
        case .minus:
            return UnaryNode(node.range, expression(node.operand)) { value, _ throws(Stop) in
                try Arithmetic.negate(value)
            }
        case .plus:
            return UnaryNode(node.range, expression(node.operand)) { value, _ throws(Stop) in
                try Arithmetic.apply(.add, .int(0), value)
            }
        case .split:
            _ = caseSensitive
            return UnaryNode(node.range, expression(node.operand)) { value, frame throws(Stop) in
                Operators.splitWords(value, frame)
            }
        case .join:
            return UnaryNode(node.range, expression(node.operand)) { value, frame throws(Stop) in
                try Operators.join(value, "", frame)
            }
        }
    }

    private func binary(_ node: BinaryExpression) -> ExpressionNode {
        let range = node.range
        let left = expression(node.left)
        let right = expression(node.right)
        let caseSensitive = node.isCaseSensitive
        switch node.operator {
        case .add: return ArithmeticNode(range, .add, left, right)
        case .subtract: return ArithmeticNode(range, .subtract, left, right)
        case .multiply: return ArithmeticNode(range, .multiply, left, right)
        case .divide: return ArithmeticNode(range, .divide, left, right)
        case .remainder: return ArithmeticNode(range, .remainder, left, right)
        case .range: return RangeNode(range, left, right)
        case .and: return LogicalNode(range, .and, left, right)
        case .or: return LogicalNode(range, .or, left, right)
        case .xor: return LogicalNode(range, .xor, left, right)
        case .bitAnd: return BitNode(range, .and, left, right)
        case .bitOr: return BitNode(range, .or, left, right)
        case .bitXor: return BitNode(range, .xor, left, right)
        case .shiftLeft: return BitNode(range, .shiftLeft, left, right)
        case .shiftRight: return BitNode(range, .shiftRight, left, right)
        case .coalesce: return CoalesceNode(range, left, right)
        case .equal, .notEqual, .greater, .greaterOrEqual, .less, .lessOrEqual, .like, .notLike, .match, .notMatch:
            return ComparisonNode(range, node.operator, caseSensitive: caseSensitive, left, right)
        case .format:
            return BinaryFunctionNode(range, left, right) { a, b, frame throws(Stop) in
                try Operators.format(a, b, frame)
            }
        case .contains, .notContains:
            let wanted = node.operator == .contains
            return BinaryFunctionNode(range, left, right) { a, b, frame throws(Stop) in
                .bool(Operators.contains(a, b, caseSensitive, frame.runspace) == wanted)
            }
        case .in, .notIn:
            let wanted = node.operator == .in
            return BinaryFunctionNode(range, left, right) { a, b, frame throws(Stop) in
                .bool(Operators.contains(b, a, caseSensitive, frame.runspace) == wanted)
            }
        case .replace:
            return BinaryFunctionNode(range, left, right) { a, b, frame throws(Stop) in
                try Operators.replace(a, b, caseSensitive: caseSensitive, frame)
            }
        case .split:
            return BinaryFunctionNode(range, left, right) { a, b, frame throws(Stop) in
                try Operators.split(a, b, caseSensitive: caseSensitive, frame)
            }
        case .join:
            return BinaryFunctionNode(range, left, right) { a, b, frame throws(Stop) in
                try Operators.join(a, Conversion.text(b, frame.runspace), frame)
            }
        case .is:
            return BinaryFunctionNode(range, left, right) { a, b, frame throws(Stop) in
                .bool(try Operators.isType(a, b, frame))
            }
        case .isNot:
            return BinaryFunctionNode(range, left, right) { a, b, frame throws(Stop) in
                .bool(try !Operators.isType(a, b, frame))
            }
        case .as:
            return BinaryFunctionNode(range, left, right) { a, b, frame throws(Stop) in
                try Operators.asType(a, b, frame)
            }
        }
    }

    static func value(_ number: NumberValue) -> Value {
        switch number {
        case .int8(let value): return .number(.sbyte(value))
        case .uint8(let value): return .number(.byte(value))
        case .int16(let value): return .number(.short(value))
        case .uint16(let value): return .number(.ushort(value))
        case .int32(let value): return .int(value)
        case .uint32(let value): return .number(.uint(value))
        case .int64(let value): return .long(value)
        case .uint64(let value): return .number(.ulong(value))
        case .double(let value): return .double(value)
        case .decimal(let significand, let scale):
            guard let value = DecimalNumber("\(significand)e-\(scale)") else { return .double(0) }
            return .number(.decimal(value))
        case .bigInteger(let digits):
            return BigIntegerObject(digits: digits).map { .object($0) } ?? .double(Double(digits) ?? 0)
        }
    }
}
