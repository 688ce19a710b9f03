import FerryContract
package import FerryCore

extension MachineDocument {
    package static let nameLengthLimit = 100
    package static let processorLimit = 240
    package static let diskLimit = 20
    package static let memoryMinimum = ByteCount.mebibytes(32)
    package static let memoryMaximum = ByteCount.gibibytes(12 * 1024)
    private static let notesLengthLimit = 64 << 10
    private static let commandLineLengthLimit = 2047

    /// Checks every field that reaches QEMU's command line or the file system. A document from a file or a peer is not used
    /// before this has passed.
    ///
    /// - Throws: `HostFault.invalidArgument`, naming New-VM's parameter that the field comes from.
    package func validate() throws(Failure) {
        try Self.validate(name: name)
        guard Self.isIdentifier(id) else {
            throw HostFault.invalidArgument("Id", "\"\(id)\" is not a lower-case UUID.")
        }
        guard generation == 1 || generation == 2 else {
            throw HostFault.invalidArgument("Generation", "The generation is 1 or 2, not \(generation).")
        }
        guard ConfigurationVersion.named(version) != nil else {
            throw Failure(
                HostFault.versionNotSupported,
                "Configuration version \(version) of virtual machine \(name) is unknown.",
                target: name)
        }
        guard (1...Self.processorLimit).contains(processorCount) else {
            throw HostFault.invalidArgument(
                "ProcessorCount", "A virtual machine has 1 to \(Self.processorLimit) processors, not \(processorCount)."
            )
        }
        try Self.validate(memory: memory)
        guard notes.utf8.count <= Self.notesLengthLimit else {
            throw HostFault.invalidArgument("Notes", "Notes are longer than \(Self.notesLengthLimit) bytes.")
        }
        guard disks.count <= Self.diskLimit else {
            throw HostFault.invalidArgument("VHDPath", "A virtual machine has at most \(Self.diskLimit) disks.")
        }
        for (index, disk) in disks.enumerated() {
            guard disk.name == "disk\(index)" else {
                throw HostFault.invalidArgument(
                    "VHDPath", "Disk \(index) is named \"\(disk.name)\" instead of \"disk\(index)\".")
            }
            try Self.validate(path: disk.path, parameter: "VHDPath")
        }
        guard Set(disks.map(\.path)).count == disks.count else {
            throw HostFault.invalidArgument("VHDPath", "One image is named as two disks.")
        }
        if network != .none {
            guard let macAddress, Self.isHardwareAddress(macAddress) else {
                throw HostFault.invalidArgument(
                    "MacAddress", "\"\(macAddress ?? "")\" is not the address of a network card.")
            }
        }
        if let kernel {
            guard kernel.commandLine.utf8.count <= Self.commandLineLengthLimit,
                !kernel.commandLine.unicodeScalars.contains(where: Self.isControl)
            else {
                throw HostFault.invalidArgument(
                    "KernelCommandLine",
                    "A kernel's command line is at most \(Self.commandLineLengthLimit) bytes without control characters."
                )
            }
        }
    }

    package static func validate(name: String) throws(Failure) {
        guard !name.allSatisfy(\.isWhitespace) else { throw HostFault.invalidArgument("Name", "The name is empty.") }
        guard name.utf8.count <= nameLengthLimit else {
            throw HostFault.invalidArgument("Name", "The name is longer than \(nameLengthLimit) bytes.")
        }
        guard !name.unicodeScalars.contains(where: isControl) else {
            throw HostFault.invalidArgument("Name", "The name contains a control character.")
        }
    }

    package static func validate(memory: ByteCount) throws(Failure) {
        guard memory >= memoryMinimum, memory <= memoryMaximum else {
            throw HostFault.invalidArgument(
                "MemoryStartupBytes",
                "A virtual machine has between \(memoryMinimum) and \(memoryMaximum) of memory, not \(memory).")
        }
        guard memory.bytes % ByteCount.mebibytes(2).bytes == 0 else {
            throw HostFault.invalidArgument("MemoryStartupBytes", "The memory size must be a multiple of 2 MB.")
        }
    }

    static func validate(path: String, parameter: String) throws(Failure) {
        guard path.hasPrefix("/"), path.utf8.count < 4096, !path.unicodeScalars.contains(where: isControl) else {
            throw HostFault.invalidArgument(
                parameter, "\"\(path)\" is not an absolute path of at most 4095 bytes without control characters.")
        }
    }

    package static func isIdentifier(_ text: String) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && groups.allSatisfy { $0.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) } }
    }

    static func isHardwareAddress(_ text: String) -> Bool {
        let octets = text.split(separator: ":", omittingEmptySubsequences: false)
        guard octets.count == 6, octets.allSatisfy({ $0.utf8.count == 2 }) else { return false }
        let values = octets.compactMap { UInt8($0, radix: 16) }
        return values.count == 6 && values[0] & 1 == 0
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.value < 0x20 || scalar.value == 0x7F }

    /// A locally administered address in QEMU's own range, from the machine's id: the same machine always has the same one.
    package static func hardwareAddress(for id: String) -> String {
        var hash: UInt32 = 0x811C_9DC5
        for byte in id.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        let octets = [
            UInt8(truncatingIfNeeded: hash >> 16), UInt8(truncatingIfNeeded: hash >> 8),
            UInt8(truncatingIfNeeded: hash),
        ]
        return "52:54:00:"
            + octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}
