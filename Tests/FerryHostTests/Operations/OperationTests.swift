import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import Synchronization
import Testing

@Suite struct OperationTests {
    private func wait(_ registry: OperationRegistry, _ id: String) async throws -> OperationReport {
        var generation: UInt64 = 0
        while true {
            let report = await (try registry.operation(id)).report(after: generation, timeout: scaled(.seconds(60)))
            if report.state != .running { return report }
            generation = report.progress.generation
        }
    }

    @Test func `a result ends as JSON, a failure with its code`() async throws {
        let registry = OperationRegistry()
        let good = try registry.start(.startMachine, target: "web01", activity: "Starting") { _ in ["a": 1] }
        let bad = try registry.start(.startMachine, target: "web01", activity: "Starting") {
            (_) throws(Failure) -> Int in throw HostFault.invalidState(of: "web01", "It is being moved.")
        }
        let completed = try await wait(registry, good.id)
        #expect(completed.state == .completed && completed.result == #"{"a":1}"# && completed.progress.percent == 100)
        let failed = try await wait(registry, bad.id)
        #expect(failed.state == .failed && failed.failure?.code == "Host.invalidState" && failed.result == nil)
    }

    @Test func `generations rise and the percentage never falls`() async throws {
        let registry = OperationRegistry()
        let go = Event()
        let report = try registry.start(.moveMachine, target: "web01", activity: "Moving") { operation in
            for percent in [10, 40, 20, 250] { operation.update { $0.percent = percent } }
            go.wait()
            return 0
        }
        let operation = try registry.operation(report.id)
        var seen: [Int] = []
        var generation: UInt64 = 0
        while generation < 5 {
            let next = await operation.report(after: generation, timeout: scaled(.seconds(60)))
            #expect(next.progress.generation > generation)
            generation = next.progress.generation
            seen.append(next.progress.percent)
        }
        #expect(seen == seen.sorted() && seen.last == 100)
        go.set()
        _ = try await wait(registry, report.id)
    }

    @Test func `a wait ends when its time is over or its task cancelled`() async throws {
        let registry = OperationRegistry()
        let go = Event()
        let report = try registry.start(.moveMachine, target: nil, activity: "Moving") { _ in
            go.wait()
            return 0
        }
        let operation = try registry.operation(report.id)
        let timedOut = await operation.report(after: 99, timeout: .milliseconds(10))
        #expect(timedOut.progress.generation == 1)
        let task = Task { await operation.report(after: 99, timeout: .seconds(3600)) }
        task.cancel()
        #expect(await task.value.state == .running)
        go.set()
        _ = try await wait(registry, report.id)
    }

    @Test func `cancelling is seen by the work and ends as cancelled`() async throws {
        let registry = OperationRegistry()
        let started = Event()
        let report = try registry.start(.moveMachine, target: "web01", activity: "Moving virtual machine web01") {
            (operation) throws(Failure) -> Int in
            started.set()
            while true {
                try operation.checkCancellation()
                Event().wait(until: .after(.milliseconds(1)))
            }
        }
        #expect(await BlockingWork.waits(for: started))
        try registry.cancel(report.id)
        let ended = try await wait(registry, report.id)
        #expect(ended.state == .cancelled && ended.failure?.code == "Host.operationCancelled")
        try registry.cancel(report.id)
    }

    /// A move once heard of its cancellation at the next look at its progress, when it had long been over.
    @Test func `work that waits hears of its cancellation at once, and of one that came before`() async throws {
        let registry = OperationRegistry()
        let waiting = Event()
        let report = try registry.start(.moveMachine, target: nil, activity: "Moving") {
            (operation) throws(Failure) -> Int in
            let (heard, again) = (Event(), Event())
            operation.onCancel { heard.set() }
            waiting.set()
            guard heard.wait(until: .scaled(.seconds(60))) else { return 0 }
            operation.onCancel { again.set() }
            return again.wait(until: .after(.zero)) ? 2 : 1
        }
        #expect(await BlockingWork.waits(for: waiting))
        try registry.cancel(report.id)
        #expect(try await wait(registry, report.id).result == "2")
    }

    @Test func `past the point of no return cancelling is refused`() async throws {
        let registry = OperationRegistry()
        let (closed, go) = (Event(), Event())
        let report = try registry.start(.moveMachine, target: "web01", activity: "Moving") { operation in
            let isClosed = operation.closeCancellation()
            closed.set()
            go.wait()
            return isClosed
        }
        #expect(await BlockingWork.waits(for: closed))
        let failure = #expect(throws: Failure.self) { try registry.cancel(report.id) }
        #expect(failure?.is(HostFault.operationPastCancelling) == true)
        go.set()
        #expect(try await wait(registry, report.id).result == "true")
    }

    @Test func `only the last thousand endings are kept`() async throws {
        let registry = OperationRegistry()
        var ids: [String] = []
        for number in 0..<OperationRegistry.keptEndings + 5 {
            let report = try registry.start(.startMachine, target: nil, activity: "") { _ in number }
            ids.append(report.id)
            _ = try await wait(registry, report.id)
        }
        // The ending is counted just after it is published.
        #expect(await BlockingWork.isEventually { registry.runningCount == 0 })
        let failure = #expect(throws: Failure.self) { try registry.operation(ids[0]) }
        #expect(failure?.is(HostFault.operationNotFound) == true)
        #expect(try registry.operation(ids[5]).report.result == "5")
    }

    @Test func `a closed registry starts nothing and asks what runs to end`() async throws {
        let registry = OperationRegistry()
        let report = try registry.start(.moveMachine, target: nil, activity: "Moving") {
            (operation) throws(Failure) -> Int in
            while true {
                try operation.checkCancellation()
                Event().wait(until: .after(.milliseconds(1)))
            }
        }
        registry.close()
        #expect(try await wait(registry, report.id).state == .cancelled)
        let failure = #expect(throws: Failure.self) {
            try registry.start(.startMachine, target: nil, activity: "") { _ in 0 }
        }
        #expect(failure?.is(HostFault.hostStopping) == true)
    }
}

extension BlockingWork {
    /// Waits on a thread, so that the pool of the tests is not blocked.
    static func waits(for event: Event) async -> Bool {
        (try? await value("wait") { () throws(Failure) in event.wait(until: .scaled(.seconds(60))) }) ?? false
    }

    static func isEventually(_ condition: @escaping @Sendable () -> Bool) async -> Bool {
        (try? await value("wait") { () throws(Failure) in eventually(within: .seconds(60), condition) }) ?? false
    }
}
