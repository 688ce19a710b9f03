import FerryContract
import FerryCore
import FerryTransfer

/// What moves leave in the host's event log, under Hyper-V's numbers. Properties begin with the machine's name and id, as Hyper-V's
/// do; what a number counts comes after them.
extension HostMigrations {
    private func note(
        _ id: EventID, _ level: EventLevel, _ machine: String, _ machineID: String, _ message: String,
        _ more: [EventProperty] = []
    ) {
        environment.events.add(
            id, level, machine, message, [.text(machine), .text(machineID.uppercased())] + more)
    }

    /// The figures of a move that ended well here at its source.
    func announceFigures(_ report: MigrationReport) {
        let (name, id) = (report.machineName, report.machineID)
        guard let blackout = report.blackout else { return }
        let seconds = blackout.total.inSeconds.rounded(toPlaces: 3)
        let brownout = ((report.totalTime ?? .zero) - blackout.total).inSeconds.rounded(toPlaces: 3)
        note(
            .brownout, .information, name, id,
            "'\(name)' live migration brownout: the virtual machine ran on the source for \(brownout) seconds while \(report.memoryBytes) of memory and \(report.diskBytes) of virtual disks were copied in \(report.rounds) rounds. (Virtual machine ID \(id.uppercased()))",
            [
                .number(brownout), .number(Double(report.rounds)), .number(Double(report.memoryBytes.bytes)),
                .number(Double(report.diskBytes.bytes)),
            ])
        let steps = blackout.steps.map { "\($0.name) \($0.duration.milliseconds.rounded(toPlaces: 1)) ms" }
        note(
            .blackout, .information, name, id,
            "'\(name)' live migration blackout: the virtual machine was paused for \(seconds) seconds\(steps.isEmpty ? "" : ": " + steps.joined(separator: ", ")). (Virtual machine ID \(id.uppercased()))",
            [.number(seconds)])
        if blackout.total >= tuning.longBlackout {
            note(.longBlackout, .warning, name, id, Self.longBlackout(name, blackout.total), [.number(seconds)])
        } else {
            note(
                .migrationCompleted, .information, name, id,
                "The Virtual Machine Management Service completed the live migration of virtual machine '\(name)' with a blackout time of \(seconds) seconds.",
                [.number(seconds)])
        }
    }

    /// E-40.
    static func longBlackout(_ machine: String, _ blackout: Duration) -> String {
        "The Virtual Machine Management Service completed the live migration of virtual machine '\(machine)' with an unexpectedly long blackout time of \(blackout.inSeconds.rounded(toPlaces: 3)) seconds."
    }

    func announceArrival(_ context: MigrationContext) {
        note(
            .migrationSucceeded, .information, context.machineName, context.machine,
            "The virtual machine '\(context.machineName)' was migrated from '\(context.peerName)' to '\(hostName)'.",
            [.text(context.peerName), .text(hostName)])
    }

    func announceDeparture(_ context: MigrationContext) {
        note(
            .migrationSucceeded, .information, context.machineName, context.machine,
            "The virtual machine '\(context.machineName)' was migrated from '\(hostName)' to '\(context.peerName)'.",
            [.text(hostName), .text(context.peerName)])
    }

    /// - Parameter failure: E-12's line with its causes, or what kept the move from beginning.
    func announceFailure(_ machine: String, _ id: String, _ failure: Failure) {
        let level: EventLevel = failure.isCancellation ? .warning : .error
        if failure.is(MigrationFault.limitReached) {
            return note(.limitReached, level, machine, id, failure.explanation)
        }
        if failure.is(MigrationFault.moveFailed) { note(.moveFailed, level, machine, id, failure.explanation) }
        if let connection = failure.connectionFailure {
            note(.connectionFailed, level, machine, id, connection.explanation)
        }
        note(
            .migrationFailed, level, machine, id,
            "Live migration of 'Virtual Machine \(machine)' failed.\n\(failure.explanation)")
    }

    /// The target's part of a move that did not come to be.
    func announceRefusal(_ machine: String, _ id: String, _ failure: Failure, whileRegistering: Bool) {
        let level: EventLevel = failure.isCancellation ? .warning : .error
        if whileRegistering, !failure.isCancellation {
            note(
                .registrationFailed, level, machine, id,
                "The Virtual Machine Management Service failed to register the configuration for the virtual machine '\(machine)' on '\(hostName)': \(failure.explanation)"
            )
        }
        let header = Failure.moveFailed(machine, id: id, at: hostName, isSource: false, cause: failure)
        note(.moveFailed, level, machine, id, header.explanation)
    }

    /// Once a doubt.
    /// - Parameter isOwn: this host's record says that the machine is its own, and the other's has not been read.
    func announceDoubt(_ context: MigrationContext, isOwn: Bool = false) {
        let other = context.peerName
        let message =
            switch context.side {
            case _ where isOwn:
                "Virtual machine '\(context.machineName)' is not run on '\(hostName)' before '\(other)' has said that it does not have it: their last migration was interrupted. Bring '\(other)' back, or run Resolve-VMMigration -Id \(context.migration)."
            case .source:
                "Virtual machine '\(context.machineName)' stays paused on '\(hostName)': it was released to '\(other)', whose answer is not known. Bring '\(other)' back, or run Resolve-VMMigration -Id \(context.migration)."
            case .target:
                "Virtual machine '\(context.machineName)' stays paused on '\(hostName)': whether '\(other)' has released it is not known. Bring '\(other)' back, or run Resolve-VMMigration -Id \(context.migration)."
            }
        note(.inDoubt, .warning, context.machineName, context.machine, message, [.text(context.migration)])
        // Where it is looked for: Get-VM, Start-VM and Get-VMMigration say the same.
        machines.machineIfPresent(context.machine)?.explain(message)
        let failure = Failure(MigrationFault.inDoubt, message, target: context.machineName)
        try? history.update(context.migration) { $0.failure = FailureDocument(failure) }
    }
}

extension Failure {
    /// The failure of a connection between the hosts that this one is or comes from.
    fileprivate var connectionFailure: Failure? {
        if category == .connectionError || category == .authenticationError { return self }
        return causes.lazy.compactMap(\.connectionFailure).first
    }
}

extension Double {
    fileprivate func rounded(toPlaces places: Int) -> Double {
        let factor = places == 1 ? 10.0 : 1000.0
        return (self * factor).rounded() / factor
    }
}
