/// What is being done with a machine: one thing at a time.
package enum MachineWork: String, Sendable, CaseIterable {
    case start, stop, remove
    /// It is on its way to another host.
    case move

    /// The second sentence of E-03 for whoever comes too late.
    var words: String {
        switch self {
        case .start: "It is being started."
        case .stop: "It is being stopped."
        case .remove: "It is being removed."
        case .move: "It is being moved to another host."
        }
    }
}

/// The right to change a machine. Ends with `end` or with the object.
package final class MachineLease: Sendable {
    package let machine: Machine
    package let work: MachineWork
    private let number: UInt64

    init(_ machine: Machine, _ work: MachineWork, number: UInt64) {
        self.machine = machine
        self.work = work
        self.number = number
    }

    /// How far the work is, for the machine's status text. 0–100.
    package func report(percent: Int) { machine.report(percent: percent, lease: number) }

    package func end() { machine.endLease(number) }

    deinit { end() }
}
