package import FerryCore
import FerryHost
import FoundationEssentials

extension DaemonConfiguration {
    /// Reads the file of `--fault-plan`.
    ///
    /// - Parameter isTesting: whether `FERRY_TESTING=1` is in the environment; without it no plan is accepted.
    /// - Throws: `DaemonFault`, with every problem of the file in one message.
    package mutating func take(faultPlan path: String, isTesting: Bool) throws(Failure) {
        guard isTesting else {
            throw Failure(
                DaemonFault.optionInvalid,
                "ferryd cannot start: one problem in the command line:\n  --fault-plan: faults are injected in tests only, "
                    + "and FERRY_TESTING=1 is not in the environment.", target: path)
        }
        let data: Data
        do { data = try Data(contentsOf: URL(filePath: path)) } catch {
            throw Failure(
                DaemonFault.configurationUnreadable, "ferryd cannot start: the fault plan '\(path)' cannot be read.",
                target: path)
        }
        guard data.count <= 1 << 20 else {
            throw Failure(
                DaemonFault.configurationInvalid, "ferryd cannot start: '\(path)' is too large to be a fault plan.",
                target: path)
        }
        let document: JSONValue
        do throws(Failure) { document = try JSONParser.parse([UInt8](data)) } catch {
            throw Failure(
                DaemonFault.configurationInvalid, "ferryd cannot start: '\(path)' is not JSON. \(error.message)",
                target: path, cause: error)
        }
        let (plan, problems) = PhaseFaultPlan.read(document)
        guard problems.isEmpty else {
            throw Failure(
                DaemonFault.configurationInvalid,
                "ferryd cannot start: \(problems.count == 1 ? "one problem" : "\(problems.count) problems") in \(path):\n"
                    + problems.map { "  \($0)" }.joined(separator: "\n"), target: path)
        }
        faultPlan = plan
    }
}
