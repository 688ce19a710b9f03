import FerryLinux
package import Testing

/// Random numbers that a seed repeats (SplitMix64, after Steele, Lea and Flood, 2014).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    package let seed: UInt64
    private var state: UInt64

    package init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// The generator of this test run: the seed is `FERRY_SEED`, else drawn once. `salt` gives each test its own stream.
    package init(salt: String) {
        var mixed = RunSeed.value
        for byte in salt.utf8 { mixed = (mixed ^ UInt64(byte)) &* 0x100_0000_01b3 }
        self.init(seed: mixed)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// `count` random bytes.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count + 8)
        while result.count < count {
            let word = next()
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                result.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return Array(result.prefix(count))
    }

    /// True once in `odds` calls on average.
    package mutating func happens(oneIn odds: Int) -> Bool { Int.random(in: 0..<odds, using: &self) == 0 }
}

/// The seed of the whole test run.
package enum RunSeed {
    package static let value: UInt64 =
        Program.environmentValue("FERRY_SEED").flatMap { UInt64($0) } ?? UInt64.random(in: .min ... .max)
}

extension Trait where Self == IssueHandlingTrait {
    /// Names the run's seed in every failure of the test, so that it can be repeated.
    package static var seeded: Self {
        .compactMapIssues { issue in
            var issue = issue
            issue.comments.append("FERRY_SEED=\(RunSeed.value) repeats this run.")
            return issue
        }
    }
}
