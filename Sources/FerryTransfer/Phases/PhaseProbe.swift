/// Looks in at the phases of a move. Tests conform, and the fault plan of a ferryd under test; without one nothing is called.
///
/// Called on the thread that works, which waits: what a probe does in a phase of the freeze lengthens the blackout.
package protocol PhaseProbe: AnyObject, Sendable {
    func reached(_ point: PhasePoint)
}
