import Synchronization

/// A request to stop that is asked for once and looked at often: the engine polls it between extents.
package final class CancellationToken: Sendable {
    private let flag = Atomic<Bool>(false)

    package init() {}

    package var isCancelled: Bool { flag.load(ordering: .acquiring) }
    package func cancel() { flag.store(true, ordering: .releasing) }
}
