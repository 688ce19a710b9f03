import FerryContract
import FerryCore

/// Who changes what on this host: one line in the event log, and so in ferryd's log, once it is known how the change ended.
struct AuditEntry: Sendable {
    private let operation: String
    private let subject: String?
    private let caller: String
    private let events: EventLog

    /// - Parameter subject: a machine's id is shown as the name the machine has now.
    init(_ operation: String, subject: String?, _ call: HostCall) {
        self.init(operation, subject: subject, caller: call.caller, peer: call.peer, host: call.host)
    }

    init(_ operation: String, subject: String?, caller: Caller, peer: TrustReport?, host: HostRuntime) {
        self.operation = operation
        // A peer may have written it: it is to stay one line, and short.
        self.subject = subject.map { subject in
            let name = host.machines.machineIfPresent(subject)?.name ?? subject
            return String(
                name.unicodeScalars.prefix(200).map { $0.value < 32 || $0.value == 127 ? " " : Character($0) })
        }
        self.caller =
            switch caller {
            case .local(let userID, _, let processID):
                "\(GuestAccount.name(userID: userID) ?? "user") (uid \(userID), process \(processID))"
            case .remote(_, let address):
                peer.map { "host '\($0.name)'" } ?? "a host that is not trusted, at \(address)"
            }
        events = host.environment.events
    }

    /// Off the calling thread, which may be one of the pool: the line is durable when this returns.
    func write(_ failure: Failure?) async {
        do throws(Failure) { try await BlockingWork.value("audit") { () throws(Failure) in writeNow(failure) } } catch {
            writeNow(failure)
        }
    }

    func writeNow(_ failure: Failure?) {
        let (level, outcome): (EventLevel, String) =
            switch failure {
            case nil: (.information, "completed")
            case let failure? where failure.isCancellation:
                (.warning, "cancelled")
            case let failure?: (.warning, "failed: \(failure.message)")
            }
        events.add(
            .audit, level, subject, "\(operation)\(subject.map { " '\($0)'" } ?? "") by \(caller): \(outcome)",
            [.text(operation), .text(subject ?? ""), .text(caller), .text(outcome)])
    }
}

extension OperationID {
    /// Whether it changes something. What hosts ask each other without changing anything is not, nor is reading. A witness's decision
    /// has an event of its own, which the questions about it do not.
    var isAudited: Bool {
        switch permission {
        case .read: false
        case .administer, .presentToken: true
        case .migrate: self != .migrationStatus && self != .compareMigration && self != .witnessMigration
        }
    }
}
