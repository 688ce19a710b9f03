/// A script block run for one object of a pipeline after the other, in its caller's scope: what `ForEach-Object` and `Where-Object`
/// do. What is the same for each object is looked up once.
package final class BlockRunner {
    private let block: ScriptBlock
    private let io: CommandIO
    private let frame: Frame
    private let scope: Scope
    private let session: Session
    private let runspace: Runspace
    private let bindings: Bindings
    private let output: Sink
    /// The block's statements; of a block that needs more than to be run in its caller's frame, none.
    private let statements: BlockNode
    private let isInline: Bool
    /// `$_` of this block; while the block runs, what `$_` was before.
    private var item: Variable?
    /// The block has started this very command again: `$_` is another one then.
    package private(set) var isRunning = false

    init(_ block: ScriptBlock, _ io: CommandIO, output: Sink) {
        self.block = block
        self.io = io
        frame = io.frame
        scope = frame.scope
        session = scope.session
        runspace = frame.runspace
        bindings = io.call.bindings
        self.output = output
        isInline = block.soleBlock != nil && (block.session ?? session) === session
        statements = block.soleBlock ?? BlockNode([])
        if isInline { scope.adopt(block.compiled.layout) }
    }

    /// Runs the block for the object its command is processing.
    package func runOnInput() throws(Stop) { try run(bindings.input) }

    /// Runs the block for an object.
    package func run(_ value: Value) throws(Stop) {
        if !isInline || isRunning {
            return try block.invoke(frame, item: value, arguments: [], newScope: false, output: output)
        }
        try runspace.checkDepth()
        if let item { item.stored = value } else { item = Variable("_", value) }
        if value.isNothing { item?.stored = .null }
        scope.exchangeItem(&item)
        isRunning = true
        defer {
            isRunning = false
            scope.exchangeItem(&item)
            // Who asked for the variable itself keeps it as it is; and what a script made of it is not for the next object.
            if !isKnownUniquelyReferenced(&item) || item?.isPlain != true { item = nil }
        }
        if session.isCurrent(scope) { return try ScriptBlock.run(statements, frame, output) }
        try runspace.entering(scope) { () throws(Stop) in try ScriptBlock.run(statements, frame, output) }
    }
}
