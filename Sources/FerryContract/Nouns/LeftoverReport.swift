/// Something on a host that was made for a machine or a move and that neither owns any more.
package struct LeftoverReport: Sendable, Codable, Hashable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// A QEMU or storage daemon of this host.
        case process = "Process"
        /// A guest's RAM in this host's memory.
        case memoryFile = "MemoryFile"
        /// A machine's or a move's folder of sockets.
        case runtimeFolder = "RuntimeFolder"
        /// The planned twin of a machine whose move is over.
        case plannedMachine = "PlannedMachine"
        /// In a running machine's QEMU.
        case blockExport = "BlockExport"
        case bitmap = "Bitmap"
        case blockServer = "BlockServer"
        /// Records of a move that no host works on.
        case record = "Record"
    }

    package var kind: Kind
    /// Its path, process number or name.
    package var item: String
    /// Id of the machine it was made for, where it tells.
    package var machine: String?
    /// Lower-case UUID, where it tells.
    package var migration: String?
    /// What to do.
    package var advice: String
    package var computerName: String

    package init(
        kind: Kind, item: String, machine: String?, migration: String?, advice: String, computerName: String
    ) {
        self.kind = kind
        self.item = item
        self.machine = machine
        self.migration = migration
        self.advice = advice
        self.computerName = computerName
    }
}
