package import FerryContract
package import FerryCore
import FerryLinux
import FerryTransfer

/// Ending a running move on an administrator's word.
extension HostMigrations {
    /// Longer than a session takes to undo a move on hosts that answer.
    private static let cancelLimit = Duration.seconds(120)
    private static let look = Duration.milliseconds(50)

    package func cancel(
        _ request: StopMigrationRequest, _ operation: Operation
    ) throws(Failure) -> MigrationReport {
        let found = try known(request.migration)
        switch found.status {
        case .running: break
        case .inDoubt: throw .tooLateToCancel(found, isInDoubt: true)
        case .completed, .failed, .cancelled: throw .endedBefore(found)
        }
        operation.update { $0.stage = "Stopping the move of \(found.machineName)" }
        switch found.role {
        case .source: try cancelOutgoing(found)
        case .target: try cancelIncoming(found)
        }
        let deadline = Deadline.after(Self.cancelLimit)
        while true {
            let report = try known(request.migration)
            switch report.status {
            case .running: break
            case .inDoubt: throw .tooLateToCancel(report, isInDoubt: true)
            case .cancelled, .failed: return report
            case .completed: throw .endedBefore(report)
            }
            if wasTooLate(report) { throw .tooLateToCancel(report, isInDoubt: false) }
            // The move has been told; whether anybody still waits for it changes nothing.
            try operation.checkCancellation()
            guard !deadline.hasPassed else { throw .stillEnding(report, after: Self.cancelLimit) }
            Event().wait(until: .after(Self.look))
        }
    }

    /// The newest that is known of a move.
    ///
    /// - Throws: `MigrationFault.migrationUnknown`.
    func known(_ migration: String) throws(Failure) -> MigrationReport {
        guard let report = history.report(migration) else {
            throw Failure(
                MigrationFault.migrationUnknown,
                "The host '\(hostName)' knows of no migration with id \(migration).", target: migration)
        }
        return report
    }

    private func cancelOutgoing(_ report: MigrationReport) throws(Failure) {
        // Without one it is ending already, which is what was asked for.
        guard let operation = operation(of: report.id) else { return }
        do throws(Failure) { try operation.cancel() } catch {
            throw .tooLateToCancel(report, isInDoubt: false, cause: error)
        }
        outgoing(report.id)?.session.cancel()
    }

    /// What is made for the machine here can go as long as the source has not heard READY. After that only the source's record
    /// says where the machine is, and the source is asked.
    private func cancelIncoming(_ report: MigrationReport) throws(Failure) {
        guard let incoming = incoming(report.id) else { return }
        let role = records.log(report.id)?.role
        guard role == nil || role == .prepared else {
            throw Failure(
                TransferFault.tooLateToCancel,
                "The migration of virtual machine '\(report.machineName)' is switching over; only its source '\(report.sourceHost)' can still stop it.",
                target: report.machineName,
                advice:
                    "Run Stop-VMMigration -Id \(report.id) -ComputerName \(report.sourceHost).")
        }
        incoming.abandon(
            Failure(
                TransferFault.cancelled,
                "The migration of virtual machine '\(report.machineName)' was stopped on '\(hostName)'.",
                target: report.machineName))
    }

    private func wasTooLate(_ report: MigrationReport) -> Bool {
        switch report.role {
        case .source: outgoing(report.id)?.session.progress.wasTooLateToCancel ?? false
        case .target: incoming(report.id)?.progress?.wasTooLateToCancel ?? false
        }
    }
}

extension Failure {
    /// Whether somebody wanted it so: on this host or, as the cause of the other's refusal, on that one.
    var isCancellation: Bool {
        self.is(TransferFault.cancelled) || self.is(HostFault.operationCancelled)
            || causes.contains { $0.isCancellation }
    }

    fileprivate static func tooLateToCancel(
        _ report: MigrationReport, isInDoubt: Bool, cause: Failure? = nil
    ) -> Failure {
        Failure(
            TransferFault.tooLateToCancel,
            "The migration of virtual machine '\(report.machineName)' can no longer be stopped: '\(report.sourceHost)' has released the virtual machine, and '\(report.targetHost)' may already run it.",
            target: report.machineName, cause: cause,
            advice: isInDoubt
                ? "Run Resolve-VMMigration -Id \(report.id), which shows what both hosts have recorded and what can be done."
                : nil)
    }

    fileprivate static func endedBefore(_ report: MigrationReport) -> Failure {
        Failure(
            TransferFault.tooLateToCancel,
            "The migration of virtual machine '\(report.machineName)' from '\(report.sourceHost)' to '\(report.targetHost)' cannot be stopped: it has ended (\(report.status.rawValue)).",
            target: report.machineName, advice: "Run Get-VMMigration to see how it ended.")
    }

    fileprivate static func stillEnding(_ report: MigrationReport, after limit: Duration) -> Failure {
        Failure(
            TransferFault.timedOut,
            "The migration of virtual machine '\(report.machineName)' was told to stop and has not ended within \(limit): \(report.phase).",
            target: report.machineName, advice: "Run Get-VMMigration -Id \(report.id) to see when it has ended.")
    }
}
