/// Which events there are. Hyper-V's numbers where it has one, so that searches and monitors that know them keep working; Ferry's
/// own are below 2000.
package enum EventID: Int, Sendable, Codable, CaseIterable {
    /// Something failed that no other number says better.
    case failure = 1000
    /// Somebody changed something, or tried to: who, what, and how it ended.
    case audit = 1001
    /// A machine's life on this host: made, started, ended, removed.
    case machine = 1002
    /// Neither host may run a machine until one learns more.
    case inDoubt = 1003
    /// A move was settled by an administrator's decision.
    case resolved = 1004
    /// A witness has decided where a machine runs: at the witness, and at the host that asked.
    case witnessed = 1005

    /// Property 2 is the blackout in seconds.
    case migrationCompleted = 20415
    case longBlackout = 20417
    case migrationSucceeded = 20418
    case connectionFailed = 20406
    case registrationFailed = 20413
    case moveFailed = 21024
    case limitReached = 21501
    case migrationFailed = 21502
    case brownout = 22508
    case blackout = 22509
}
