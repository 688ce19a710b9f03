package import FerryCore

/// A request and the type of its answer. The request's fields are its parameters.
package protocol HostRequest: Codable, Sendable {
    associatedtype Response: Codable & Sendable
    static var operation: OperationID { get }
    /// What the request is about, for the audit: a machine's id, a name. nil: the host itself.
    var subject: String? { get }
}

extension HostRequest {
    package var subject: String? { nil }
}

/// A request whose work goes on after the answer: the answer names an operation to watch.
package protocol LongHostRequest: HostRequest where Response == OperationReport {
    /// What the operation's `result` decodes to.
    associatedtype Result: Codable & Sendable
}

/// The answer of requests that have nothing to say.
package struct Acknowledgement: Codable, Sendable, Hashable { package init() {} }

/// A host that can be asked. The shell has one for each host; tests hand in one that calls a host in the same process.
package protocol HostConnection: Sendable {
    /// The host's name as the administrator gave it.
    var hostName: String { get }

    func send<Request: HostRequest>(_ request: Request) async throws(Failure) -> Request.Response

    /// Waits until the operation's report is newer than `generation`, then returns it; returns the newest one after at most 20 s.
    func operation(_ id: String, after generation: UInt64) async throws(Failure) -> OperationReport

    /// Asks for cancellation; the operation ends by itself. An operation past its point of no return answers with a failure.
    func cancelOperation(_ id: String) async throws(Failure)
}
