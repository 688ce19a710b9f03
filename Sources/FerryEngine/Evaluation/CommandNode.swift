import FerryLanguage

struct RedirectionNode {
    enum Target {
        case file(ExpressionNode, appends: Bool)
        case output
    }
    let range: SourceRange
    let stream: Redirection.Stream
    let target: Target
}

/// The first stage of a pipeline when it is an expression.
struct ExpressionStage {
    let expression: ExpressionNode
    let redirections: [RedirectionNode]
}

/// A command of a pipeline: its name and arguments, evaluated each time the pipeline runs.
final class CommandNode {
    enum ArgumentNode {
        /// `expands`: an unquoted variable, whose text a program gets with wildcards expanded.
        case value(ExpressionNode, written: String?, range: SourceRange, expands: Bool = false)
        case parameter(String, ExpressionNode?, written: String, range: SourceRange)
        case splat(ExpressionNode, String)
        case endOfParameters(SourceRange)
        case verbatim(String)
    }

    let range: SourceRange
    let invocation: Command.Invocation
    let literalName: String?
    private let name: ExpressionNode
    let arguments: [ArgumentNode]
    let redirections: [RedirectionNode]
    /// The last look-up of a fixed name, good as long as no command was added or removed.
    private var cached: Found?

    private struct Found {
        let command: CommandEntry
        let version: Int
        let session: ObjectIdentifier
        /// It is a function or alias of the running script file alone.
        let isOfScript: Bool
    }
    /// Where `cached` is good, if it is of a script: not for another one that takes the freed scope's place in memory.
    private weak var cachedScript: Scope?

    init(
        _ range: SourceRange, _ invocation: Command.Invocation, _ literalName: String?, _ name: ExpressionNode,
        _ arguments: [ArgumentNode], _ redirections: [RedirectionNode]
    ) {
        self.range = range
        self.invocation = invocation
        self.literalName = literalName
        self.name = name
        self.arguments = arguments
        self.redirections = redirections
    }

    /// What is to be run: a command found by name, a script block, or a command object.
    enum Callee {
        case command(CommandEntry, name: String)
        case block(ScriptBlock)
        /// `& (Get-Module Name) { … }`: the first argument, a command's name or a block, in the module's session.
        case module(ScriptModule)
    }

    func callee(_ frame: Frame) throws(Stop) -> Callee {
        if let literalName {
            if literalName.isEmpty { throw badExpression(frame) }
            return .command(try find(literalName, frame), name: literalName)
        }
        let value = try name.evaluate(frame)
        switch value {
        case .object(let object):
            if let block = object as? ScriptBlock { return .block(block) }
            if let module = object as? ScriptModule { return .module(module) }
            if let wrapper = object as? CommandObject { return .command(wrapper.entry, name: wrapper.entry.name) }
        case .null, .nothing:
            throw badExpression(frame)
        default: break
        }
        let text = value.display
        if text.isEmpty { throw badExpression(frame) }
        return .command(try find(text, frame), name: text)
    }

    private func badExpression(_ frame: Frame) -> Stop {
        Stop.runtime(
            "BadExpression", .invalidOperation,
            "The expression after '\(invocation.rawValue)' in a pipeline element produced an object that was not valid. It "
                + "must result in a command name, a script block, or a CommandInfo object."
        ).located(name.range, frame)
    }

    private var planned: (function: FunctionCommand, plan: CallPlan?)?
    /// The plan that is good as long as no command was added or removed and the session is the same.
    private var current: CallPlan?
    private var currentVersion = 0
    private var currentSession: ObjectIdentifier?

    /// Drops what was found, which may hold this node in turn.
    func forget() {
        cached = nil
        cachedScript = nil
        planned = nil
        current = nil
    }

