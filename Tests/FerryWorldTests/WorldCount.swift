/// What came of many runs.
struct WorldCount {
    private(set) var runs = 0
    /// Runs in which the machine did not arrive at the first attempt.
    private(set) var repeated = 0
    private(set) var violations = 0
    private(set) var fired: [WorldPlan.Fault: Int] = [:]

    mutating func add(_ world: World) {
        runs += 1
        if world.attempts > 1 { repeated += 1 }
        if world.violation != nil { violations += 1 }
        for fault in world.fired { fired[fault, default: 0] += 1 }
    }

    var summary: String {
        let kinds = WorldPlan.Fault.allCases.map { "\($0) \(fired[$0, default: 0])" }.joined(separator: ", ")
        return "world: \(runs) runs, \(fired.values.reduce(0, +)) faults fired (\(kinds)), \(repeated) moves repeated, "
            + "\(violations) violations"
    }
}
