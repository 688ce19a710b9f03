package import FerryCore

/// A medium whose contents change while they are copied. Offsets and lengths are bytes, multiples of `unit` except at the end.
///
/// Coverage: at any instant, a unit that differs at the target is owed in the ledger, in flight, or will be in a later survey.
package protocol CopyLane: AnyObject, Sendable {
    var kind: LaneKind { get }
    var size: UInt64 { get }
    /// A power of two.
    var unit: UInt64 { get }

    /// `.everything`: starts tracking, then reports all that is not known to be zero *and to have been zero at every earlier
    /// survey of this lane*. `.changes`: what was written since the previous survey. Session thread only.
    ///
    /// The bytes may be read after the survey, and after the barrier where the machine needs one; never before.
    func survey(_ scope: SurveyScope) throws(Failure) -> ExtentSet

    /// Reads what `extents` hold now into `runs`. Several mover threads at once, each with a list of its own; `extents` are at most
    /// `WireProtocol.itemDataLimit` bytes. Mapped bytes stay where they are and may go on changing.
    func load(_ extents: ArraySlice<Extent>, into runs: inout RunList) throws(Failure)

    /// Takes back what was surveyed and never acknowledged: the next survey reports it again.
    func restore(_ owed: ExtentSet)

    /// The move is given up: surveys and loads that wait for the medium, and those that come, end soon with a failure. From any
    /// thread; never waits.
    func interrupt()

    /// Ends tracking. Idempotent; after it nothing but another `.everything` survey is allowed.
    func close() throws(Failure)
}

extension CopyLane {
    /// Of a medium that does not keep anybody waiting.
    package func interrupt() {}
}

/// Where a lane's bytes end up. `store` and `clear` come from several threads at once, with disjoint extents within `size`.
package protocol LaneSink: AnyObject, Sendable {
    var kind: LaneKind { get }
    var size: UInt64 { get }
    var unit: UInt64 { get }

    /// Makes room for what the source announced; returns the bytes made room for. Before it the medium reads as zero, or is
    /// made to.
    func prepare(_ extents: ExtentSet) throws(Failure) -> UInt64

    func store(_ bytes: RawSpan, at offset: UInt64) throws(Failure)

    /// Makes `extent` read as zero. A hole may give its room back.
    func clear(_ extent: Extent, isHole: Bool) throws(Failure)

    /// Returns once everything stored is as durable as the medium gets.
    func flush() throws(Failure)

    /// Lets go of the medium. Idempotent.
    func close() throws(Failure)
}
