import Glibc

/// Shared state under a lock that threads can wait for to change.
///
/// For hand-over between a transfer's dedicated threads; never across a suspension.
@safe
package final class Monitor<State>: @unchecked Sendable {
    // SAFETY: `state` is only touched between lock and unlock of `mutex`; both pointers live from init to deinit.
    private var state: State
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    package init(_ state: sending State) {
        self.state = state
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        // The wall clock may jump.
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Changes the state and wakes every waiter.
    package func update<Result: Sendable, E: Error>(_ body: (inout State) throws(E) -> Result) throws(E) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer {
            unsafe pthread_cond_broadcast(condition)
            unsafe pthread_mutex_unlock(mutex)
        }
        return try body(&state)
    }

    /// Looks at the state without waking anybody.
    package func read<Result: Sendable, E: Error>(_ body: (borrowing State) throws(E) -> Result) throws(E) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body(state)
    }

    /// Calls `body` under the lock again and again, after each change, until it returns a value.
    ///
    /// - Returns: nil when `deadline` passed first. `body` may change the state when it returns a value: waiters are woken.
    package func wait<Result: Sendable, E: Error>(
        until deadline: Deadline = .never, _ body: (inout State) throws(E) -> Result?
    ) throws(E) -> Result? {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            if let result = try body(&state) {
                unsafe pthread_cond_broadcast(condition)
                return result
            }
            guard let remaining = deadline.remaining else {
                unsafe pthread_cond_wait(condition, mutex)
                continue
            }
            guard remaining > .zero else { return nil }
            var end = timespec()
            unsafe clock_gettime(CLOCK_MONOTONIC, &end)
            let (seconds, attoseconds) = remaining.components
            let nanoseconds = Int64(end.tv_nsec) + attoseconds / 1_000_000_000
            end.tv_sec += Int(seconds) + Int(nanoseconds / 1_000_000_000)
            end.tv_nsec = Int(nanoseconds % 1_000_000_000)
            _ = unsafe pthread_cond_timedwait(condition, mutex, &end)
        }
    }
}

/// Something that happens once and can be waited for.
package final class Event: Sendable {
    private let monitor = Monitor(false)

    package init() {}

    package var isSet: Bool { monitor.read { $0 } }
    package func set() { monitor.update { $0 = true } }

    /// false when `deadline` passed first.
    @discardableResult
    package func wait(until deadline: Deadline = .never) -> Bool {
        monitor.wait(until: deadline) { $0 ? true : nil } ?? false
    }
}
