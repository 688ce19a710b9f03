import FerryCore
import FerryLinux
import FerryTestKit
import Testing

@Suite struct SeededGeneratorTests {
    @Test func `the stream is SplitMix64's`() {
        // First values for seed 1234567, from the reference implementation.
        var generator = SeededGenerator(seed: 1_234_567)
        #expect(generator.next() == 6_457_827_717_110_365_317)
        #expect(generator.next() == 3_203_168_211_198_807_973)
        #expect(generator.next() == 9_817_491_932_198_370_423)
    }

    @Test func `recorded seeds come first and comments do not count`() throws {
        let folder = try TemporaryDirectory()
        try folder.write("seeds", "# found in March\n17 # the lost acknowledgement\n\n4\n")
        let seeds = SeedList.seeds(at: folder.file("seeds"), fresh: 3, salt: "x")
        #expect(seeds.count == 5)
        #expect(seeds.prefix(2) == [17, 4])
    }

    @Test func `a fault plan fires once, at the place that was armed`() throws {
        let plan = FaultPlan()
        plan.arm(nth: 2)
        try plan.visit("first")
        let failure = #expect(throws: Failure.self) { try plan.visit("second") }
        #expect(failure?.is(InjectedFault.injected) == true)
        try plan.visit("third")
        #expect(plan.fired == "second")
    }
}

@Suite struct LeaksTests {
    @Test func `what stays open is named, what was closed is not`() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryDirectory()
            let before = try Leaks.snapshot()
            do { _ = try DurableFile.read("/etc/hostname") }
            let none = try before.additions()
            guard none.isEmpty else { fatalError("\(none)") }
            let lock = try FolderLock(folder.path)
            let stop = Event()
            let thread = try WorkerThread("stays") { stop.wait() }
            let sleeper = try Program("/bin/sleep", ["1000"]).start()
            // A thread takes its name, and a child its program, a moment after they were made.
            var found = ""
            let isNamed = try eventually { () throws(Failure) in
                found = try before.additions(grace: .zero).joined(separator: "\n")
                return [": stays", "sleep 1000", "\(folder.path)/.lock"].allSatisfy(found.contains)
            }
            guard isNamed else { fatalError(found) }
            guard try Leaks.leftovers(mentioning: folder.path, grace: .zero).count == 1 else { fatalError("leftovers") }
            stop.set()
            thread.join()
            try sleeper.kill()
            withExtendedLifetime(lock) {}
        }
    }
}