    /// The plan for calling what the name means now, if that is a plain function.
    func plan(_ frame: Frame) throws(Stop) -> CallPlan? {
        let session = frame.scope.sessionID
        if let current, currentVersion == frame.runspace.commandVersion, currentSession == session { return current }
        guard let literalName, let function = try find(literalName, frame) as? FunctionCommand else { return nil }
        if let planned, planned.function === function {
            if cached?.isOfScript == false, cached?.command === function {
                (current, currentVersion, currentSession) = (planned.plan, frame.runspace.commandVersion, session)
            }
            return planned.plan
        }
        let signature: Signature
        do throws(Stop) {
            signature = try frame.runspace.signature(of: function.compiled, name: function.name, frame)
        } catch {
            throw error.located(range, frame)
        }
        let plan = CallPlan(function, signature, self, literalName)
        planned = (function, plan)
        return plan
    }

    private func find(_ text: String, _ frame: Frame) throws(Stop) -> CommandEntry {
        let runspace = frame.runspace
        let session = frame.scope.sessionID
        if literalName != nil, let cached, cached.version == runspace.commandVersion, cached.session == session,
            !cached.isOfScript || cachedScript === frame.scope.script
        {
            return cached.command
        }
        do throws(Stop) {
            let entry = try runspace.command(named: text, frame)
            if literalName != nil, entry.isCacheable { remember(entry, text, session, frame) }
            return entry
        } catch {
            throw error.located(name.range, frame)
        }
    }

    /// Only what a name means in every scope of the session or script: what a function defined for itself is gone when it returns.
    private func remember(_ entry: CommandEntry, _ text: String, _ session: ObjectIdentifier, _ frame: Frame) {
        let key = text.folded
        func isOf(_ scope: Scope?) -> Bool { scope?.functions[key] === entry || scope?.aliases[key] === entry }
        var isOfScript = false
        if entry is FunctionCommand || entry is AliasCommand,
            !isOf(frame.runspace.globalSession.top), !isOf(frame.scope.session.top)
        {
            guard isOf(frame.scope.script) else { return }
            isOfScript = true
            cachedScript = frame.scope.script
        }
        cached = Found(
            command: entry, version: frame.runspace.commandVersion, session: session, isOfScript: isOfScript)
    }

    func evaluateArguments(_ frame: Frame) throws(Stop) -> [Argument] {
        var result: [Argument] = []
        result.reserveCapacity(arguments.count)
        for argument in arguments {
            switch argument {
            case .value(let node, let written, let range, let expands):
                let value = try node.evaluate(frame)
                result.append(
                    Argument(
                        value: value.isNothing ? .null : value, written: written, range: range, expands: expands))
            case .parameter(let name, let node, let written, let range):
                let value = try node?.evaluate(frame)
                result.append(
                    Argument(
                        .parameter(name, value.map { $0.isNothing ? .null : $0 }), written: written, range: range))
            case .splat(let node, let name):
                try splat(try node.evaluate(frame), name, into: &result)
            case .endOfParameters(let range): result.append(Argument(.endOfParameters, written: "--", range: range))
            case .verbatim(let text): result.append(Argument(.verbatim(text), written: text))
            }
        }
        return result
    }

    private func splat(_ value: Value, _ name: String, into result: inout [Argument]) throws(Stop) {
        switch value {
        case .table(let table):
            for (key, value) in table.pairs { result.append(Argument(.splatted(key.display, value))) }
        case .null, .nothing: return
        default:
            guard let elements = value.elements else {
                result.append(Argument(value: value))
                return
            }
            for element in elements {
                // `@args` passes on `-Name` words as parameters.
                if let marker = element.asObject as? ParameterWord {
                    result.append(Argument(.parameter(marker.name, nil), written: marker.text))
                } else {
                    result.append(Argument(value: element))
                }
            }
        }
    }
}

/// `-Name` among a function's `$args`: prints as text, and is a parameter again when splatted on.
package final class ParameterWord: Object {
    let name: String
    private let written: String
    init(_ name: String, written: String) {
        self.name = name
        self.written = written
    }
    package override var typeName: RuntimeType { .string }
    package override var text: String { written }
    package override var propertyNames: [String] { ["Length"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        name.folded == "length" ? .count(written.length) : nil
    }
}
