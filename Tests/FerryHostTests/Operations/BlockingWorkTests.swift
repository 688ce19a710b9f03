import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import Testing

@Suite struct BlockingWorkTests {
    @Test func `a thread's value and failure reach the task`() async throws {
        #expect(try await BlockingWork.value("one") { () throws(Failure) in 7 } == 7)
        await #expect(throws: Failure.self) {
            try await BlockingWork.value("two") { () throws(Failure) -> Int in
                throw Failure(HostFault.hostStopping, "No.")
            }
        }
    }

    @Test func `a thread waits for a task, and its wish to stop reaches it`() async throws {
        let value = try await BlockingWork.value("wait") { () throws(Failure) in
            try BlockingWork.wait { () async throws(Failure) in 7 }
        }
        #expect(value == 7)
        let token = CancellationToken()
        token.cancel()
        let wasCancelled = try await BlockingWork.value("wait") { () throws(Failure) in
            try BlockingWork.wait(cancellation: token) { () async throws(Failure) in
                (try? await Task.sleep(for: .seconds(3600))) == nil
            }
        }
        #expect(wasCancelled)
    }
}
