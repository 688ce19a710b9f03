import FerryLanguage

/// Whether an expression is plain data: evaluating it can have no effect.
enum DataCheck {
    static func isData(_ expression: Expression) -> Bool {
        switch expression {
        case .number, .string, .type: return true
        case .variable(let node): return isConstant(node)
        case .expandable(let node):
            return node.parts.allSatisfy { part in
                switch part {
                case .text: true
                case .variable(let variable): isConstant(variable)
                case .subexpression: false
                }
            }
        case .unary(let node): return node.target == nil && isData(node.operand)
        case .binary(let node): return isData(node.left) && isData(node.right)
        case .ternary(let node): return isData(node.condition) && isData(node.then) && isData(node.otherwise)
        case .cast(let node): return isData(node.operand)
        case .array(let node): return node.elements.allSatisfy(isData)
        case .arraySubexpression(let node), .subexpression(let node): return isData(node.body)
        case .parenthesized(let node): return isData(node.statement)
        case .hashtable(let node): return node.entries.allSatisfy { isData($0.key) && isData($0.value) }
        case .scriptBlock: return true
        case .attributed, .member, .invocation, .index: return false
        }
    }

    private static let names: Set<String> = [
        "true", "false", "null", "psscriptroot", "pscommandpath", "pshome", "psedition", "psculture", "psuiculture",
        "iscoreclr", "iswindows", "islinux", "ismacos", "enabledexperimentalfeatures",
    ]

    private static func isConstant(_ node: VariableExpression) -> Bool {
        names.contains(node.path.key)
    }

    private static func isData(_ block: StatementBlock) -> Bool {
        block.traps.isEmpty && block.statements.allSatisfy(isData)
    }

    private static func isData(_ statement: Statement) -> Bool { statement.soleExpression.map(isData) ?? false }
}
