import Glibc

/// Lets go of what containers hold, however deep they are nested in each other.
///
/// A container that goes releases its elements, and those release theirs, one inside the other: a million tables in each other
/// would need a million calls' stack. So every container's `deinit` hands what it holds to `release`, which does as Swift would
/// down to a certain depth, and lets what is deeper wait until the outermost container's turn ends.
enum ReleaseQueue {
    /// Calls in each other before the rest has to wait; each needs a few hundred bytes of stack.
    private static let limit = 200

    private struct State {
        var depth = 0
        var waiting: [Any] = []
    }

    /// A thread's state goes with the thread.
    private static let key: pthread_key_t? = {
        var key = pthread_key_t()
        let status = unsafe pthread_key_create(&key) { pointer in
            // SAFETY: only `makeState` stores here, and what it stores; the thread is over and nobody else knows the pointer.
            guard let state = unsafe pointer?.assumingMemoryBound(to: State.self) else { return }
            unsafe state.deinitialize(count: 1)
            unsafe state.deallocate()
        }
        return status == 0 ? key : nil
    }()

    @inline(never)
    private static func makeState(_ key: pthread_key_t) -> UnsafeMutablePointer<State>? {
        let state = UnsafeMutablePointer<State>.allocate(capacity: 1)
        // SAFETY: new memory of one `State`, which from here on belongs to the thread.
        unsafe state.initialize(to: State())
        guard unsafe pthread_setspecific(key, state) == 0 else {
            unsafe state.deinitialize(count: 1)
            unsafe state.deallocate()
            return nil
        }
        return unsafe state
    }

    /// Releases what `held` has and leaves `empty` in its place; for a container's `deinit`.
    @inline(__always)
    static func release<Held>(_ held: inout Held, leaving empty: Held) {
        guard let key else {
            held = empty
            return
        }
        // SAFETY: the thread's own state, made by `makeState`; it lives as long as the thread.
        let known = unsafe pthread_getspecific(key)?.assumingMemoryBound(to: State.self)
        guard let state = unsafe known ?? makeState(key) else {
            held = empty
            return
        }
        // SAFETY: the same; releasing comes back here, but never while an access to the state is under way.
        if unsafe state.pointee.depth >= limit {
            unsafe state.pointee.waiting.append(held)
            held = empty
            return
        }
        unsafe state.pointee.depth += 1
        // The optimizer may release as early as the last use: without one here, before the depth is counted, and so without end.
        withExtendedLifetime(held) {}
        held = empty
        unsafe state.pointee.depth -= 1
        if unsafe state.pointee.depth == 0, unsafe !state.pointee.waiting.isEmpty { unsafe drain(state) }
    }

    @inline(never)
    private static func drain(_ state: UnsafeMutablePointer<State>) {
        // SAFETY: as in `release`; the element taken out is released outside of the access.
        unsafe state.pointee.depth = 1
        while let next = unsafe state.pointee.waiting.popLast() { _ = consume next }
        unsafe state.pointee.depth = 0
    }
}
