import FerryCore
import FerryTransfer
import Synchronization

/// A tracker that is told of each write by the writer, after the write: then no write is ever missed, and one may be reported
/// twice.
final class MarkingTracker: PageTracker {
    private struct State: Sendable {
        var isArmed = false
        var dirty = ExtentSet()
    }

    private let state = Mutex(State())

    func mark(_ extent: Extent) { state.withLock { $0.dirty.insert(extent) } }

    func arm() throws(Failure) { state.withLock { $0.isArmed = true } }

    func harvest(_ window: Extent, into dirty: inout ExtentSet) throws(Failure) {
        let found = state.withLock { state in
            defer { state.dirty.remove(window) }
            return state.dirty.extents.filter { $0.overlaps(window) }
        }
        for extent in found { dirty.insert(extent) }
    }

    func disarm() throws(Failure) { state.withLock { $0.isArmed = false } }

    var isArmed: Bool { state.withLock { $0.isArmed } }
}
