import FerryCmdlets
import FerryContract
import FerryCore
import Synchronization

/// Computers an administrator can name: NODE2 (the default) and NODE1 answer, NODE3 refuses everybody, NODE4 is down. A fifth, NODE6, has
/// moves under way.
final class StubHosts: HostDirectory {
    struct Asked: Sendable {
        let operation: OperationID
        let text: String
    }

    private let hosts: [String: StubHost]
    private let requests = Mutex<[Asked]>([])

    init() {
        let node1 = StubHost("NODE1", machines: [.canned("app01", "1", at: "NODE1", state: .paused)])
        let node2 = StubHost(
            "NODE2",
            machines: [
                .canned("web01", "a", at: "NODE2", state: .running),
                .canned("web02", "b", at: "NODE2", state: .running, activity: .migratingVirtualMachine),
                .canned("db01", "c", at: "NODE2", state: .off),
            ])
        let node3 = StubHost("NODE3", refusal: .permissionDenied(at: "NODE3"))
        let node4 = StubHost("NODE4", refusal: .refused(by: "NODE4"))
        let node6 = StubHost("NODE6")
        node6.beginMoves()
        hosts = [
            "NODE6": node6,
            "NODE1": node1, "NODE2": node2, "NODE3": node3, "NODE4": node4,
        ]
    }

    var names: [String] { hosts.keys.sorted() }

    func connection(to name: String) throws(Failure) -> any HostConnection {
        let wanted = ["", ".", "localhost"].contains(name.lowercased()) ? "NODE2" : name.uppercased()
        guard let host = hosts[wanted] else { throw .computerUnknown(name) }
        return StubConnection(host: host, hosts: self)
    }

    func host(_ name: String) -> StubHost? { hosts[name.uppercased()] }

    func record(_ operation: OperationID, _ text: String) {
        requests.withLock { $0.append(Asked(operation: operation, text: text)) }
    }

    /// The requests since the last call.
    func takeRequests() -> [Asked] {
        requests.withLock { requests in
            defer { requests = [] }
            return requests
        }
    }
}

/// What a command talks to: records each request, then asks the host in memory.
struct StubConnection: HostConnection {
    let host: StubHost
    let hosts: StubHosts

    var hostName: String { host.name }

    func send<Request: HostRequest>(_ request: Request) async throws(Failure) -> Request.Response {
        let json = String(decoding: try ContractJSON.encode(request), as: UTF8.self)
        hosts.record(Request.operation, "\(hostName) \(Request.operation.rawValue) \(json)")
        let answer = try host.answer(request, hosts)
        guard let response = answer as? Request.Response else {
            preconditionFailure("StubHost has no answer to \(Request.self) that is a \(Request.Response.self)")
        }
        return response
    }

    func operation(_ id: String, after generation: UInt64) async throws(Failure) -> OperationReport {
        try host.operation(id, after: generation)
    }

    func cancelOperation(_ id: String) async throws(Failure) {}
}
