package import FerryCore

/// A failure as JSON: the problem document of the HTTP API and the ending of an operation.
package struct FailureDocument: Sendable, Codable, Hashable {
    package var code: String
    package var errorID: String
    package var category: FaultCategory
    package var message: String
    package var advice: String
    package var target: String?
    package var causes: [FailureDocument]
    package var location: String

    package init(_ failure: Failure) {
        code = failure.code
        errorID = failure.errorID
        category = failure.category
        message = failure.message
        advice = failure.advice
        target = failure.target
        causes = failure.causes.map { FailureDocument($0) }
        location = failure.location
    }

    /// The same failure, code intact.
    package var failure: Failure {
        Failure(
            code: code, errorID: errorID, category: category, message: message, advice: advice, target: target,
            causes: causes.map(\.failure), location: location)
    }
}
