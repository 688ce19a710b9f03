import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Synchronization
import Testing

/// Strangers who have learnt a move's identifier, at the real port of a host that expects that move.
@Suite(
    .needs(
        .qemu, .root, .kernelTracker, .program("cc", package: "gcc"),
        .program("qemu-storage-daemon", package: "qemu-utils")), .serialized)
struct StrangersTests {
    @Test func `strangers who name a move and its connections, and hang, do not keep it from completing`() async throws
    {
        let crowd = Crowd()
        var tuning = MigrationTuning.verifying
        tuning.probe = crowd
        let hosts = try TwoHosts(tuning: tuning)
        let (node1, node2) = (hosts.node1, hosts.node2)
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        crowd.place.update { $0 = (node2.configuration.listenAddress, node2.configuration.dataPort) }
        let result = try await node1.run(hosts.request(machine.id, to: node2))
        #expect(result.migration.status == .completed)
        #expect(crowd.count > 4 * MigrationListener.greetingLimit)
        #expect(crowd.complaint == nil)
        #expect(try await node1.machine("counter") == nil)
        #expect(try hosts.leftovers(of: node1, machine.id).isEmpty)
        try hosts.check(on: node2, machine.id)
    }
}

/// Comes before the source's first connection, and again before its passes: from several addresses, with the move's identifier
/// and the numbers of its connections, and then says nothing.
private final class Crowd: PhaseProbe {
    let place = Monitor<(address: String, port: UInt16)?>(nil)
    private let strangers = Mutex<[BoundConnection]>([])
    private let failure = Mutex<String?>(nil)
    /// It comes so many times.
    private let visits = Atomic<Int>(0)

    var count: Int { strangers.withLock { $0.count } }
    var complaint: String? { failure.withLock { $0 } }

    func reached(_ point: PhasePoint) {
        let isMoment =
            point.isPoint(.before, .connect, side: .source) || point.isPoint(.before, .firstRound, side: .source)
            || point.isPoint(.before, .freeze, side: .source)
        guard isMoment, visits.add(1, ordering: .relaxed).newValue <= 3, let place = place.read({ $0 }) else { return }
        do {
            guard let migration = MigrationID(point.migration) else {
                return failure.withLock { $0 = "an id that is none" }
            }
            for number in 0..<2 * UInt32(MigrationListener.greetingLimit) {
                let stranger = try BoundConnection(
                    from: "127.9.\(number % 4).1", to: place.address, port: place.port)
                // Who has lost its place already cannot be told apart from one that cannot speak.
                try? stranger.send(Preamble.plain(migration, number: number % 9))
                strangers.withLock { $0.append(stranger) }
            }
        } catch {
            failure.withLock { $0 = "\(error)" }
        }
    }
}
