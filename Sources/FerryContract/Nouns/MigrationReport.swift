package import FerryCore

package enum MigrationRole: String, Sendable, Codable { case source = "Source", target = "Target" }

package enum MigrationStatus: String, Sendable, Codable {
    case running = "Running"
    case completed = "Completed"
    case failed = "Failed"
    case cancelled = "Cancelled"
    /// Neither host may run the machine until an administrator (or the peer's answer) decides.
    case inDoubt = "InDoubt"
}

/// The blackout, step by step. Each step is real time in the order of the cutover; steps that ran side by side are marked so.
package struct BlackoutBreakdown: Sendable, Codable, Hashable {
    /// From our `stop` being sent to the guest running at the target.
    package var total: Duration
    /// The named steps, in order: ("stop", 0.5 ms), ("to pre-switchover", 3.7 ms), ….
    package var steps: [Step]

    package struct Step: Sendable, Codable, Hashable {
        package var name: String
        package var duration: Duration
        package init(name: String, duration: Duration) {
            self.name = name
            self.duration = duration
        }
    }

    package init(total: Duration, steps: [Step]) {
        self.total = total
        self.steps = steps
    }
}

/// A running or finished move as one host saw it: what `Get-VMMigration` shows.
package struct MigrationReport: Sendable, Codable, Hashable {
    /// Lower-case UUID, the same on both hosts.
    package var id: String
    package var machineName: String
    package var machineID: String
    package var role: MigrationRole
    package var sourceHost: String
    package var targetHost: String
    package var status: MigrationStatus
    package var phase: String
    /// Unix times.
    package var started: Double
    package var ended: Double?
    /// Rounds of memory copying, the last one included.
    package var rounds: Int
    /// Bytes acknowledged over all rounds.
    package var memoryBytes: ByteCount
    package var diskBytes: ByteCount
    /// Bytes on the data connections, record overhead included.
    package var wireBytes: ByteCount
    /// From the target being asked to the machine running there.
    package var totalTime: Duration?
    /// Of that, the admission and the start of the planned machine, before the first byte was copied; the source's look for
    /// what there is to copy does not count.
    package var preparationTime: Duration?
    /// The blackout that the move promised: the guest is frozen only when the forecast is within it. Only on the source.
    package var downtimeBudget: Duration?
    /// Only on the source, after RUNNING.
    package var blackout: BlackoutBreakdown?
    /// Time the guest's I/O was drained by barriers before the freeze.
    package var barrierTime: Duration
    package var isEncrypted: Bool
    package var connections: Int
    /// Message of the failure that ended it, causes included.
    package var failure: FailureDocument?

    package init(
        id: String, machineName: String, machineID: String, role: MigrationRole, sourceHost: String, targetHost: String,
        status: MigrationStatus, phase: String, started: Double
    ) {
        self.id = id
        self.machineName = machineName
        self.machineID = machineID
        self.role = role
        self.sourceHost = sourceHost
        self.targetHost = targetHost
        self.status = status
        self.phase = phase
        self.started = started
        ended = nil
        rounds = 0
        memoryBytes = .zero
        diskBytes = .zero
        wireBytes = .zero
        totalTime = nil
        preparationTime = nil
        downtimeBudget = nil
        blackout = nil
        barrierTime = .zero
        isEncrypted = true
        connections = 0
        failure = nil
    }
}
