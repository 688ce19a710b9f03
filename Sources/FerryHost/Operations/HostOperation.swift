import FerryContract
import FerryCore

/// What one operation of the contract does on this host.
protocol HostOperation: Sendable {
    associatedtype Request: HostRequest

    /// - Parameter peer: the trusted host that asks, for operations between hosts.
    func perform(_ request: Request, _ call: HostCall) async throws(Failure) -> Request.Response
}

/// The circumstances of one request.
struct HostCall: Sendable {
    let host: HostRuntime
    let caller: Caller
    /// The caller's entry in the trust list, for operations with permission `migrate`.
    let peer: TrustReport?

    var machines: MachineRegistry { host.machines }
    var environment: HostEnvironment { host.environment }

    func trustedPeer() throws(Failure) -> TrustReport {
        guard let peer else { throw PermissionFault.accessDenied(on: environment.configuration.name) }
        return peer
    }
}

extension HostOperation {
    /// The operation over JSON.
    func answer(_ body: [UInt8], _ call: HostCall) async throws(Failure) -> [UInt8] {
        let request = try ContractJSON.decode(Request.self, from: body, role: "The request")
        guard Request.operation.isAudited else { return try ContractJSON.encode(try await perform(request, call)) }
        let audit = AuditEntry(Request.operation.rawValue, subject: request.subject, call)
        let response: Request.Response
        do throws(Failure) { response = try await perform(request, call) } catch {
            await audit.write(error)
            throw error
        }
        if let started = response as? OperationReport, let operation = try? call.host.operations.operation(started.id) {
            operation.onEnding { audit.writeNow($0) }
        } else {
            await audit.write(nil)
        }
        return try ContractJSON.encode(response)
    }
}
