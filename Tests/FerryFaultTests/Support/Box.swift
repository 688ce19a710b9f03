import Synchronization

/// A value that one thread fills in and another reads.
final class Box<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    var current: Value { value.withLock { $0 } }

    func update(_ change: @Sendable (inout Value) -> Void) { value.withLock { change(&$0) } }
}
