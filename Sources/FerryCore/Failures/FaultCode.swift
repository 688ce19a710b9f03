/// One subsystem's catalogue of what can go wrong: an enum whose cases are exhaustively given a category and advice.
///
/// A new case without category or advice does not compile, because both are switches over the enum.
package protocol FaultCode: RawRepresentable<String>, Sendable, CaseIterable {
    /// The subsystem, the first half of `Failure.code`; `CategoryInfo.Reason` shows it.
    static var domain: String { get }

    var category: FaultCategory { get }

    /// What to do, an imperative sentence that names a parameter or command. Never empty.
    var advice: String { get }

    /// The first half of PowerShell's `FullyQualifiedErrorId`. Defaults to `Domain.case`; faults for which PowerShell or
    /// Hyper-V has a historic id return that.
    var errorID: String { get }
}

extension FaultCode {
    package var code: String { "\(Self.domain).\(rawValue)" }
    package var errorID: String { code }
}
