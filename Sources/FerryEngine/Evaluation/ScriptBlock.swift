package import FerryLanguage

/// `{ … }` as a value: code and the session it belongs to. Not a closure: variables are those of whoever runs it.
package final class ScriptBlock: Object {
    let compiled: CompiledBlock
    /// `nil` for a block that belongs to nobody yet: it runs in the session of its caller.
    var session: Session?
    /// `$_` of the last object, to be used for the next one.
    private var spare: Variable?

    init(_ compiled: CompiledBlock, session: Session?) {
        self.compiled = compiled
        self.session = session
    }

    /// A closure's session may hold other closures.
    deinit { if session != nil { ReleaseQueue.release(&session, leaving: nil) } }

    static var empty: ScriptBlock {
        let source = SourceText("")
        let syntax = ScriptSyntax(range: source.wholeRange, bodyRange: source.wholeRange)
        return ScriptBlock(Compiler.compile(syntax, layout: Layout()), session: nil)
    }

    /// It looks at no arguments.
    var isPlain: Bool { compiled.parameters == nil && !compiled.layout.mentionsArguments }

    /// The block's statements where they are all there is to it: no parameters, and one block only.
    var soleBlock: BlockNode? {
        guard compiled.parameters == nil else { return nil }
        let blocks = [compiled.begin, compiled.process, compiled.end].compactMap { $0 }
        return blocks.count == 1 ? blocks[0] : nil
    }

    /// The syntax, for commands that inspect a block (`Get-Command`, completion).
    package var syntax: FerryLanguage.ScriptBlock { compiled.syntax }

    package override var typeName: RuntimeType { .scriptBlock }
    package override var text: String { compiled.syntax.text }
    package override var propertyNames: [String] { ["Attributes", "File", "IsFilter", "Module", "Id", "Ast"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "file": .optional(compiled.syntax.range.source.path)
        case "isfilter": .bool(compiled.hasProcess && compiled.end == nil && compiled.begin == nil)
        case "ast": .string(compiled.syntax.range.text)
        case "module": session?.module.map { Value.object($0) } ?? .null
        case "attributes": .array([])
        case "id": .guid(.empty)
        default: nil
        }
    }

    /// A copy that remembers the present values of the caller's variables.
    func closure(_ frame: Frame) -> ScriptBlock {
        let copy = ScriptBlock(compiled, session: frame.scope.session)
        let private_ = Session(parent: frame.scope.global)
        frame.runspace.add(private_)
        for variable in frame.scope.ownVariables where variable.compute == nil && variable.options.isEmpty {
            private_.top.put(Symbol(variable.name), Variable(variable.name, variable.value))
        }
        copy.session = private_
        return copy
    }

    /// Runs the block.
    ///
    /// - Parameters:
    ///   - item: `$_`.
    ///   - newScope: `&` rather than `.`.
    ///   - input: what `$input` and `process` blocks get.
    ///   - source: where they get it from instead, line by line.
    package func invoke(
        _ frame: Frame, item: Value? = nil, arguments: [Value] = [], newScope: Bool, input: [Value] = [],
        source: InputSource? = nil, output: Sink
    ) throws(Stop) {
        try invoke(
            frame, item: item, arguments: arguments.map { Argument(value: $0) }, newScope: newScope, input: input,
            source: source, output: output, this: nil)
    }

    /// Runs the block in its caller's scope and collects what it puts out.
    package func collect(_ frame: Frame, item: Value? = nil, arguments: [Value] = []) throws(Stop) -> [Value] {
        let sink = CollectingSink()
        try invoke(frame, item: item, arguments: arguments, newScope: false, output: sink)
        return sink.values
    }

    func invoke(
        _ frame: Frame, item: Value?, arguments: [Argument], newScope: Bool, input: [Value],
        source: InputSource? = nil, output: Sink, this: Value?
    ) throws(Stop) {
        let runspace = frame.runspace
        try runspace.checkDepth()
        let home = session ?? frame.scope.session
        let outer = home === frame.scope.session ? frame.scope : (home.current ?? home.top!)
        let scope = newScope ? Scope(parent: outer, kind: .local, session: home, layout: compiled.layout) : outer
        if !newScope, scope.layout == nil { scope.adopt(compiled.layout) }
        if case nil = this, !newScope, outer === frame.scope, compiled.parameters == nil, arguments.isEmpty,
            input.isEmpty, source == nil
        {
            return try runInline(frame, item, output)
        }
        let invocation = Invocation(
            commandName: "", range: frame.context.position, invocationName: newScope ? "&" : ".")
        invocation.expectsInput = !input.isEmpty || source != nil
        let context = CallContext(
            caller: frame.context, invocation: newScope ? invocation : frame.context.invocation ?? invocation,
            bound: newScope
                ? nil : compiled.parameters != nil ? TableObject(kind: .dictionary) : frame.context.bound,
            scriptPath: compiled.syntax.range.source.path, label: "<ScriptBlock>")
        if !newScope { context.io = frame.context.io }
        let inner = Frame(runspace: runspace, scope: scope, streams: frame.streams, context: context)
        inner.input = input
        inner.source = source
        let loose = try ParameterBinder.bindBlock(compiled, arguments, inner, name: "")
        inner.arguments = loose
        let savedItem = newScope ? nil : scope.own(.item)
        let savedValue = savedItem?.stored
        if let item { scope.define(.item, item.isNothing ? .null : item) }
        if let this { scope.define(.this, this) }
        defer {
            if !newScope, item != nil {
                if let savedItem, let savedValue { savedItem.stored = savedValue } else { scope.remove(.item) }
            }
        }
        try runspace.entering(scope) { () throws(Stop) in
            if let begin = compiled.begin { try ScriptBlock.run(begin, inner, output) }
            if let process = compiled.process {
                if let source {
                    try source.forEach { value throws(Stop) in
                        scope.define(.item, value)
                        inner.source = nil
                        inner.input = [value]
                        try ScriptBlock.run(process, inner, output)
                    }
                    inner.input = []
                } else if input.isEmpty {
                    try ScriptBlock.run(process, inner, output)
                } else {
                    for value in input {
                        scope.define(.item, value)
                        try ScriptBlock.run(process, inner, output)
                    }
                }
            }
            if let end = compiled.end { try ScriptBlock.run(end, inner, output) }
        }
    }

    /// The block for one object of a pipeline, in its caller's own frame and scope. Returns `false`, having done nothing, when the
    /// block needs more than that: it has parameters or belongs to another session.
    func run(on item: Value, _ frame: Frame, _ output: Sink) throws(Stop) -> Bool {
        guard compiled.parameters == nil else { return false }
        let scope = frame.scope
        if let home = session, home !== scope.session { return false }
        try frame.runspace.checkDepth()
        if scope.layout == nil { scope.adopt(compiled.layout) }
        try runInline(frame, item, output)
        return true
    }

    /// The block in its caller's own frame: what `ForEach-Object` does for each object.
    private func runInline(_ frame: Frame, _ item: Value?, _ output: Sink) throws(Stop) {
        let scope = frame.scope
        guard let item else { return try runBlocks(frame, output) }
        let saved = scope.item
        if let saved, saved.isPlain {
            let savedValue = saved.stored
            saved.stored = item.isNothing ? .null : item
            defer { saved.stored = savedValue }
            return try runBlocks(frame, output)
        }
        var variable = spare ?? Variable("_", .null)
        spare = nil
        variable.stored = item.isNothing ? .null : item
        scope.item = variable
        defer {
            scope.item = saved
            variable.stored = .null
            if isKnownUniquelyReferenced(&variable) { spare = variable }
        }
        try runBlocks(frame, output)
    }

    private func runBlocks(_ frame: Frame, _ output: Sink) throws(Stop) {
        let scope = frame.scope
        let session = scope.session
        if session.current === scope { return try runStatements(frame, output) }
        let outer = session.current
        session.current = scope
        defer { session.current = outer }
        try runStatements(frame, output)
    }

    private func runStatements(_ frame: Frame, _ output: Sink) throws(Stop) {
        if let begin = compiled.begin { try ScriptBlock.run(begin, frame, output) }
        if let process = compiled.process { try ScriptBlock.run(process, frame, output) }
        if let end = compiled.end { try ScriptBlock.run(end, frame, output) }
    }

    /// Runs one block to its end; a jump that found no loop goes on looking in the caller.
    static func run(_ block: BlockNode, _ frame: Frame, _ output: Sink) throws(Stop) {
        do throws(Stop) {
            switch try block.run(frame, output) {
            case .normal, .returning: return
            case .breaking(let label): throw .breaking(label: label)
            case .continuing(let label): throw .continuing(label: label)
            }
        } catch {
            if case .returning(let collected) = error {
                for value in collected.values { try output.write(value) }
                return
            }
            throw error
        }
    }
}
