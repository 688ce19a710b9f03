import FerryCore
import FerryLinux

/// What the threads of a move tell the session's own thread, in order of arrival.
final class Mailbox<Event: Sendable>: Sendable {
    private let monitor = Monitor<[Event]>([])

    init() {}

    func post(_ event: Event) { monitor.update { $0.append(event) } }

    /// nil when `deadline` passed first.
    func next(until deadline: Deadline) -> Event? {
        monitor.wait(until: deadline) { events in events.isEmpty ? nil : events.removeFirst() }
    }
}
