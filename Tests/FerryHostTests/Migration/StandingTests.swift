import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Synchronization
import Testing

/// What a target tells a source that asks in the middle of the last steps.
@Suite(
    .needs(
        .qemu, .root, .kernelTracker, .program("cc", package: "gcc"),
        .program("qemu-storage-daemon", package: "qemu-utils")), .serialized)
struct StandingTests {
    /// Asks the target at each of its steps.
    private final class Asker: PhaseProbe {
        let hosts = Mutex<(source: TestHost, target: TestHost)?>(nil)
        let answers = Mutex<[(point: PhasePoint, answer: MigrationStanding)]>([])

        func reached(_ point: PhasePoint) {
            switch (point.moment, point.phase, point.side) {
            case (.after, .deviceState, .target), (.after, .owner, .target), (.after, .cont, .target):
                guard let (source, target) = hosts.withLock({ $0 }),
                    let reports = try? target.reports(), let migration = reports.first?.id,
                    let answer = try? target.standing(of: migration, to: source)
                else { return }
                answers.withLock { $0.append((point, answer)) }
            default: break
            }
        }
    }

    /// A source that heard OWNER erases its copy; a `cont` that then fails would have lost the machine.
    @Test func `a target does not tell OWNER before its guest runs`() async throws {
        let asker = Asker()
        var tuning = MigrationTuning()
        tuning.probe = asker
        let hosts = try TwoHosts(tuning: tuning)
        asker.hosts.withLock { $0 = (hosts.node1, hosts.node2) }
        defer { asker.hosts.withLock { $0 = nil } }
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        let result = try await hosts.node1.run(hosts.request(machine.id, to: hosts.node2))
        #expect(result.migration.status == .completed)
        let answers = asker.answers.withLock { $0 }
        #expect(answers.map(\.point.phase) == [.deviceState, .owner, .cont])
        #expect(answers.map(\.answer.isRunning) == [false, false, true])
        #expect(answers.dropLast().map(\.answer.record) == ["PREPARED", "GRANT"])
        #expect(answers.dropLast().allSatisfy { $0.answer.machine == nil })
        try hosts.check(on: hosts.node2, machine.id)
    }
}
