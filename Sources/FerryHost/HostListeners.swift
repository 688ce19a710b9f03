import FerryContract
package import FerryCore
import Synchronization

/// Whether the host's two TCP ports are open. One that another program holds keeps the host from hearing others, not from owning
/// its machines: it says so in an event and in `Get-VMHost`, and tries again.
package final class HostListeners: Sendable {
    package enum Port: String, Sendable, Hashable, CaseIterable {
        case control, migration
    }

    /// How long to wait before a port that could not be opened is tried again.
    package static let retryInterval = Duration.seconds(2)

    private let failures = Mutex<[Port: Failure]>([:])
    private let mayChange = Mutex(true)
    private let events: EventLog

    init(_ events: EventLog) { self.events = events }

    /// Opens and closes ports, one caller at a time: two would take a port from each other, or the older settings win. Nothing
    /// once `close` was called.
    func change(_ body: () throws(Failure) -> Void) throws(Failure) {
        try mayChange.withLock { (mayChange) throws(Failure) in
            if mayChange { try body() }
        }
    }

    /// Returns once no change is under way.
    func close() { mayChange.withLock { $0 = false } }

    /// Why it is not open; nil while nothing speaks against it.
    package func failure(of port: Port) -> Failure? { failures.withLock { $0[port] } }

    /// An event for each new reason, not for each attempt.
    package func failed(_ port: Port, _ failure: Failure) {
        let isNew = failures.withLock { $0.updateValue(failure, forKey: port)?.message != failure.message }
        if isNew { events.add(failure, nil) }
    }

    /// Nobody wants it open any more.
    func unwanted(_ port: Port) { failures.withLock { _ = $0.removeValue(forKey: port) } }

    package func opened(_ port: Port) {
        guard failures.withLock({ $0.removeValue(forKey: port) }) != nil else { return }
        events.add(.machine, .information, nil, "\(port.title) could be opened and is listened on now.")
    }
}

extension HostListeners.Port {
    /// As `Get-VMHost` names it.
    var title: String {
        switch self {
        case .control: "Control port"
        case .migration: "Live migration port"
        }
    }
}
