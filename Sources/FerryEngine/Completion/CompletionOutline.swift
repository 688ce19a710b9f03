import FerryLanguage

/// What the text around the cursor defines, by its syntax alone: variables and what they are given, functions, loops, blocks.
///
/// An unfinished text is parsed with the word at the cursor replaced by something harmless and the open brackets closed; where that
/// is not enough, the finished statements before it are read.
struct CompletionOutline {
    /// A variable that the text gives a value.
    struct Definition {
        /// As the text says it, without scope.
        var name: String
        var attributes: [AttributeNode] = []
        var value: Source
        /// Where the definition ends and what holds it: names are known behind it.
        var end: Int
        /// Where it is known; nil: everywhere behind it.
        var reach: ClosedRange<Int>?

        func isKnown(at place: Int) -> Bool { end <= place && reach?.contains(place) != false }

        /// Whether `place` is in the value that the name is given.
        func isBeingWritten(at place: Int) -> Bool {
            guard case .statement(let statement) = value else { return false }
            return statement.range.start <= place && place <= statement.range.end
        }
    }

    enum Source {
        case statement(Statement)
        case element(of: Statement)
        case parameter(ParameterDeclaration)
        /// `-PipelineVariable name`: what the pipeline's stages up to `index` put out.
        case stage(Pipeline, Int)
        case unknown
    }

    /// Texts longer than this are not parsed while a key waits.
    private static let limit = 256 << 10

    private(set) var definitions: [Definition] = []
    private(set) var functions: [FunctionDefinition] = []
    private(set) var commands: [Command] = []
    private(set) var pipelines: [Pipeline] = []
    private(set) var blocks: [FerryLanguage.ScriptBlock] = []
    /// Labelled loops, outermost first.
    private(set) var loops: [(label: String, range: SourceRange)] = []
    private(set) var switches: [SwitchStatement] = []
    private(set) var tries: [TryStatement] = []
    /// Hashtables given to variables, for the keys of splats.
    private(set) var tables: [(name: String, range: SourceRange)] = []
    let cursor: Int

    /// - Parameter cursor: where the word at the cursor begins, in UTF-8 bytes.
    init(_ text: String, cursor: Int, wordEnd: Int, word: String, closers: String) {
        self.cursor = cursor
        guard text.utf8.count <= Self.limit else { return }
        let bytes = Array(text.utf8)
        let before = String(decoding: bytes[..<min(cursor, bytes.count)], as: UTF8.self)
        let after = String(decoding: bytes[min(wordEnd, bytes.count)...], as: UTF8.self)
        if let script = Self.script(before, word, after, closers) { read(script) }
    }

    private static func script(_ before: String, _ word: String, _ after: String, _ closers: String)
        -> FerryLanguage.ScriptBlock?
    {
        let words = [word, word + "x", "x", "$x", "x=1", word + "'", word + "\"", word + "]", "{}", "(1){}"]
        for (index, word) in words.enumerated() {
            if index < 5, let script = Parser.parse(before + word + after).script { return script }
            if let script = Parser.parse(before + word + closers).script { return script }
        }
        // The finished statements of the text.
        var end = before.endIndex
        for _ in 0..<8 {
            guard let last = before[..<end].lastIndex(where: { ";\n}".contains($0) }) else { return nil }
            if let script = Parser.parse(String(before[...last])).script { return script }
            end = last
        }
        return nil
    }

    private mutating func read(_ script: FerryLanguage.ScriptBlock) {
        let collector = Collector()
        collector.read(script)
        let found = collector.found
        definitions = found.definitions
        functions = found.functions
        commands = found.commands
        pipelines = found.pipelines
        blocks = found.blocks
        loops = found.loops.sorted { $0.range.start < $1.range.start }
        switches = found.switches
        tries = found.tries
        tables = found.tables
    }

    fileprivate struct Collected {
        var definitions: [Definition] = []
        var functions: [FunctionDefinition] = []
        var commands: [Command] = []
        var pipelines: [Pipeline] = []
        var blocks: [FerryLanguage.ScriptBlock] = []
        var loops: [(label: String, range: SourceRange)] = []
        var switches: [SwitchStatement] = []
        var tries: [TryStatement] = []
        var tables: [(name: String, range: SourceRange)] = []
    }

    /// The definition that a name means at `place`: the last one before it that is known there.
    func definition(of name: String, at place: Int) -> Definition? {
        let key = name.folded
        return definitions.filter { $0.name.folded == key && $0.isKnown(at: place) && !$0.isBeingWritten(at: place) }
            .max { $0.end < $1.end }
    }

    /// The attributes that any definition of the name before `place` has.
    func attributes(of name: String, at place: Int) -> [AttributeNode] {
        let key = name.folded
        return definitions.filter { $0.name.folded == key && $0.isKnown(at: place) }.flatMap(\.attributes)
    }

    func function(named name: String) -> FunctionDefinition? {
        functions.last { $0.name.folded == name.folded && $0.range.start < cursor }
    }
}

