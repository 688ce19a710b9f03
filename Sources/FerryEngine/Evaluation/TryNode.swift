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
            guard case .error(let record) = error, let handler = try handler(for: record, frame) else { throw error }
            return try handle(record, handler, frame, output)
        }
    }

    private func handle(_ record: ErrorRecord, _ handler: Catch, _ frame: Frame, _ output: Sink) throws(Stop)
        -> Completion
    {
        let runspace = frame.runspace
        runspace.record(record)
        runspace.lastSucceeded = false
        if !record.forcesStop { try frame.context.io?.collectors.error?.append(.object(record)) }
        record.forcesStop = false
        let old = frame.scope.own(.item)
        let oldValue = old?.value
        frame.scope.define(.item, .object(record))
        let wasCatching = runspace.isCatching
        runspace.isCatching = true
        defer {
            runspace.isCatching = wasCatching
            if let old, let oldValue { old.stored = oldValue } else { frame.scope.remove(.item) }
        }
        return try handler.body.run(frame, output)
    }

    private func handler(for record: ErrorRecord, _ frame: Frame) throws(Stop) -> Catch? {
        // The most derived type wins over a base type listed earlier; PowerShell refuses the latter order at parse time.
        for candidate in catches {
            if candidate.types.isEmpty { break }
            for type in candidate.types where TryNode.matches(record, try type.type(frame)) { return candidate }
        }
        // A preference of Stop has an exception of its own around the error, for those who catch that.
        if record.forcesStop {
            for candidate in catches {
                for type in candidate.types where try type.type(frame) == Self.stopException { return candidate }
            }
        }
        return catches.last.flatMap { $0.types.isEmpty ? $0 : nil }
    }

    private static let stopException = ExceptionTypes.type(
        "System.Management.Automation.ActionPreferenceStopException")

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
