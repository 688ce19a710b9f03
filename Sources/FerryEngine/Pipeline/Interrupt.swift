import Synchronization

/// Ctrl-C. Raised from any thread; the runspace's thread looks at it in loops and at each pipeline object, and blocking commands
/// register what wakes them.
package final class Interrupt: Sendable {
    private struct State {
        var next = 0
        var handlers: [Int: @Sendable () -> Void] = [:]
    }

    private let flag = Atomic<Bool>(false)
    private let state = Mutex(State())

    package init() {}

    @inline(__always) package var isRaised: Bool { flag.load(ordering: .relaxed) }

    /// Asks the running pipeline to stop and wakes what it waits for. Not for use inside a signal handler: it takes a lock.
    package func raise() {
        flag.store(true, ordering: .sequentiallyConsistent)
        let handlers = state.withLock { Array($0.handlers.values) }
        for handler in handlers { handler() }
    }

    /// Before the next command line.
    package func clear() { flag.store(false, ordering: .sequentiallyConsistent) }

    /// Runs `body` with `handler` called once when an interrupt arrives meanwhile (at once if it already has).
    package func withHandler<Result>(
        _ handler: @escaping @Sendable () -> Void, _ body: () throws(Stop) -> Result
    ) throws(Stop) -> Result {
        let id = state.withLock { state in
            state.next += 1
            state.handlers[state.next] = handler
            return state.next
        }
        defer { state.withLock { $0.handlers[id] = nil } }
        if isRaised { handler() }
        return try body()
    }

    @inline(__always) package func check() throws(Stop) {
        if isRaised { throw .interrupted }
    }
}
