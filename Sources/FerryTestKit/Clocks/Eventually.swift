import FerryCore
import FerryLinux

/// Waits for a condition that nobody announces: a file's contents, another process's state.
///
/// - Returns: false when `limit` (scaled) passed first.
package func eventually<E: Error>(
    within limit: Duration = .seconds(30), _ condition: () throws(E) -> Bool
) throws(E) -> Bool {
    let deadline = Deadline.scaled(limit)
    let never = Event()
    while true {
        if try condition() { return true }
        if deadline.hasPassed { return false }
        // Leaves the processor to whom the condition depends on; the wait is no synchronisation.
        never.wait(until: .after(.milliseconds(1)))
    }
}
