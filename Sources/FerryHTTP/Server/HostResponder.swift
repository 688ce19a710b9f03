package import FerryContract
package import FerryCore

/// Who answers the requests that the server carries. The server moves values it does not understand; permission is the
/// responder's to decide from `caller`.
package protocol HostResponder: Sendable {
    /// Performs `operation`.
    ///
    /// - Parameter body: the request's JSON.
    /// - Returns: JSON of the operation's response.
    func perform(_ operation: OperationID, body: [UInt8], caller: Caller) async throws(Failure) -> [UInt8]

    /// Waits for a report newer than `generation`, at most 20 s; returns the newest one then, and at once when cancelled.
    func operation(_ id: String, after generation: UInt64, caller: Caller) async throws(Failure) -> OperationReport

    func cancelOperation(_ id: String, caller: Caller) async throws(Failure)
}
