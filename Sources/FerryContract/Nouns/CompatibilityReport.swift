package import FerryCore

/// What `Compare-VM` finds: whether a machine could be moved, and with `Move-VM -CompatibilityReport` the move itself.
package struct CompatibilityReport: Sendable, Codable {
    /// What would be done, under Hyper-V's names.
    package enum Operation: String, Sendable, Codable, CaseIterable {
        case move = "MoveVirtualMachine"
        case moveWithStorage = "MoveVirtualMachineAndStorage"
    }

    /// One reason why the move cannot be.
    package struct Incompatibility: Sendable, Codable, Hashable {
        /// Hyper-V's number where it has one for this.
        package var messageID: Int
        package var failure: FailureDocument

        package init(messageID: Int, failure: FailureDocument) {
            self.messageID = messageID
            self.failure = failure
        }
    }

    package var machine: MachineReport
    package var operation: Operation
    /// As it was asked for.
    package var destination: String
    package var destinationStoragePath: String?
    /// Folder the machine would go to at the target; nil when the target could not be asked or has none.
    package var path: String?
    /// The same of its disks, when they move.
    package var diskFolder: String?
    /// Empty when nothing speaks against the move.
    package var incompatibilities: [Incompatibility]
    /// Bytes that would be copied at least once.
    package var memoryToCopy: ByteCount
    package var storageToCopy: ByteCount
    /// At the target, when it answered.
    package var availableMemory: ByteCount?
    package var availableRoom: ByteCount?

    package init(
        machine: MachineReport, operation: Operation, destination: String, destinationStoragePath: String?
    ) {
        self.machine = machine
        self.operation = operation
        self.destination = destination
        self.destinationStoragePath = destinationStoragePath
        path = nil
        diskFolder = nil
        incompatibilities = []
        memoryToCopy = .zero
        storageToCopy = .zero
        availableMemory = nil
        availableRoom = nil
    }
}
