import FerryLanguage

/// `try … catch … finally`
final class TryNode: StatementNode {
    struct Catch {
        let types: [TypeNode]
        let body: BlockNode
    }

    private let body: BlockNode
    private let catches: [Catch]
    private let finally: BlockNode?
    init(_ range: SourceRange, _ body: BlockNode, _ catches: [Catch], _ finally: BlockNode?) {
        self.body = body
        self.catches = catches
        self.finally = finally
        super.init(range)
    }

    override func run(_ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        guard let finally else { return try guarded(frame, output) }
        let completion: Completion
        do throws(Stop) {
            completion = try guarded(frame, output)
        } catch {
            // The finally block runs whatever happened, an interrupt included; its own error replaces the first.
            let raised = frame.runspace.interrupt.isRaised
            if raised { frame.runspace.interrupt.clear() }
            let inner = try finally.run(frame, output)
            if raised { frame.runspace.interrupt.raise() }
            if case .normal = inner { throw error }
            return inner
        }
        let inner = try finally.run(frame, output)
        if case .normal = inner { return completion }
        return inner
    }

    private func guarded(_ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        let runspace = frame.runspace
        do throws(Stop) {
            if catches.isEmpty { return try body.run(frame, output) }
            let outer = runspace.propagatesErrors
            runspace.propagatesErrors = true
            defer { runspace.propagatesErrors = outer }
            return try body.run(frame, output)
        } catch {
            guard case .error(let record) = error, let found = try handler(for: record, frame) else { throw error }
            return try handle(record, found, frame, output)
        }
    }

    private func handle(_ record: ErrorRecord, _ found: Handler, _ frame: Frame, _ output: Sink) throws(Stop)
        -> Completion
    {
        let runspace = frame.runspace
        runspace.record(record)
        runspace.lastSucceeded = false
        if !record.forcesStop { try frame.context.io?.collectors.error?.append(.object(record)) }
        record.forcesStop = false
        let old = frame.scope.own(.item)
        let oldValue = old?.value
        frame.scope.define(.item, .object(found.inner.map(record.replacing) ?? record))
        let wasCatching = runspace.isCatching
        runspace.isCatching = true
        defer {
            runspace.isCatching = wasCatching
            if let old, let oldValue { old.stored = oldValue } else { frame.scope.remove(.item) }
        }
        return try catches[found.index].body.run(frame, output)
    }

    /// The block that takes an error.
    private struct Handler {
        let index: Int
        /// The exception `$_` has, where the block was found by the cause of the one that was raised.
        let inner: ExceptionObject?
    }

    /// Which block takes the error. PowerShell's order: the cause of what the engine raised is asked before the exception around
    /// it, and what fits a more derived type wins over what fits its base.
    private func handler(for record: ErrorRecord, _ frame: Frame) throws(Stop) -> Handler? {
        if catches.count == 1, catches[0].types.isEmpty { return Handler(index: 0, inner: nil) }
        var types: [(type: RuntimeType, index: Int)] = []
        for (index, candidate) in catches.enumerated() {
            for type in candidate.types {
                if let type = try type.caught(frame) { types.append((type, index)) }
            }
        }
        var best: (rank: Int, handler: Handler)?
        func look(_ type: RuntimeType, _ inner: ExceptionObject? = nil) {
            guard best?.rank != 0,
                let fit = types.first(where: { type == $0.type })
                    ?? types.first(where: { type.isA($0.type) })
            else { return }
            let rank = types.count { $0.type != fit.type && $0.type.isA(fit.type) }
            if rank < best?.rank ?? .max { best = (rank, Handler(index: fit.index, inner: inner)) }
        }
        // A preference of Stop has an exception of its own around the error, for those who catch that.
        if record.forcesStop { look(Self.stopException) }
        let exception = record.exception
        if exception.exceptionType.isA(Self.runtimeException) {
            let isEngines =
                !record.forcesStop
                && (record.commandTypeName == nil || exception.exceptionType.isA(Self.bindingException))
            if isEngines, let inner = exception.inner { look(inner.exceptionType, inner) }
            look(exception.exceptionType)
        } else {
            look(exception.exceptionType)
            if !record.forcesStop { look(Self.runtimeException) }
        }
        var cause = exception.inner
        while let inner = cause {
            look(inner.exceptionType)
            cause = inner.inner
        }
        if let best { return best.handler }
        guard let last = catches.indices.last, catches[last].types.isEmpty else { return nil }
        return Handler(index: last, inner: nil)
    }

    private static let stopException = ExceptionTypes.type(
        "System.Management.Automation.ActionPreferenceStopException")
    private static let runtimeException = ExceptionTypes.type("System.Management.Automation.RuntimeException")
    private static let bindingException = ExceptionTypes.type(
        "System.Management.Automation.ParameterBindingException")

    /// An exception is caught by its type, its bases, and, where it wraps another one, by the inner one's.
    static func matches(_ record: ErrorRecord, _ type: RuntimeType) -> Bool {
        var exception: ExceptionObject? = record.exception
        while let current = exception {
            if current.exceptionType.isA(type) { return true }
            exception = current.inner
        }
        return false
    }
}