/// Fills an outline; a class because the walker's closures share it.
private final class Collector {
    var found = CompletionOutline.Collected()
    private var called: [SourceRange] = []

    func read(_ script: FerryLanguage.ScriptBlock) {
        SyntaxWalker(
            statement: { self.note($0) },
            expression: { self.note($0) },
            command: { self.note($0) },
            pipeline: { self.note($0) },
            block: { self.note($0) }
        ).walk(script)
        // What a function or `& { … }` gives a variable is its own.
        let bodies = found.functions.map(\.range) + called
        for index in found.definitions.indices where found.definitions[index].reach == nil {
            let end = found.definitions[index].end
            guard let body = bodies.last(where: { $0.start < end && end <= $0.end }) else { continue }
            found.definitions[index].reach = body.start...body.end
        }
    }

    private func note(_ command: Command) {
        found.commands.append(command)
        if command.invocation == .call, case .scriptBlock = command.name { called.append(command.name.range) }
    }

    private func define(
        _ variable: VariableExpression, _ value: CompletionOutline.Source, end: Int, attributes: [AttributeNode] = [],
        reach: ClosedRange<Int>? = nil
    ) {
        if case .drive = variable.path.qualifier { return }
        found.definitions.append(
            .init(name: variable.path.name, attributes: attributes, value: value, end: end, reach: reach))
    }

    private func define(_ target: AssignmentTarget, _ value: CompletionOutline.Source, attributes: [AttributeNode] = [])
    {
        switch target {
        case .variable(let variable): define(variable, value, end: variable.range.end, attributes: attributes)
        case .constrained(let own, let inner, _): define(inner, value, attributes: attributes + own)
        case .list(let targets, _): for target in targets { define(target, .unknown) }
        case .member, .index: break
        }
    }

    private func note(_ statement: Statement) {
        switch statement {
        case .assignment(let node):
            define(node.target, node.operator == .set ? .statement(node.value) : .unknown)
            if case .variable(let variable) = node.target, case .hashtable(let table)? = node.value.soleExpression {
                found.tables.append((variable.path.name, table.range))
            }
        case .foreach(let node):
            define(node.variable, .element(of: node.collection), end: node.variable.range.end)
            node.label.map { found.loops.append(($0, node.range)) }
        case .for(let node): node.label.map { found.loops.append(($0, node.range)) }
        case .loop(let node): node.label.map { found.loops.append(($0, node.range)) }
        case .switch(let node):
            node.label.map { found.loops.append(($0, node.range)) }
            found.switches.append(node)
        case .try(let node): found.tries.append(node)
        case .function(let node): found.functions.append(node)
        case .data(let node):
            if let name = node.variable {
                found.definitions.append(.init(name: name, value: .unknown, end: node.range.start))
            }
        default: break
        }
    }

    /// `[Type]$name` with no value yet, and variables that a command fills.
    private func note(_ expression: Expression) {
        guard case .cast(let cast) = expression, case .variable(let variable) = cast.operand else { return }
        define(variable, .unknown, end: variable.range.end, attributes: [.type(cast.type)])
    }

    private func note(_ pipeline: Pipeline) {
        found.pipelines.append(pipeline)
        for (index, element) in pipeline.elements.enumerated() {
            guard case .command(let command) = element else { continue }
            for (place, argument) in command.arguments.enumerated() {
                guard case .parameter(let parameter) = argument,
                    let text = Self.constant(parameter.argument ?? Self.value(command.arguments, place + 1))
                else { continue }
                let name = parameter.name.folded
                if name == "pv" || name.hasPrefix("pip") && "pipelinevariable".hasPrefix(name) {
                    found.definitions.append(
                        .init(
                            name: text, value: .stage(pipeline, index), end: element.range.start,
                            reach: element.range.end...max(element.range.end, pipeline.range.end)))
                } else if Self.filling.contains(name) {
                    found.definitions.append(
                        .init(
                            name: text.hasPrefix("+") ? String(text.dropFirst()) : text, value: .unknown,
                            end: element.range.end))
                }
            }
        }
    }

    private static let filling: Set = [
        "outvariable", "ov", "errorvariable", "ev", "warningvariable", "wv", "informationvariable", "iv",
    ]

    private static func value(_ arguments: [CommandArgument], _ place: Int) -> Expression? {
        guard place < arguments.count, case .value(let value) = arguments[place] else { return nil }
        return value
    }

    private static func constant(_ expression: Expression?) -> String? {
        guard case .string(let string)? = expression else { return nil }
        return string.value
    }

    private func note(_ block: FerryLanguage.ScriptBlock) {
        found.blocks.append(block)
        for parameter in block.parameters?.parameters ?? [] {
            found.definitions.append(
                .init(
                    name: parameter.name, attributes: parameter.attributes, value: .parameter(parameter),
                    end: parameter.variableRange.end,
                    reach: block.range.start...max(block.range.start, block.range.end)))
        }
    }
}
