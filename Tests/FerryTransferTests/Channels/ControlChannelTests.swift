import FerryCore
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

@Suite struct ControlChannelTests {
    private static let migration = MigrationID.make()

    /// Two ends of one control channel, as two hosts open it, over TCP.
    private func channels() throws -> (source: Channel, target: Channel, sourceSocket: StreamSocket) {
        let listening = try ListeningSocket.listen(host: "127.0.0.1", port: 0)
        let accepted = Monitor<Channel?>(nil)
        let accepting = try WorkerThread("accepting") {
            guard let socket = try? listening.accept(), let incoming = try? IncomingChannel.accept(socket) else {
                return
            }
            let channel = try? Channel.establish(incoming, protection: .plain(), until: .scaled(.seconds(10)))
            accepted.update { $0 = channel }
        }
        let socket = try StreamSocket.connect(to: listening.address, until: .scaled(.seconds(10)))
        let source = try Channel.open(
            socket, migration: Self.migration, number: 0, protection: .plain(), until: .scaled(.seconds(10)))
        accepting.join()
        listening.stopAccepting()
        return (source, try #require(accepted.read { $0 }), socket)
    }

    private enum Heard: Equatable { case silence, sound, end }

    private func start(_ channel: ControlChannel) throws -> Monitor<[(Heard, ContinuousClock.Instant)]> {
        let heard = Monitor<[(Heard, ContinuousClock.Instant)]>([])
        try channel.start { delivery in
            let what: Heard? =
                switch delivery {
                case .message: nil
                case .silence(let isSilent): isSilent ? .silence : .sound
                case .lost: .end
                }
            if let what { heard.update { $0.append((what, .now)) } }
        }
        return heard
    }

    @Test func `a link that swallows everything is noticed before it is given up`() throws {
        let (source, target, socket) = try channels()
        let ours = try ControlChannel(source, isSource: true)
        let theirs = try ControlChannel(target, isSource: false)
        defer {
            ours.close()
            theirs.close()
        }
        let (atSource, atTarget) = (try start(ours), try start(theirs))
        let silent = try socket.silence()
        for heard in [atSource, atTarget] {
            let order = heard.wait(until: .scaled(.seconds(60))) { $0.count == 2 ? $0.map(\.0) : nil }
            #expect(order == [.silence, .end])
        }
        withExtendedLifetime(silent) {}
    }

    @Test func `a peer that dies is known to be gone at once, without a silence before`() throws {
        let (source, target, _) = try channels()
        let ours = try ControlChannel(source, isSource: true)
        defer { ours.close() }
        let heard = try start(ours)
        target.socket.shutDown()
        #expect(heard.wait(until: .scaled(.seconds(60))) { $0.first.map(\.0) } == .end)
    }
}
