package import FerryContract
package import FerryCore

/// A machine as it is written to `machine.json` in its folder: what the machine is, never what it is doing.
package struct MachineDocument: Sendable, Codable, Hashable {
    /// Of this file's shape. A newer one than `currentFormat` is refused, never guessed at.
    package var format: Int
    /// Lower-case UUID.
    package var id: String
    package var name: String
    /// 1 or 2.
    package var generation: Int
    /// Configuration version, "10.0".
    package var version: String
    package var memory: ByteCount
    package var processorCount: Int
    package var notes: String
    /// Unix time.
    package var creationTime: Double
    package var disks: [Disk]
    package var diskCache: NewMachineRequest.DiskCache
    package var network: NewMachineRequest.Network
    /// Six octets, "52:54:00:…"; nil without a network.
    package var macAddress: String?
    package var kernel: Kernel?

    package static let currentFormat = 1
    package static let fileName = "machine.json"

    package struct Disk: Sendable, Codable, Hashable {
        /// "disk0", "disk1", …: also the name of QEMU's raw top node.
        package var name: String
        /// Absolute.
        package var path: String
        package var format: DiskFormat

        package init(name: String, path: String, format: DiskFormat) {
            self.name = name
            self.path = path
            self.format = format
        }
    }

    /// Direct kernel boot. The files lie in the machine's folder under fixed names.
    package struct Kernel: Sendable, Codable, Hashable {
        package static let kernelFileName = "kernel"
        package static let initrdFileName = "initrd"
        package var hasInitrd: Bool
        package var commandLine: String

        package init(hasInitrd: Bool, commandLine: String) {
            self.hasInitrd = hasInitrd
            self.commandLine = commandLine
        }
    }

    package init(id: String, name: String, memory: ByteCount, creationTime: Double) {
        format = Self.currentFormat
        self.id = id
        self.name = name
        generation = 1
        version = ConfigurationVersion.standard
        self.memory = memory
        processorCount = 1
        notes = ""
        self.creationTime = creationTime
        disks = []
        diskCache = .writeback
        network = .none
        macAddress = nil
        kernel = nil
    }
}

/// Image formats that QEMU opens itself.
package enum DiskFormat: String, Sendable, Codable, CaseIterable {
    case qcow2, raw
}
