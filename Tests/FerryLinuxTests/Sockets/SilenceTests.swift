import FerryCore
import FerryLinux
import FerryTestKit
import Testing

@Suite struct SilenceTests {
    private func pair() throws -> (StreamSocket, StreamSocket) {
        let listening = try ListeningSocket.listen(host: "127.0.0.1", port: 0)
        let ours = try StreamSocket.connect(to: listening.address, until: .scaled(.seconds(10)))
        let theirs = try #require(try listening.accept())
        listening.stopAccepting()
        return (ours, theirs)
    }

    @Test func `a silenced connection takes nothing, gives nothing, and tells nobody`() throws {
        let (ours, theirs) = try pair()
        try theirs.writeFully([1, 2, 3], until: .scaled(.seconds(10)))
        #expect(try ours.readFully(3, until: .scaled(.seconds(10))) == [1, 2, 3])
        let silent = try ours.silence()
        try withExtendedLifetime(silent) {
            // The other side goes on: what it writes is taken by its own kernel, and nothing comes back.
            try theirs.writeFully([4], until: .scaled(.seconds(10)))
            try ours.writeFully([5], until: .scaled(.seconds(10)))
            for socket in [ours, theirs] {
                #expect { _ = try socket.readFully(1, until: .after(.milliseconds(50))) } throws: { error in
                    (error as? Failure)?.is(LinuxFault.timedOut) == true
                }
            }
        }
    }

    @Test func `when the silence is let go of, the other side sees the end`() throws {
        let (ours, theirs) = try pair()
        var silent: SilentConnection? = try ours.silence()
        #expect(silent != nil)
        silent = nil
        #expect(throws: Failure.self) { _ = try theirs.readFully(1, until: .scaled(.seconds(10))) }
    }

    @Test func `a reader that waits already goes on waiting, and a shut down wakes it`() throws {
        let (ours, theirs) = try pair()
        let started = Event()
        let outcome = Monitor<Failure?>(nil)
        let reader = try WorkerThread("reader") {
            started.set()
            do throws(Failure) { _ = try ours.readFully(1, until: .scaled(.seconds(30))) } catch {
                outcome.update { $0 = error }
            }
        }
        started.wait()
        let silent = try ours.silence()
        // Wakes a reader that was waiting on the real connection before; there is nothing for it to take.
        try theirs.writeFully([7], until: .scaled(.seconds(10)))
        ours.shutDown()
        reader.join()
        #expect(outcome.read { $0 }?.is(LinuxFault.connectionLost) == true)
        withExtendedLifetime(silent) {}
    }
}
