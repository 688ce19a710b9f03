package import FerryCore
import Synchronization

/// Makes the n-th of the places that ask fail. A test repeats its body with n = 1, 2, … until nothing fired.
package final class FaultPlan: Sendable {
    private struct State: Sendable {
        var armed: Int?
        var count = 0
        var fired: String?
    }

    private let state = Mutex(State())

    package init() {}

    /// The `nth` call of `visit` from now on throws; 1 is the next.
    package func arm(nth: Int) { state.withLock { $0 = State(armed: nth) } }

    /// A place that can fail. `name` tells which in the failure.
    package func visit(_ name: String) throws(Failure) {
        let fires = state.withLock { state in
            state.count += 1
            guard state.armed == state.count else { return false }
            state.fired = name
            return true
        }
        if fires { throw Failure(InjectedFault.injected, "The test made \(name) fail.", target: name) }
    }

    package var didFire: Bool { state.withLock { $0.fired != nil } }
    /// The place that failed.
    package var fired: String? { state.withLock { $0.fired } }
}

/// The fault of `FaultPlan`; nothing else throws it.
package enum InjectedFault: String, FaultCode {
    case injected

    package static let domain = "Test"
    package var category: FaultCategory { .deviceError }
    package var advice: String { "Look at the test's fault plan." }
}
