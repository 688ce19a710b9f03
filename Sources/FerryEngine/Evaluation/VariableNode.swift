import FerryLanguage

/// What can stand left of `=`.
class TargetNode: ExpressionNode {
    func assign(_ value: Value, _ frame: Frame) throws(Stop) {}

    /// Reads, computes and writes with the target's own parts evaluated once.
    func update(_ frame: Frame, _ body: (Value) throws(Stop) -> Value) throws(Stop) {
        try assign(try body(try evaluate(frame)), frame)
    }
}

/// `$x` and its scoped forms.
final class VariableNode: TargetNode {
    let symbol: Symbol
    private let qualifier: VariablePath.Qualifier
    private let name: String
    private let layout: Layout
    private let slot: Int
    /// `$x`, no scope or drive in front.
    private let isBare: Bool

    init(_ range: SourceRange, _ path: VariablePath, _ layout: Layout) {
        symbol = Symbol(path.name.folded == "psitem" ? "_" : path.name)
        qualifier = path.qualifier
        if case .none = path.qualifier { isBare = true } else { isBare = false }
        name = path.name
        self.layout = layout
        slot = layout.slot(of: symbol)
        if case .using = path.qualifier { layout.addUsing(path.name) }
        super.init(range)
    }

    @inline(__always) private func own(_ scope: Scope) -> Variable? {
        scope.layout === layout ? scope.slot(slot) : scope.own(symbol)
    }

    /// The variable of the present scope, if there is one and it is nothing but a value.
    @inline(__always) func plain(_ frame: Frame) -> Variable? {
        guard isBare, let variable = own(frame.scope), variable.isPlain else { return nil }
        return variable
    }

    func lookup(_ frame: Frame) -> Variable? {
        switch qualifier {
        case .using: return nil
        case .none:
            if let variable = own(frame.scope) { return variable }
            return frame.scope.find(symbol)
        case .global: return frame.scope.global.own(symbol)
        case .script: return frame.scope.script.own(symbol)
        case .local, .private: return frame.scope.own(symbol)
        case .drive: return nil
        }
    }

    override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        if isBare {
            let scope = frame.scope
            if scope.layout === layout, let value = scope.plainValue(slot) { return value }
            if let variable = own(scope) { return variable.value }
        }
        if case .drive(let drive) = qualifier { return try Drives.read(drive, name, frame) }
        if case .using = qualifier { return try using(frame) }
        if let variable = lookup(frame) { return variable.value }
        if let strict = frame.runspace.strictVersion(frame), strict >= 1 {
            throw Stop.runtime(
                "VariableIsUndefined", .invalidOperation,
                "The variable '$\(name)' cannot be retrieved because it has not been set.", target: .string(name)
            ).located(range, frame)
        }
        return .null
    }

    /// What the caller of the job or of the remote command sent along.
    private func using(_ frame: Frame) throws(Stop) -> Value {
        guard let value = frame.runspace.usingValues?[name.folded] else {
            throw Stop.runtime(
                "UsingWithoutInvokeCommand", .invalidOperation,
                "A Using variable cannot be retrieved. A Using variable can be used only with Invoke-Command, Start-Job, or "
                    + "InlineScript in the script workflow. When it is used with Invoke-Command, the Using variable is valid "
                    + "only if the script block is invoked on a remote computer."
            ).located(range, frame)
        }
        return value
    }

    override func assign(_ value: Value, _ frame: Frame) throws(Stop) {
        if let variable = plain(frame) {
            variable.stored = value
            return
        }
        do throws(Stop) {
            switch qualifier {
            case .none, .using:
                if let variable = own(frame.scope) { return try variable.assign(value, frame.runspace) }
                try frame.scope.set(symbol, to: value, frame.runspace)
            case .global: try frame.scope.global.set(symbol, to: value, frame.runspace)
            case .script: try frame.scope.script.set(symbol, to: value, frame.runspace)
            case .local: try frame.scope.set(symbol, to: value, frame.runspace)
            case .private:
                try frame.scope.set(symbol, to: value, frame.runspace)
                frame.scope.own(symbol)?.options.insert(.private)
            case .drive(let drive): try Drives.write(drive, name, value, frame)
            }
        } catch {
            throw error.located(range, frame)
        }
    }

    /// `$_` and `$this`, which the engine fills.
    var isAutomatic: Bool { isBare && (symbol == .item || symbol == .this) }

    /// An error if the variable cannot be written whatever the value.
    func refuseReadOnly(_ frame: Frame) throws(Stop) {
        guard let variable = lookup(frame), !variable.options.isDisjoint(with: [.readOnly, .constant]) else { return }
        if isBare, own(frame.scope) == nil, variable.options.isDisjoint(with: [.allScope, .constant]) { return }
        do throws(Stop) { try variable.assign(.null, frame.runspace) } catch { throw error.located(range, frame) }
    }

    /// `[int] $x = …`: the type stays with the variable.
    func constrain(_ type: RuntimeType?, _ validations: [Validation], _ frame: Frame) {
        let scope: Scope =
            switch qualifier {
            case .global: frame.scope.global
            case .script: frame.scope.script
            default: frame.scope
            }
        // A new constraint replaces the variable's old one, and with it the variable of that scope.
        let variable = Variable(name, .null)
        variable.type = type
        variable.validations = validations
        if let old = scope.own(symbol), !old.options.isDisjoint(with: [.readOnly, .constant, .allScope]) { return }
        scope.put(symbol, variable)
    }
}

