/// QEMU's run state, kept up to date from its events so that a reader asks nobody.
package struct GuestStatus: Sendable, Hashable {
    /// As `query-status` names them; `RunState` of QEMU's QAPI schema.
    package enum State: String, Sendable, CaseIterable {
        case debug, inmigrate, paused, postmigrate, prelaunch, running, shutdown, suspended, watchdog, colo
        case internalError = "internal-error"
        case ioError = "io-error"
        case finishMigrate = "finish-migrate"
        case restoreVM = "restore-vm"
        case saveVM = "save-vm"
        case guestPanicked = "guest-panicked"
    }

    /// nil for a state this version of Ferry does not know.
    package private(set) var state: State?
    /// Why the guest ended, from SHUTDOWN: "guest-shutdown", "host-qmp-quit", ….
    package private(set) var shutdownReason: String?
    /// A disk error stopped the guest, or is about to.
    private var hasDiskError = false

    package init(_ name: String) { state = State(rawValue: name) }

    /// What an event says about the run state.
    package mutating func apply(_ event: QMPEvent) {
        switch event.name {
        case "RESUME", "WAKEUP":
            hasDiskError = false
            state = .running
        case "STOP":
            // STOP follows the event that tells the reason, where there is one.
            if hasDiskError {
                state = .ioError
            } else if state != .guestPanicked, state != .shutdown {
                state = .paused
            }
        case "BLOCK_IO_ERROR":
            if event.data["action"]?.text == "stop" { hasDiskError = true }
        case "GUEST_PANICKED": state = .guestPanicked
        case "SUSPEND": state = .suspended
        case "WATCHDOG":
            if event.data["action"]?.text == "pause" { state = .watchdog }
        case "SHUTDOWN":
            state = .shutdown
            shutdownReason = event.data["reason"]?.text
        default: break
        }
    }
}
