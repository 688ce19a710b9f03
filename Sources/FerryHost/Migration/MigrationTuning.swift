package import FerryTransfer

/// What the host decides about its moves beyond an administrator's settings. Tests make the times short and look in.
package struct MigrationTuning: Sendable {
    package var policy = PolicyCatalog.fitsDowntime.policy()
    package var timeouts = CutoverTimeouts()
    /// Connections that carry data, beside the control channel.
    package var dataConnections = 2
    /// How long the target may take to prepare: it makes images and starts a daemon.
    package var prepareLimit = Duration.seconds(120)
    /// Between two looks at a running move for its progress.
    package var sampleInterval = Duration.milliseconds(250)
    /// A blackout from which on the administrator is warned.
    package var longBlackout = Duration.seconds(2)
    /// Compares digests of all memory before the target loads its device state, which lengthens the blackout.
    package var verifiesMemory = false
    /// Wraps the guest of a source's move. Negative controls set it: they leave our `stop` out, or the barrier.
    package var sourceGuestFilter: @Sendable (any SourceGuest) -> any SourceGuest = { $0 }
    package var probe: (any PhaseProbe)?
    /// Cuts the host off from its peers when its plan says so. Only a ferryd under test has one, and then it is the probe, too.
    package var faults: PhaseFaultInjector?

    package init() {}
}
