import FerryContract
import FerryCore
import FerryHost
import FerryTestKit
import Testing

/// How long a guest stands still. Prints its figures; the limit is generous, because tests run side by side.
@Suite(
    .needs(
        .qemu, .root, .kernelTracker, .program("cc", package: "gcc"),
        .program("qemu-storage-daemon", package: "qemu-utils")), .serialized)
struct BlackoutTests {
    @Test func `the blackout of a small guest that writes to memory and disk is far below a second`() async throws {
        let hosts = try TwoHosts()
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        var (here, there) = (hosts.node1, hosts.node2)
        var blackouts: [Duration] = []
        for _ in 1...6 {
            let result = try await here.run(hosts.request(machine.id, to: there))
            let blackout = try #require(result.migration.blackout)
            let steps = blackout.steps.map { "\($0.name) \(($0.duration.milliseconds * 10).rounded() / 10)" }
            print("blackout \((blackout.total.milliseconds * 10).rounded() / 10) ms: \(steps.joined(separator: ", "))")
            blackouts.append(blackout.total)
            // The steps are the whole of it, but for those that are part of another.
            let sum = blackout.steps.filter { !$0.name.hasSuffix("(of it)") }.reduce(Duration.zero) { $0 + $1.duration }
            #expect(abs((blackout.total - sum).milliseconds) < 0.1)
            (here, there) = (there, here)
        }
        print("median blackout \(blackouts.sorted()[3].milliseconds) ms")
        #expect(blackouts.sorted()[3] < scaled(.seconds(1)))
        try hosts.check(on: here, machine.id)
    }
}
