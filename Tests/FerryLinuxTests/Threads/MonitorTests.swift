import FerryCore
import FerryLinux
import FerryTestKit
import Testing

@Suite struct MonitorTests {
    @Test func `a bounded queue between four threads loses and doubles nothing`() throws {
        struct Queue: Sendable {
            var items: [Int] = []
            var taken: [Int] = []
        }
        let queue = Monitor(Queue())
        let count = 5000
        let producers = try (0..<2).map { producer in
            try WorkerThread("producer-\(producer)") {
                for item in 0..<count {
                    _ = queue.wait { state -> Bool? in
                        guard state.items.count < 8 else { return nil }
                        state.items.append(producer * count + item)
                        return true
                    }
                }
            }
        }
        let consumers = try (0..<2).map { index in
            try WorkerThread("consumer-\(index)") {
                while true {
                    let done = queue.wait { state -> Bool? in
                        if state.taken.count + state.items.count == 0, false { return true }
                        guard let item = state.items.popLast() else {
                            return state.taken.count == 2 * count ? true : nil
                        }
                        state.taken.append(item)
                        return state.taken.count == 2 * count
                    }
                    if done == true { return }
                }
            }
        }
        for thread in producers + consumers { thread.join() }
        #expect(queue.read { $0.taken.sorted() } == Array(0..<2 * count))
    }

    @Test func `waiting ends at the deadline`() {
        let monitor = Monitor(0)
        let start = ContinuousClock.now
        #expect(monitor.wait(until: .after(.milliseconds(30))) { $0 == 1 ? true : nil } == nil)
        #expect(start.duration(to: .now) >= .milliseconds(30))
        #expect(Event().wait(until: .after(.zero)) == false)
    }

    @Test func `a thread has its name, ends, and can be joined by several`() throws {
        let name = Monitor("")
        let go = Event()
        let thread = try WorkerThread("a name longer than the kernel's fifteen") {
            let text = (try? DurableFile.read("/proc/thread-self/comm")).map { String(decoding: $0, as: UTF8.self) }
            name.update { $0 = text ?? "" }
            go.wait()
        }
        #expect(!thread.isFinished)
        let others = try (0..<3).map { try WorkerThread("joiner-\($0)") { thread.join() } }
        go.set()
        thread.join()
        for other in others { other.join() }
        #expect(thread.isFinished)
        #expect(name.read { $0 } == "a name longer t\n")
    }
}
