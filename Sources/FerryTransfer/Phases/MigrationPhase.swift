/// What a move does, from its admission to its clean-up: in the order of a move that succeeds, the disk's and the daemon's phases
/// after the session's own.
///
/// The one list of them: progress shows a phase, a `PhasePoint` is the begin or the end of one, and a fault plan names one.
package enum MigrationPhase: String, Sendable, Hashable, CaseIterable {
    // MARK: The sessions

    /// Source: the control channel is opened and its keys are set.
    case connect
    /// Source: hello to accept. Target: hello has come, accept goes.
    case signIn
    /// Source: lanes, boot files and the first map to PREPARED. Target: hypervisor started, room made.
    case prepare
    /// Source: what changed is looked for and, where needed, drained; nothing of it has been read at the end. Once a round.
    case survey
    /// Source: device requests in flight are waited for. Only where a disk does direct I/O.
    case barrier
    /// Source: the full pass, to its last acknowledgement.
    case firstRound
    /// Source: a later pass while the guest runs.
    case laterRound
    /// Source: our `stop`.
    case freeze
    /// Source: passes of the frozen guest, to the last acknowledgement. Twice a move: before and after the device state.
    case lastCopy
    /// Source: the hypervisor serialises its devices. Target: it loads them.
    case deviceState
    /// Source: the held device state goes out, to READY. Target: READY is recorded and sent. Between its begin at the source and
    /// `cont` the memory of both hosts is equal, but for clocks that KVM writes at the target when it is handed the registers.
    case ready
    /// Source: RELEASED is written; at the end it is on stable storage and GRANT is not sent.
    case released
    /// Source: GRANT is sent. Target: it is waited for.
    case grant
    /// In a move with a witness. Target: GRANT is on stable storage and the witness is asked for the machine; at the end it has decided
    /// for the target and OWNER is next. Source: the move is in doubt and the witness is asked.
    case witness
    /// Target: OWNER is written; at the end `cont` is next.
    case owner
    /// Target: the guest is made to run.
    case cont
    /// Source: RUNNING is waited for. Target: it is sent.
    case running
    /// Source: GONE is written.
    case gone
    /// The other host is asked for its record, because nobody knows yet which of the two may run the guest.
    case settle
    /// Lanes, connections and what was set up in the hypervisor are closed.
    case cleanUp

    // MARK: The disk

    /// Source: the hypervisor's block server and exports. Target: the storage daemon.
    case diskServer
    /// Source: a new bitmap records, the one before ends. Once a round and disk.
    case bitmapRotation
    /// Source: the frozen guest's last pass over its disks.
    case lastDiskRound
    /// Target: what was written reaches stable storage.
    case flush
    /// Target: the storage daemon ends and its exit is awaited.
    case storageDaemonExit

    // MARK: The daemon

    /// Source: the target is asked to take the machine. Target: it is checked, and what it needs is made.
    case admission
    /// A record of ownership is appended and synced.
    case record
    /// A line of the undo journal is appended and synced.
    case undoLine
    /// Target: the planned machine becomes this host's own.
    case commit
    /// Source: what is left of the machine is removed.
    case retire
    /// A ferryd that starts settles what an earlier life left of a move.
    case recover

    /// The hosts on which the phase happens.
    package var sides: [OwnershipSide] {
        switch self {
        case .connect, .survey, .barrier, .firstRound, .laterRound, .freeze, .lastCopy, .released, .gone,
            .bitmapRotation,
            .lastDiskRound, .retire:
            [.source]
        case .owner, .cont, .flush, .storageDaemonExit, .commit: [.target]
        case .signIn, .prepare, .deviceState, .ready, .grant, .witness, .running, .settle, .cleanUp, .diskServer,
            .admission,
            .record, .undoLine, .recover:
            [.source, .target]
        }
    }

    /// As an administrator reads it.
    package var title: String {
        switch self {
        case .admission, .connect, .signIn: "Connecting"
        case .prepare, .diskServer: "Preparing the destination"
        case .survey, .bitmapRotation: "Looking for changes"
        case .barrier: "QEMU is waiting for storage"
        case .firstRound, .laterRound: "Copying"
        case .freeze, .lastCopy, .lastDiskRound, .flush, .storageDaemonExit, .deviceState, .ready, .released, .grant,
            .owner, .cont, .running, .gone, .record, .undoLine:
            "Switching over"
        case .witness: "Asking the witness"
        case .settle: "Waiting for the other host's record"
        case .cleanUp, .commit, .retire: "Cleaning up"
        case .recover: "Settling an earlier move"
        }
    }
}
