import FerryLanguage

/// What a loop does with the way its body ended.
private enum LoopStep {
    case next
    case leave
    case pass(Completion)
}

extension Scope {
    /// Runs `body` with `$foreach` or `$switch` standing for where a loop is, if the code of this scope mentions it at all.
    fileprivate func withEnumerator<Result>(
        _ symbol: Symbol, _ enumerator: EnumeratorObject, _ body: () throws(Stop) -> Result
    ) throws(Stop) -> Result {
        let outer = own(symbol)
        put(symbol, Variable(symbol.name, .object(enumerator)))
        defer { put(symbol, outer) }
        return try body()
    }

    fileprivate func mentions(_ symbol: Symbol) -> Bool { layout?.existing(symbol) != nil }
}

/// Common to all loops: labels, and jumps that arrive from inside other script blocks.
class LoopNode: StatementNode {
    private let label: String?
    init(_ range: SourceRange, label: String?) {
        self.label = label
        super.init(range)
    }

    fileprivate func isMine(_ wanted: String?) -> Bool { wanted == nil || wanted?.folded == label?.folded }

    /// Runs the body once. `nil`: go on; otherwise how the loop ends.
    fileprivate func turn(_ body: BlockNode, _ frame: Frame, _ output: Sink) throws(Stop) -> LoopStep {
        if frame.runspace.interrupt.isRaised { throw .interrupted }
        do throws(Stop) {
            switch try body.run(frame, output) {
            case .normal: return .next
            case .breaking(let wanted): return isMine(wanted) ? .leave : .pass(.breaking(wanted))
            case .continuing(let wanted): return isMine(wanted) ? .next : .pass(.continuing(wanted))
            case .returning: return .pass(.returning)
            }
        } catch {
            switch error {
            case .breaking(let wanted) where isMine(wanted): return .leave
            case .continuing(let wanted) where isMine(wanted): return .next
            default: throw error
            }
        }
    }
}

final class ForeachNode: LoopNode {
    private let variable: VariableNode
    private let collection: StatementNode
    private let body: BlockNode
    /// Whether the code mentions `$foreach`.
    private let isWatched: Bool
    init(
        _ range: SourceRange, label: String?, _ variable: VariableNode, _ collection: StatementNode, _ body: BlockNode,
        isWatched: Bool
    ) {
        self.isWatched = isWatched
        self.variable = variable
        self.collection = collection
        self.body = body
        super.init(range, label: label)
    }
    override func run(_ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        var completion = Completion.normal
        func step(_ value: Value) throws(Stop) -> Bool {
            try variable.assign(value, frame)
            switch try turn(body, frame, output) {
            case .next: return true
            case .leave: return false
            case .pass(let other):
                completion = other
                return false
            }
        }
        if isWatched || frame.scope.mentions(.foreach) {
            let source = try collection.value(frame)
            if source.isNull { return .normal }
            let enumerator = EnumeratorObject(source.elements ?? [source])
            try frame.scope.withEnumerator(.foreach, enumerator) { () throws(Stop) in
                while enumerator.moveNext() { guard try step(enumerator.current) else { return } }
            }
            return completion
        }
        // A range is walked without being built.
        if let sole = (collection as? ExpressionStatement)?.expression as? RangeNode {
            try sole.forEach(frame) { value throws(Stop) in try step(value) }
            return completion
        }
        let source = try collection.value(frame)
        switch source {
        case .nothing, .null: return .normal
        default: break
        }
        for value in source.elements ?? [source] {
            guard try step(value.isNothing ? .null : value) else { break }
        }
        return completion
    }
}

final class ForNode: LoopNode {
    private let initializer: StatementNode?
    private let condition: StatementNode?
    private let iterator: StatementNode?
    private let body: BlockNode
    init(
        _ range: SourceRange, label: String?, _ initializer: StatementNode?, _ condition: StatementNode?,
        _ iterator: StatementNode?, _ body: BlockNode
    ) {
        self.initializer = initializer
        self.condition = condition
        self.iterator = iterator
        self.body = body
        super.init(range, label: label)
    }
    override func run(_ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        let nowhere = frame.runspace.nowhere
        _ = try initializer?.run(frame, nowhere)
        while try condition?.holds(frame) ?? true {
            switch try turn(body, frame, output) {
            case .next: break
            case .leave: return .normal
            case .pass(let completion): return completion
            }
            _ = try iterator?.run(frame, nowhere)
        }
        return .normal
    }
}

