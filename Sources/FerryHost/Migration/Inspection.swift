import FerryCore

/// A run of checks: before a move the first that fails ends it, for a comparison all are made and every failure is kept.
struct Inspection {
    let stopsAtFirst: Bool
    private(set) var findings: [Failure] = []

    init(stopsAtFirst: Bool) { self.stopsAtFirst = stopsAtFirst }

    /// - Returns: what `body` returns; nil when it failed and the failure was kept.
    mutating func check<Result>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result? {
        do throws(Failure) { return try body() } catch {
            guard !stopsAtFirst else { throw error }
            findings.append(error)
            return nil
        }
    }

    /// Keeps what another host has found.
    mutating func add(_ failure: Failure) { findings.append(failure) }
}