/// `$null = …`: the value is thrown away.
final class DiscardNode: TargetNode {
    override func evaluate(_ frame: Frame) throws(Stop) -> Value { .null }
}

/// `$args`, `$input`, `$PSBoundParameters` …: what the running call knows, unless the script made a variable of that name.
final class AutomaticNode: TargetNode {
    enum Kind {
        case arguments, input, boundParameters, invocation, cmdlet, scriptRoot, commandPath
    }
    private let kind: Kind
    let symbol: Symbol

    /// The types a script may name when it assigns.
    var types: [String] {
        switch kind {
        case .arguments: ["System.Object", "System.Object[]"]
        case .input: ["System.Object"]
        case .boundParameters, .cmdlet: ["System.Object"]
        case .invocation: ["System.Object", "System.Management.Automation.InvocationInfo"]
        case .scriptRoot, .commandPath: ["System.Object", "System.String"]
        }
    }

    init(_ range: SourceRange, _ kind: Kind, _ symbol: Symbol) {
        self.kind = kind
        self.symbol = symbol
        super.init(range)
    }

    var isInput: Bool { kind == .input }

    static func kind(_ name: String) -> Kind? {
        switch name.folded {
        case "args": .arguments
        case "input": .input
        case "psboundparameters": .boundParameters
        case "myinvocation": .invocation
        case "pscmdlet": .cmdlet
        case "psscriptroot": .scriptRoot
        case "pscommandpath": .commandPath
        default: nil
        }
    }

    override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        if let own = frame.scope.own(symbol) { return own.value }
        switch kind {
        case .arguments: return .array(frame.arguments)
        case .input:
            if let cursor = frame.cursor { return .array(cursor.rest) }
            return .array(try frame.source?.all() ?? frame.input)
        case .boundParameters: return .table(frame.context.bound)
        case .invocation:
            return .object(
                InvocationObject(
                    frame.context.invocation ?? Invocation(commandName: "", range: nil, invocationName: "")))
        case .cmdlet: return frame.context.io.map { .object(CmdletObject($0)) } ?? .null
        case .scriptRoot: return .string(range.source.path.map(PathText.parent) ?? "")
        case .commandPath: return .string(range.source.path ?? "")
        }
    }

    override func assign(_ value: Value, _ frame: Frame) throws(Stop) { frame.scope.define(symbol, value) }
}

/// `$input` whose `MoveNext`, `Current` or `Reset` a script asks for: where it is in its input, kept from one time to the next.
final class InputCursorNode: ExpressionNode {
    private let plain: AutomaticNode
    init(_ plain: AutomaticNode) {
        self.plain = plain
        super.init(plain.range)
    }

    /// The members that only the cursor has.
    static func has(_ member: String) -> Bool { ["movenext", "current", "reset"].contains(member.folded) }

    override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        if let own = frame.scope.own(plain.symbol) { return own.value }
        if let cursor = frame.cursor { return .object(cursor) }
        let made = EnumeratorObject(try frame.source?.all() ?? frame.input)
        frame.cursor = made
        return .object(made)
    }
}

/// `$x.name = …`
final class MemberTargetNode: TargetNode {
    private let target: ExpressionNode
    private let name: SelectorNode
    private let isStatic: Bool
    init(_ range: SourceRange, _ target: ExpressionNode, _ name: SelectorNode, isStatic: Bool) {
        self.target = target
        self.name = name
        self.isStatic = isStatic
        super.init(range)
    }
    override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        try MemberNode(range, target, name, isStatic: isStatic, isNullConditional: false).evaluate(frame)
    }
    override func assign(_ value: Value, _ frame: Frame) throws(Stop) {
        let object = try target.evaluate(frame)
        let member = try name.text(frame)
        do throws(Stop) {
            try Members.set(member, of: object, to: value.isNothing ? .null : value, isStatic: isStatic, frame)
        } catch {
            throw error.located(range, frame)
        }
    }
    override func update(_ frame: Frame, _ body: (Value) throws(Stop) -> Value) throws(Stop) {
        let object = try target.evaluate(frame)
        let member = try name.text(frame)
        do throws(Stop) {
            let old = try Members.get(member, of: object, isStatic: isStatic, frame)
            try Members.set(member, of: object, to: try body(old), isStatic: isStatic, frame)
        } catch {
            throw error.located(range, frame)
        }
    }
}

