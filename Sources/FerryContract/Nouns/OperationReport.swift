package import FerryCore

package enum OperationState: String, Sendable, Codable { case running, completed, failed, cancelled }

/// A long operation: it has an identity, can be watched and cancelled, and keeps its ending for a while.
package struct OperationReport: Sendable, Codable, Hashable {
    /// Lower-case UUID.
    package var id: String
    package var operation: OperationID
    /// Machine or other object it works on.
    package var target: String?
    package var state: OperationState
    package var progress: ProgressReport
    /// JSON of the request's `Result`, once completed.
    package var result: String?
    package var failure: FailureDocument?
    /// Things the administrator should know although it went well.
    package var warnings: [String]

    package init(id: String, operation: OperationID, target: String?, state: OperationState, progress: ProgressReport) {
        self.id = id
        self.operation = operation
        self.target = target
        self.state = state
        self.progress = progress
        result = nil
        failure = nil
        warnings = []
    }
}
