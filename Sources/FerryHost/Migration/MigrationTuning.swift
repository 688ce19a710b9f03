import FerryCore
package import FerryTransfer

/// What the host decides about its moves beyond an administrator's settings. Tests make the times short.
package struct MigrationTuning: Sendable {
    /// Sum of what a freeze may cost the guest.
    package var downtimeBudget = Duration.milliseconds(300)
    package var timeouts = CutoverTimeouts()
    /// Connections that carry data, beside the control channel.
    package var dataConnections = 2
    /// How long the target may take to prepare: it makes images and starts a daemon.
    package var prepareLimit = Duration.seconds(120)
    /// Between a successful move and the end of what is left at the source.
    package var cleanUpGrace = Duration.zero
    /// Between two looks at a running move for its progress.
    package var sampleInterval = Duration.milliseconds(250)
    /// Wraps the guest of a source's move. Negative controls set it: they leave our `stop` out, or the barrier.
    package var sourceGuestFilter: @Sendable (any SourceGuest) -> any SourceGuest = { $0 }

    package init() {}
}
