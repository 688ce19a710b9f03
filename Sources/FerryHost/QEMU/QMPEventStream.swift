package import FerryLinux

/// One subscriber's events, in order, from the moment of subscription. Ends with the object.
///
/// At most `capacity` events wait; when the subscriber is slower than that, the oldest are dropped and counted.
package final class QMPEventStream: Sendable {
    package static let capacity = 1024

    struct Queue: Sendable {
        var events: [QMPEvent] = []
        var dropped = 0
        var isClosed = false
    }

    private let queue = Monitor(Queue())
    private let names: Set<String>?
    private let unsubscribe: @Sendable () -> Void

    /// What the client holds: the stream's end is the subscriber's, not the client's.
    struct Sink: Sendable {
        let queue: Monitor<Queue>
        let names: Set<String>?

        func deliver(_ event: QMPEvent) {
            guard names?.contains(event.name) ?? true else { return }
            queue.update { queue in
                if queue.events.count >= QMPEventStream.capacity {
                    queue.events.removeFirst()
                    queue.dropped += 1
                }
                queue.events.append(event)
            }
        }

        func close() { queue.update { $0.isClosed = true } }
    }

    init(names: Set<String>?, subscribe: (Sink) -> @Sendable () -> Void) {
        self.names = names
        unsubscribe = subscribe(Sink(queue: queue, names: names))
    }

    deinit { unsubscribe() }

    /// The next event that `isWanted`; those before it are consumed. nil when `deadline` passed or the connection ended first.
    package func next(
        until deadline: Deadline, where isWanted: @Sendable (QMPEvent) -> Bool = { _ in true }
    ) -> QMPEvent? {
        let found: QMPEvent?? = queue.wait(until: deadline) { queue in
            while !queue.events.isEmpty {
                let event = queue.events.removeFirst()
                if isWanted(event) { return .some(event) }
            }
            return queue.isClosed ? .some(nil) : nil
        }
        return found ?? nil
    }

    package var droppedCount: Int { queue.read { $0.dropped } }
}