/// `$x[index] = …`
final class IndexTargetNode: TargetNode {
    private let target: ExpressionNode
    private let index: ExpressionNode
    init(_ range: SourceRange, _ target: ExpressionNode, _ index: ExpressionNode) {
        self.target = target
        self.index = index
        super.init(range)
    }
    override func evaluate(_ frame: Frame) throws(Stop) -> Value {
        try IndexNode(range, target, index, isNullConditional: false).evaluate(frame)
    }
    override func assign(_ value: Value, _ frame: Frame) throws(Stop) {
        let object = try target.evaluate(frame)
        let place = try index.evaluate(frame)
        do throws(Stop) {
            try Indexing.set(object, place, value.isNothing ? .null : value, frame)
        } catch {
            throw error.located(range, frame)
        }
    }
    override func update(_ frame: Frame, _ body: (Value) throws(Stop) -> Value) throws(Stop) {
        let object = try target.evaluate(frame)
        let place = try index.evaluate(frame)
        do throws(Stop) {
            let old = try Indexing.get(object, place, frame)
            try Indexing.set(object, place, try body(old), frame)
        } catch {
            throw error.located(range, frame)
        }
    }
}

/// `$a, $b = …`
final class ListTargetNode: TargetNode {
    private let targets: [TargetNode]
    init(_ range: SourceRange, _ targets: [TargetNode]) {
        self.targets = targets
        super.init(range)
    }
    override func assign(_ value: Value, _ frame: Frame) throws(Stop) {
        let values = value.elements ?? (value.isNothing ? [] : [value])
        for (position, target) in targets.enumerated() {
            if position == targets.count - 1, values.count > targets.count {
                try target.assign(.array(Array(values[position...])), frame)
            } else {
                try target.assign(position < values.count ? values[position] : .null, frame)
            }
        }
    }
}

/// `[int] $x = …`, `[ValidateSet('a')] $x = …`
final class ConstrainedTargetNode: TargetNode {
    private let types: [TypeNode]
    private let attributes: [Attribute]
    private let target: TargetNode
    init(_ range: SourceRange, _ types: [TypeNode], _ attributes: [Attribute], _ target: TargetNode) {
        self.types = types
        self.attributes = attributes
        self.target = target
        super.init(range)
    }
    override func evaluate(_ frame: Frame) throws(Stop) -> Value { try target.evaluate(frame) }
    override func assign(_ value: Value, _ frame: Frame) throws(Stop) {
        var converted = value
        var outermost: RuntimeType?
        if !types.isEmpty { try checkTarget(frame) }
        do throws(Stop) {
            for type in types.reversed() {
                let resolved = try type.type(frame)
                converted = try Conversion.convert(converted, to: resolved, frame.runspace)
                outermost = resolved
            }
        } catch {
            throw error.located(range, frame)
        }
        if let variable = target as? VariableNode {
            var validations: [Validation] = []
            for attribute in attributes {
                if let validation = try AttributeReader.validation(attribute, frame) { validations.append(validation) }
            }
            variable.constrain(outermost, validations, frame)
        }
        try target.assign(converted, frame)
    }

    /// Automatic variables have types of their own, and what cannot be written is refused before any conversion.
    private func checkTarget(_ frame: Frame) throws(Stop) {
        if let variable = target as? VariableNode {
            try variable.refuseReadOnly(frame)
            guard variable.isAutomatic else { return }
            return try check(variable.symbol.name, ["System.Object"], frame)
        }
        guard let automatic = target as? AutomaticNode else { return }
        try check(automatic.symbol.name, automatic.types, frame)
    }

    private func check(_ name: String, _ allowed: [String], _ frame: Frame) throws(Stop) {
        for node in types {
            var type: RuntimeType?
            do throws(Stop) { type = try node.type(frame) } catch { type = nil }
            if let type, allowed.contains(type.fullName) { continue }
            throw Stop.runtime(
                "AssignmentStatementToAutomaticNotSupported", .invalidOperation,
                "Cannot assign automatic variable '\(name)' with type '\(type?.fullName ?? node.range.text)'.",
                target: .string(name)
            ).located(range, frame)
        }
    }
}
