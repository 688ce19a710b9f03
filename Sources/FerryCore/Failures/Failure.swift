/// The one error type that crosses Ferry's boundaries: thrown in the runtime, sent as JSON, shown as an `ErrorRecord`.
///
/// A message says what was attempted and on what; the advice says what to do. Secrets never enter either. The struct is one
/// reference wide, so `throws(Failure)` costs nothing on the way up.
package struct Failure: Error, Sendable {
    private final class Storage: Sendable {
        let code: String
        let errorID: String
        let category: FaultCategory
        let message: String
        let advice: String
        let target: String?
        let causes: [Failure]
        let location: String

        init(
            code: String, errorID: String, category: FaultCategory, message: String, advice: String, target: String?,
            causes: [Failure], location: String
        ) {
            self.code = code
            self.errorID = errorID
            self.category = category
            self.message = message
            self.advice = advice
            self.target = target
            self.causes = causes
            self.location = location
        }
    }

    private let storage: Storage

    /// A failure of the catalogue `fault` belongs to.
    ///
    /// - Parameters:
    ///   - message: a whole sentence: what was attempted, on what, why it failed.
    ///   - target: the object the attempt was made on, as the administrator knows it.
    ///   - cause: the lower failure that led to this one.
    ///   - advice: replaces the fault's advice where the place of failure knows better.
    package init(
        _ fault: some FaultCode, _ message: String, target: String? = nil, cause: Failure? = nil, advice: String? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) {
        storage = Storage(
            code: fault.code, errorID: fault.errorID, category: fault.category, message: message,
            advice: advice ?? fault.advice, target: target, causes: cause.map { [$0] } ?? [],
            location: "\(file):\(line)")
    }

    /// A failure that arrived from elsewhere, with its code intact.
    package init(
        code: String, errorID: String, category: FaultCategory, message: String, advice: String, target: String?,
        causes: [Failure], location: String
    ) {
        storage = Storage(
            code: code, errorID: errorID, category: category, message: message, advice: advice, target: target,
            causes: causes, location: location)
    }

    /// `Domain.case`, the identity used by `is`; the same before and after a trip over the network.
    package var code: String { storage.code }
    /// The first half of `FullyQualifiedErrorId`.
    package var errorID: String { storage.errorID }
    package var category: FaultCategory { storage.category }
    package var message: String { storage.message }
    package var advice: String { storage.advice }
    package var target: String? { storage.target }
    /// The failure that led to this one first, then failures of the clean-up that followed.
    package var causes: [Failure] { storage.causes }
    /// File and line that threw first.
    package var location: String { storage.location }
    package var domain: String { String(code.prefix { $0 != "." }) }

    package func `is`(_ fault: some FaultCode) -> Bool { code == fault.code }

    /// This failure with a failure of the clean-up attached after its first cause; it never replaces the first.
    package func adding(cleanUp failure: Failure) -> Failure {
        Failure(
            code: code, errorID: errorID, category: category, message: message, advice: advice, target: target,
            causes: causes + [failure], location: location)
    }
}

extension Failure {
    /// The message and what led to it, a line each: Hyper-V's header line with the reason under it. A cause that a message
    /// repeats anyway is not said twice.
    package var explanation: String {
        var lines = [message]
        var next = causes.first
        while let cause = next, lines.count < 16 {
            if !lines.contains(where: { $0.contains(cause.message) }) { lines.append(cause.message) }
            next = cause.causes.first
        }
        return lines.joined(separator: "\n")
    }
}

extension Failure: CustomStringConvertible {
    /// Message, then each cause on a line of its own, indented.
    package var description: String {
        causes.reduce(message) { text, cause in
            text + "\n" + cause.description.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
        }
    }
}
