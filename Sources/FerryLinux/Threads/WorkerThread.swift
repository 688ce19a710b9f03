import CLinux
package import FerryCore
import Glibc
import Synchronization

/// A thread of its own for work that blocks: copying, waiting on a socket or a process. The cooperative pool has one thread
/// a core and must not be blocked.
///
/// A thread whose object goes without `join` runs on to its end.
package final class WorkerThread: Sendable {
    private struct Handle: @unchecked Sendable {
        // SAFETY: an opaque number, used once, under the lock.
        var thread: pthread_t?
    }

    private final class Start {
        let name: String
        let body: @Sendable () -> Void
        init(_ name: String, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    private let handle: Mutex<Handle>
    private let finished: Event

    /// Starts the thread. The kernel shows the first 15 bytes of `name`.
    ///
    /// - Parameter stackBytes: room for its stack, the system's usual one when nil.
    package init(_ name: String, stackBytes: Int? = nil, _ body: @escaping @Sendable () -> Void) throws(Failure) {
        let finished = Event()
        let start = Start(name) {
            body()
            finished.set()
        }
        var thread = pthread_t()
        // SAFETY: the box is retained for the new thread, which releases it; on failure it is released here.
        let box = unsafe Unmanaged.passRetained(start)
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        if let stackBytes { unsafe pthread_attr_setstacksize(&attributes, stackBytes) }
        let result = unsafe pthread_create(
            &thread, &attributes,
            { argument in
                let start = unsafe Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
                _ = unsafe ferry_prepare_this_thread(String(decoding: start.name.utf8.prefix(15), as: UTF8.self))
                start.body()
                return nil
            }, box.toOpaque())
        guard result == 0 else {
            unsafe box.release()
            throw Failure(errno: result, "start the thread \(name)")
        }
        self.finished = finished
        handle = Mutex(Handle(thread: thread))
    }

    /// Whether the body has returned.
    package var isFinished: Bool { finished.isSet }

    /// false when `deadline` passed first; the thread is not joined then.
    package func wait(until deadline: Deadline) -> Bool { finished.wait(until: deadline) }

    /// Returns once the body has returned. Any number of callers, in any order; on the thread itself it returns at once.
    package func join() {
        let taken = handle.withLock { handle -> Handle in
            guard let thread = handle.thread, pthread_equal(thread, pthread_self()) == 0 else {
                return Handle(thread: nil)
            }
            defer { handle.thread = nil }
            return Handle(thread: thread)
        }
        if let thread = taken.thread {
            pthread_join(thread, nil)
        } else if handle.withLock({ $0.thread == nil }) {
            finished.wait()
        }
    }

    deinit {
        handle.withLock { handle in
            if let thread = handle.thread { pthread_detach(thread) }
        }
    }
}