/// `while`, `do … while`, `do … until`
final class ConditionLoopNode: LoopNode {
    private let kind: ConditionLoop.Kind
    private let condition: StatementNode
    private let body: BlockNode
    init(
        _ range: SourceRange, label: String?, _ kind: ConditionLoop.Kind, _ condition: StatementNode, _ body: BlockNode
    ) {
        self.kind = kind
        self.condition = condition
        self.body = body
        super.init(range, label: label)
    }
    override func run(_ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        if kind == .while, try !condition.holds(frame) { return .normal }
        while true {
            switch try turn(body, frame, output) {
            case .next: break
            case .leave: return .normal
            case .pass(let completion): return completion
            }
            let holds = try condition.holds(frame)
            if holds == (kind == .doUntil) { return .normal }
        }
    }
}

final class SwitchNode: LoopNode {
    enum Input {
        case value(StatementNode)
        case file(ExpressionNode)
    }
    struct Clause {
        /// A script block literal is a condition.
        let pattern: ExpressionNode
        let body: BlockNode
    }
    private let matching: SwitchStatement.Matching
    private let isCaseSensitive: Bool
    private let input: Input
    private let clauses: [Clause]
    private let otherwise: BlockNode?
    /// Whether the code mentions `$switch`.
    private let isWatched: Bool
    init(
        _ range: SourceRange, label: String?, _ matching: SwitchStatement.Matching, caseSensitive: Bool, _ input: Input,
        _ clauses: [Clause], _ otherwise: BlockNode?, isWatched: Bool
    ) {
        self.isWatched = isWatched
        self.matching = matching
        isCaseSensitive = caseSensitive
        self.input = input
        self.clauses = clauses
        self.otherwise = otherwise
        super.init(range, label: label)
    }

    override func run(_ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        let source: Value
        switch input {
        case .value(let statement): source = try statement.value(frame)
        case .file(let path):
            let name = try path.evaluate(frame).display
            source = .array(try frame.runspace.readLines(of: name, frame).map { .string($0) })
        }
        if source.isNothing { return .normal }
        let old = frame.scope.own(.item)
        let oldValue = old?.value
        defer {
            if let old, let oldValue { old.stored = oldValue } else { frame.scope.remove(.item) }
        }
        let enumerator = EnumeratorObject(source.elements ?? [source])
        guard isWatched || frame.scope.mentions(.switch) else { return try select(enumerator, frame, output) }
        return try frame.scope.withEnumerator(.switch, enumerator) { () throws(Stop) in
            try select(enumerator, frame, output)
        }
    }

    private func select(_ enumerator: EnumeratorObject, _ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        items: while enumerator.moveNext() {
            let item = enumerator.current
            frame.scope.define(.item, item)
            var matched = false
            for clause in clauses {
                guard try matches(clause, item, frame) else { continue }
                matched = true
                switch try turnKeepingContinue(clause.body, frame, output) {
                case .normal: break
                case .breaking(nil): return .normal
                case .continuing(nil): continue items
                case let other: return other
                }
                frame.scope.define(.item, item)
            }
            if !matched, let otherwise {
                switch try turnKeepingContinue(otherwise, frame, output) {
                case .normal: break
                case .breaking(nil): return .normal
                case .continuing(nil): continue items
                case let other: return other
                }
            }
        }
        return .normal
    }

    /// In a switch, `break` ends the switch and `continue` the present item, also when thrown from an inner block.
    private func turnKeepingContinue(_ body: BlockNode, _ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        do throws(Stop) {
            let completion = try body.run(frame, output)
            if case .breaking(let wanted) = completion, isMine(wanted) { return .breaking(nil) }
            if case .continuing(let wanted) = completion, isMine(wanted) { return .continuing(nil) }
            return completion
        } catch {
            switch error {
            case .breaking(let wanted) where isMine(wanted): return .breaking(nil)
            case .continuing(let wanted) where isMine(wanted): return .continuing(nil)
            default: throw error
            }
        }
    }

    private func matches(_ clause: Clause, _ item: Value, _ frame: Frame) throws(Stop) -> Bool {
        let pattern = try clause.pattern.evaluate(frame)
        if clause.pattern is ScriptBlockNode, let block = pattern.asScriptBlock {
            return Value.array(try block.collect(frame, item: item)).isTrue
        }
        switch matching {
        case .wildcard:
            return try WildcardPattern.checked(pattern.display, caseSensitive: isCaseSensitive).matches(item.display)
        case .regex:
            let regex = try Operators.pattern(pattern, caseSensitive: isCaseSensitive, operator: "switch -regex")
            guard let match = try regex.firstMatch(in: item.display, frame.runspace.interrupt) else { return false }
            frame.scope.define(.matches, .table(Operators.table(of: match)))
            return true
        case .exact:
            if case .string = pattern {
                return isCaseSensitive
                    ? pattern.display == item.display : pattern.display.equalsIgnoringCase(item.display)
            }
            return Comparison.equal(item, pattern, caseSensitive: isCaseSensitive, frame.runspace)
        }
    }
}
