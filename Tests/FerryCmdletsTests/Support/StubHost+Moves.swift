import FerryContract
import FerryCore
import FerryEngine
import Synchronization

/// Moves under way, their records, and events.
extension StubHost {
    /// One that runs, one past the point of no return, one in doubt, and one that has ended.
    func beginMoves() {
        func move(_ machine: String, _ digit: String, _ status: MigrationStatus) -> MigrationReport {
            var report = MigrationReport.canned(machine, at: name, from: name, to: "NODE7")
            report.id = [8, 4, 4, 4, 12].map { String(repeating: digit, count: $0) }.joined(separator: "-")
            report.status = status
            if status != .completed { (report.ended, report.blackout) = (nil, nil) }
            return report
        }
        state.withLock { state in
            state.migrations = [
                move("web05", "5", .running), move("late05", "6", .running), move("db05", "7", .inDoubt),
                move("old05", "8", .completed),
            ]
        }
    }

    private func move(_ id: String) throws(Failure) -> MigrationReport {
        guard let found = state.withLock(\.migrations).first(where: { $0.id == id }) else {
            throw Failure.canned(
                "Migration.migrationUnknown", .objectNotFound,
                "The host '\(name)' knows of no migration with id \(id).",
                advice: "Run Get-VMMigration on both hosts.", target: id)
        }
        return found
    }

    private func end(_ move: MigrationReport, _ status: MigrationStatus) -> MigrationReport {
        var ended = move
        ended.status = status
        state.withLock { state in
            for index in state.migrations.indices where state.migrations[index].id == move.id {
                state.migrations[index] = ended
            }
        }
        return ended
    }

    func stop(_ request: StopMigrationRequest) throws(Failure) -> OperationReport {
        let move = try move(request.migration)
        guard move.status == .running, move.machineName != "late05" else {
            throw Failure.canned(
                "Transfer.tooLateToCancel", .invalidOperation,
                "The migration of virtual machine '\(move.machineName)' can no longer be stopped: '\(name)' has released the virtual machine, and 'NODE7' may already run it.",
                advice: "Wait for the move to end (Get-VMMigration), then use Move-VM to bring the machine back.",
                target: move.machineName)
        }
        return finished(.stopMigration, end(move, .cancelled), of: move.machineName, after: [])
    }

    func records(_ request: GetMigrationRecordsRequest) throws(Failure) -> MigrationRecordsReport {
        let move = try move(request.migration)
        let isInDoubt = move.status == .inDoubt
        return MigrationRecordsReport(
            migration: move, own: MigrationStanding(record: "RELEASED", epoch: 1, isRunning: false), otherHost: "NODE7",
            other: nil, otherFailure: FailureDocument(.refused(by: "NODE7")),
            keepHere: MigrationChoiceReport(isPossible: isInDoubt, meaning: "It runs here. It may run twice."),
            giveAway: MigrationChoiceReport(isPossible: isInDoubt, meaning: "It is removed here."))
    }

    func resolve(_ request: ResolveMigrationRequest) throws(Failure) -> OperationReport {
        let move = try move(request.migration)
        guard move.status == .inDoubt else {
            throw Failure.canned(
                "Migration.choiceExcluded", .invalidOperation,
                "The migration of virtual machine '\(move.machineName)' cannot be resolved by \(request.choice.rawValue) on '\(name)': it is not in doubt on this host.",
                advice: "Run Resolve-VMMigration without a choice to see both hosts' records.",
                target: move.machineName)
        }
        let ended = end(move, request.choice == .keepHere ? .failed : .completed)
        return finished(.resolveMigration, ended, of: move.machineName, after: [])
    }

    func events(_ request: GetEventsRequest) -> [EventReport] {
        let all: [EventReport] = [
            event(3, 1001, .warning, "removeMachine 'db01' by root (uid 0, process 1): failed: It is running."),
            event(
                2, 20415, .information,
                "The Virtual Machine Management Service completed the live migration of virtual machine 'web01' with a blackout time of 0.041 seconds.",
                [.text("web01"), .text("AAAAAAAA-AAAA-AAAA-AAAA-AAAAAAAAAAAA"), .number(0.041)]),
            event(1, 21024, .error, "Virtual machine migration operation for 'web01' failed.\nThe reason."),
        ]
        return Array(
            all.filter { event in
                (request.ids.isEmpty || request.ids.contains(event.id))
                    && (request.levels.isEmpty || request.levels.contains(event.level))
                    && event.time >= request.since ?? 0 && event.time <= request.until ?? .infinity
                    && event.record < request.before ?? .max
            }.prefix(request.limit))
    }

    private func event(
        _ record: UInt64, _ id: Int, _ level: EventLevel, _ message: String, _ properties: [EventProperty] = []
    ) -> EventReport {
        EventReport(
            record: record, time: 1_700_000_000 + Double(record) * 60, id: id, level: level, machineName: name,
            target: nil, message: message, properties: properties)
    }
}
