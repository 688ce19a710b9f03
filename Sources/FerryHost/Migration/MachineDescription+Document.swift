import FerryContract
import FerryCore
import FerryLinux

extension MachineDescription {
    /// What of a machine travels. Sizes are read from its files now.
    ///
    /// - Parameters:
    ///   - qemu: nil for a machine that is off.
    ///   - marks: of the disks that do not travel, in their order; nil when they do.
    init(
        _ document: MachineDocument, folder: String, qemu: RunningQEMU?, accelerator: Accelerator, marks: [ImageMark]?
    ) throws(Failure) {
        func bootFile(_ name: String) throws(Failure) -> BootFileDescription {
            BootFileDescription(size: ByteCount(try FileIdentity.of("\(folder)/\(name)").size))
        }
        let kernel = document.kernel
        self.init(
            id: document.id, name: document.name, generation: document.generation, version: document.version,
            memory: document.memory, processorCount: document.processorCount, notes: document.notes,
            creationTime: document.creationTime,
            disks: try document.disks.enumerated().map { (index, disk) throws(Failure) in
                DiskDescription(
                    name: disk.name, fileName: String(disk.path.split(separator: "/").last ?? ""),
                    format: disk.format.rawValue,
                    capacity: try ImageHeader.read(disk.path, format: disk.format).capacity,
                    allocated: ByteCount(try FileIdentity.of(disk.path).allocated),
                    shared: marks.map { SharedFile(path: disk.path, mark: $0[index].offset) })
            }, network: document.network, macAddress: document.macAddress, diskCache: document.diskCache,
            kernelCommandLine: kernel?.commandLine,
            kernel: try kernel.map { (_) throws(Failure) in try bootFile(MachineDocument.Kernel.kernelFileName) },
            initrd: kernel?.hasInitrd == true ? try bootFile(MachineDocument.Kernel.initrdFileName) : nil,
            accelerator: accelerator.rawValue, uptimeSeconds: qemu?.uptime ?? 0)
    }

    /// The machine as this host will keep it: every field of a peer's is checked before it is used.
    ///
    /// - Parameter diskFolders: where the disks that travel go, one a disk; each keeps its file's name, made unique within the
    ///   machine.
    func document(diskFolders: [String]) throws(Failure) -> MachineDocument {
        var document = MachineDocument(id: id, name: name, memory: memory, creationTime: creationTime)
        document.generation = generation
        document.version = version
        document.processorCount = processorCount
        document.notes = notes
        document.diskCache = diskCache
        document.network = network
        document.macAddress = macAddress
        if kernel != nil {
            document.kernel = MachineDocument.Kernel(hasInitrd: initrd != nil, commandLine: kernelCommandLine ?? "")
        } else if initrd != nil {
            throw malformed("an initial RAM disk without a kernel")
        }
        var taken: Set<String> = []
        for (disk, folder) in zip(disks, diskFolders) {
            guard let format = DiskFormat(rawValue: disk.format) else {
                throw Failure(
                    StorageFault.unsupportedFormat,
                    "The virtual disk '\(disk.fileName)' of virtual machine '\(name)' has the format '\(disk.format)', which cannot be moved while the machine runs.",
                    target: disk.fileName)
            }
            if let shared = disk.shared {
                document.disks.append(.init(name: disk.name, path: shared.path, format: format))
                continue
            }
            guard Self.isFileName(disk.fileName) else { throw malformed("a disk named '\(disk.fileName)'") }
            guard disk.capacity.bytes > 0, disk.capacity.bytes <= 1 << 46, disk.capacity.bytes % 512 == 0 else {
                throw malformed("a disk of \(disk.capacity.bytes) bytes")
            }
            var path = "\(folder)/\(disk.fileName)"
            if taken.contains(path) { path = "\(folder)/\(disk.name)-\(disk.fileName)" }
            taken.insert(path)
            document.disks.append(.init(name: disk.name, path: path, format: format))
        }
        try document.validate()
        return document
    }

    /// One component of a path, and not a hidden one.
    private static func isFileName(_ text: String) -> Bool {
        (1...200).contains(text.utf8.count) && !text.hasPrefix(".")
            && !text.utf8.contains { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "/") }
    }

    private func malformed(_ what: String) -> Failure {
        Failure(
            MigrationFault.malformedDescription, "The source host describes virtual machine '\(id)' with \(what).",
            target: id)
    }
}
