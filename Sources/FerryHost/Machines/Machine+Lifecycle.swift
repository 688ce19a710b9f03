import FerryContract
package import FerryCore
import FerryLinux

extension Machine {
    /// Starts the guest. Blocks until it runs; the caller holds a lease.
    ///
    /// - Returns: false when it ran already.
    package func start() throws(Failure) -> Bool {
        try requireOwn()
        try requireFree()
        guard qemu == nil else { return false }
        let qemu = try launch(.paused)
        do throws(Failure) {
            try qemu.qmp().execute("cont", deadline: .seconds(60))
        } catch {
            _ = try? qemu.process.kill()
            _ = waitUntilOff(until: .after(.seconds(10)))
            throw error
        }
        environment.events.add(.machine, .information, name, "The virtual machine was started.")
        return true
    }

    /// How long a guest may take to shut down.
    package static let shutdownLimit = Duration.seconds(300)
    /// A guest that is still booting misses the power button; pressing it again does no harm.
    private static let buttonInterval = Duration.seconds(15)

    /// Asks the guest to shut down and waits until it is off. The caller holds a lease.
    ///
    /// - Parameters:
    ///   - force: cut the power when the guest is still up after `limit`.
    ///   - limit: `shutdownLimit` but in tests.
    /// - Throws: `HostFault.didNotShutDown` after `limit`; the operation's cancellation, which leaves the guest alone.
    package func shutDown(force: Bool, limit: Duration = shutdownLimit, _ operation: Operation?) throws(Failure) {
        let qemu = try requireQEMU()
        guard qemu.guestStatus.state == .running || force else {
            throw HostFault.invalidState(of: name, "The guest is paused and cannot shut down.")
        }
        let end = Deadline.after(limit)
        while !end.hasPassed {
            do throws(Failure) {
                try qemu.qmp().execute("system_powerdown")
            } catch  where error.is(HostFault.qemuGone) {
                // It is ending, or the watch is about to say so.
            }
            let isOff = waitUntilOff(until: end.sooner(.after(Self.buttonInterval))) {
                operation?.cancellation.isCancelled ?? false
            }
            if isOff { return }
            try operation?.checkCancellation()
        }
        guard force else {
            throw Failure(
                HostFault.didNotShutDown, "The guest of virtual machine \(name) did not shut down within \(limit).",
                target: name)
        }
        try turnOff()
    }

    /// Cuts the power: the guest loses what it has not written, QEMU still writes what it was given. Blocks until it is off.
    package func turnOff() throws(Failure) {
        guard let qemu else { return }
        do throws(Failure) {
            try qemu.qmp().execute("quit", deadline: .seconds(5))
            if waitUntilOff(until: .after(.seconds(10))) { return }
        } catch {
            // Dead, or waiting for storage: the kill below decides.
        }
        state.update { if $0.qemu === qemu { $0.isEnding = true } }
        try qemu.process.kill()
        guard waitUntilOff(until: .after(.seconds(10))) else {
            throw Failure(
                HostFault.qemuNotResponding, "The end of QEMU of virtual machine \(name) was not noticed in time.",
                target: name)
        }
    }

    /// Kills QEMU and waits until nothing of it is left. For a machine that must not run here any more; no lease is needed.
    package func destroyQEMU() throws(Failure) {
        guard let qemu else { return }
        state.update { if $0.qemu === qemu { $0.isEnding = true } }
        try qemu.process.kill()
        guard waitUntilOff(until: .after(.seconds(30))) else {
            throw Failure(
                HostFault.qemuNotResponding, "The end of QEMU of virtual machine \(name) was not noticed in time.",
                target: name)
        }
    }

    // MARK: - After a restart of ferryd

    /// Takes the process over that an earlier life of ferryd started, or tidies up after one that has ended.
    func adopt() throws(Failure) {
        let path = "\(folder)/\(RuntimeRecord.fileName)"
        let found: RuntimeRecord?
        do throws(Failure) {
            found = try JSONDocument.readIfPresent(RuntimeRecord.self, at: path)
        } catch  where error.is(HostFault.documentDamaged) {
            // Written by rename, so this is no torn write; the sweep for strays finds the process.
            environment.events.add(error, name)
            try DurableFile.remove(path)
            return
        }
        guard let record = found else { return }
        guard record.bootID == environment.bootID,
            let process = try ProcessHandle.adopt(record.processID, startTicks: record.startTicks)
        else {
            environment.events.add(.machine, .warning, name, "The virtual machine ended while ferryd was not running.")
            cleanUp(after: record)
            return
        }
        let qemu = RunningQEMU(owner: name, record: record, process: process)
        // Where the document cannot say how much memory was promised, the file does.
        let size = (try? document())?.memory ?? ByteCount((try? FileIdentity.of(record.memoryFile))?.size ?? 0)
        environment.admissions.note(id, size: size, file: record.memoryFile)
        state.update { $0.qemu = qemu }
        do throws(Failure) {
            try qemu.connect(deadline: .seconds(10))
        } catch {
            // It is shown as critical, and the connection is tried again.
            environment.events.add(error, name)
        }
        try observe(qemu)
    }

    /// Called every few seconds: processor use, and a conversation that was lost.
    func maintain(processors: Int) {
        guard let qemu else { return }
        qemu.sample(processors: processors)
        if qemu.needsConnection { try? qemu.connect(deadline: .seconds(1)) }
    }
}
