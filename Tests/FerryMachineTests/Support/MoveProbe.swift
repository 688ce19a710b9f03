import FerryTransfer
import Synchronization

/// Looks in at the moments of a move; what it does there, the move waits for.
final class MoveProbe: PhaseProbe {
    private let body: @Sendable (PhasePoint) -> Void

    init(_ body: @escaping @Sendable (PhasePoint) -> Void) { self.body = body }

    func reached(_ point: PhasePoint) { body(point) }
}

/// A value that a probe fills in and the test reads.
final class Box<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    var current: Value {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }

    func update(_ change: @Sendable (inout Value) -> Void) { value.withLock { change(&$0) } }
}
