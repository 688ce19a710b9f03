import FerryContract
import FerryCore
import FerryLinux
package import FerryTransfer
import Glibc
import Synchronization

/// Carries a fault plan out in the ferryd it was given to.
///
/// ```
///   phases ──reached──▶ │ counts, acts │ ◀──opened, accepts──   the move's connections
///                       │              │ ◀──requireLink──       questions to and from other hosts
/// ```
package final class PhaseFaultInjector: PhaseProbe {
    private struct Place: Hashable {
        var side: OwnershipSide
        var phase: MigrationPhase
        var moment: PhasePoint.Moment
    }

    private struct Link: Sendable {
        var opens: Deadline
        /// Swallows, instead of refusing.
        var isSilent: Bool
    }

    private struct WeakSocket: Sendable { weak let socket: StreamSocket? }

    private struct State: Sendable {
        var counts: [Place: Int] = [:]
        var faults: [PhaseFault]
        var sockets: [WeakSocket] = []
        var link: Link?
        var silent: [SilentConnection] = []
    }

    private let state: Mutex<State>
    private let host = Mutex<WeakHost>(WeakHost(host: nil))
    private let tell: @Sendable (String) -> Void

    private struct WeakHost: Sendable { weak let host: HostMigrations? }

    /// - Parameter tell: gets a line for each fault before it happens; the line must have left this process when it returns.
    package init(_ plan: PhaseFaultPlan, tell: @escaping @Sendable (String) -> Void) {
        state = Mutex(State(faults: plan.faults))
        self.tell = tell
    }

    func attach(_ migrations: HostMigrations) { host.withLock { $0 = WeakHost(host: migrations) } }

    // MARK: - Phases

    package func reached(_ point: PhasePoint) {
        let place = Place(side: point.side, phase: point.phase, moment: point.moment)
        let due = state.withLock { state in
            let count = (state.counts[place] ?? 0) + 1
            state.counts[place] = count
            let isDue: (PhaseFault) -> Bool = {
                $0.side == place.side && $0.phase == place.phase && $0.moment == place.moment && $0.occurrence == count
            }
            let due = state.faults.filter(isDue)
            state.faults.removeAll(where: isDue)
            return due
        }
        for fault in due { act(fault, at: point) }
    }

    private func act(_ fault: PhaseFault, at point: PhasePoint) {
        tell("fault plan: \(fault), migration \(point.migration)")
        switch fault.action {
        case .kill:
            _ = Glibc.kill(getpid(), SIGKILL)
            // The signal has no handler, but other threads may run for a moment: this one does nothing more.
            while true { pause() }
        case .killHypervisor: killHypervisor(of: point)
        case .killStorageDaemon: killStorageDaemon(of: point)
        case .delay(let time): Event().wait(until: .after(time))
        case .cut(let time): cut(for: time, isSilent: false)
        case .blackHole(let time): cut(for: time, isSilent: true)
        }
    }

    private func killHypervisor(of point: PhasePoint) {
        guard let host = host.withLock({ $0.host }), let log = host.records.log(point.migration),
            let qemu = host.machines.machineIfPresent(log.context.machine)?.qemu
        else { return tell("fault plan: there is no QEMU to kill") }
        do throws(Failure) { try qemu.process.kill() } catch { tell("fault plan: \(error)") }
    }

    private func killStorageDaemon(of point: PhasePoint) {
        guard let host = host.withLock({ $0.host }) else { return }
        let socket = IncomingMigration.storageSocket(of: point.migration, host.configuration)
        do throws(Failure) { try StorageDaemon.endLeftover(socket: socket) } catch { tell("fault plan: \(error)") }
    }

    // MARK: - The link

    private func cut(for time: Duration, isSilent: Bool) {
        let sockets = state.withLock { state in
            defer { state.sockets = [] }
            state.link = Link(opens: .after(time), isSilent: isSilent)
            return state.sockets.compactMap(\.socket)
        }
        guard isSilent else { return sockets.forEach { $0.shutDown() } }
        for socket in sockets { silence(socket) }
        let state = WeakInjector(injector: self)
        _ = try? WorkerThread("black-hole") {
            Event().wait(until: .after(time))
            // What was held open closes now: the other side hears of it, if it still listens.
            state.injector?.state.withLock { $0.silent = [] }
        }
    }

    private struct WeakInjector: Sendable { weak let injector: PhaseFaultInjector? }

    private func silence(_ socket: StreamSocket) {
        do throws(Failure) {
            let silent = try socket.silence()
            state.withLock { $0.silent.append(silent) }
        } catch {
            tell("fault plan: \(error)")
            socket.shutDown()
        }
    }

    private var closed: Link? { state.withLock { $0.link.flatMap { $0.opens.hasPassed ? nil : $0 } } }

    /// A connection that this host made.
    func opened(_ socket: StreamSocket, of migration: String) { note(socket) }

    /// A connection that another host made. false: it was dealt with here.
    func accepts(_ channel: IncomingChannel) -> Bool {
        guard let link = closed else {
            note(channel.socket)
            return true
        }
        if link.isSilent { silence(channel.socket) } else { channel.socket.shutDown() }
        return false
    }

    private func note(_ socket: StreamSocket) {
        state.withLock { state in
            state.sockets.removeAll { $0.socket == nil }
            state.sockets.append(WeakSocket(socket: socket))
        }
    }

    /// Returns at once where other hosts can be reached, and reach this one.
    ///
    /// - Throws: at once where the link is cut, as if it were refused; after `limit` where it swallows everything.
    func requireLink(to name: String, within limit: Duration = .seconds(10)) throws(Failure) {
        guard let link = closed else { return }
        guard link.isSilent else {
            throw Failure(
                LinuxFault.connectionRefused, "The fault plan refuses connections between this host and '\(name)'.",
                target: name)
        }
        Event().wait(until: Deadline.after(limit).sooner(link.opens))
        throw Failure(
            LinuxFault.timedOut, "The fault plan swallows what goes between this host and '\(name)'.", target: name)
    }
}
