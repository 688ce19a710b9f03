package import FerryCore
package import FerryLinux

/// What the memory lane needs of a tracker of written pages. The system's is `DirtyTracker`.
package protocol PageTracker: AnyObject, Sendable {
    /// Starts tracking; the first harvest of a window reports all of it.
    func arm() throws(Failure)
    /// Adds what was written in `window` since its last harvest, and watches it again.
    func harvest(_ window: Extent, into dirty: inout ExtentSet) throws(Failure)
    func disarm() throws(Failure)
}

extension DirtyTracker: PageTracker {}
