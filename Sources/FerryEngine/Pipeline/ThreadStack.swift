internal import CDispatch
import FerryLinux
import Glibc
import Synchronization

/// How deep the present thread's stack may grow.
enum ThreadStack {
    /// What a call needs at most before it checks again; unoptimised frames are big.
    private static let reserve: UInt = 1 << 20

    /// An address near the top of the stack in use.
    @inline(never) static func pointer() -> UInt {
        var marker: UInt8 = 0
        // SAFETY: the address is only compared, never dereferenced.
        return unsafe withUnsafeMutablePointer(to: &marker) { UInt(bitPattern: $0) }
    }

    /// The lowest address calls may reach.
    static func limit() -> UInt {
        guard let stack = SpawnSupport.stackOfThisThread() else { return 0 }
        return stack.lowest + min(reserve, stack.size / 2)
    }
}

extension Runspace {
    private final class Box<Result> {
        var body: (() -> Result)?
        var result: Result?
    }

    /// Runs `body` on a new thread with a stack big enough for deep recursion and waits for it. A runspace made there is used there.
    ///
    /// - Parameter meanwhile: what the calling thread does until then; it must end with `body`.
    package static func onOwnThread<Result: Sendable>(
        stackSize: Int = 64 << 20, meanwhile: () -> Void = {}, _ body: @escaping @Sendable () -> Result
    ) -> Result {
        let box = Box<Result>()
        box.body = body
        var attributes = pthread_attr_t()
        // SAFETY: plain pthread calls on locals; the box is retained for the thread and released by it, and the join orders its
        // accesses before the read below.
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setstacksize(&attributes, stackSize)
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(BoxRunner { box.result = box.body?() })
        let status = unsafe pthread_create(
            &thread, &attributes,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<BoxRunner>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        guard status == 0 else {
            unsafe context.release()
            return body()
        }
        meanwhile()
        pthread_join(thread, nil)
        return box.result ?? body()
    }
}

private final class BoxRunner {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
}
