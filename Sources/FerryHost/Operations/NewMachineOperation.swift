import FerryContract
import FerryCore
import FerryLinux
import Foundation

struct NewMachineOperation: HostOperation {
    func perform(_ request: NewMachineRequest, _ call: HostCall) async throws(Failure) -> MachineReport {
        try await BlockingWork.value("new-machine") { () throws(Failure) in try Self.make(request, call) }
    }

    private static func make(_ request: NewMachineRequest, _ call: HostCall) throws(Failure) -> MachineReport {
        let environment = call.environment
        let id = UUID().uuidString.lowercased()
        var document = MachineDocument(
            id: id, name: request.name, memory: request.memoryStartup, creationTime: Date().timeIntervalSince1970)
        document.processorCount = request.processorCount
        document.generation = request.generation
        document.version = try version(request, environment)
        document.notes = request.notes
        document.diskCache = request.diskCache
        document.network = request.network
        document.macAddress = request.network == .none ? nil : MachineDocument.hardwareAddress(for: id)
        document.kernel = request.kernel.map { .init(hasInitrd: $0.initrdPath != nil, commandLine: $0.commandLine) }
        try document.validate()
        if let path = request.path { try MachineDocument.validate(path: path, parameter: "Path") }
        for path in [request.kernel?.kernelPath, request.kernel?.initrdPath].compactMap({ $0 }) {
            try requireFile(path)
        }

        let disk = try DiskPlan(request.disk, call)
        try disk.make()
        do throws(Failure) {
            if let found = disk.document { document.disks = [found] }
            let machine = try call.machines.add(document, in: request.path) { (folder) throws(Failure) in
                guard let kernel = request.kernel else { return }
                try copy(kernel.kernelPath, to: "\(folder)/\(MachineDocument.Kernel.kernelFileName)")
                if let initrd = kernel.initrdPath {
                    try copy(initrd, to: "\(folder)/\(MachineDocument.Kernel.initrdFileName)")
                }
            }
            environment.events.add(.machine, .information, document.name, "The virtual machine was created.")
            return machine.report
        } catch {
            disk.undo()
            throw error
        }
    }

    private static func version(_ request: NewMachineRequest, _ environment: HostEnvironment) throws(Failure) -> String
    {
        // Without QEMU a machine can be described, not started.
        let offered = (try? environment.hypervisor.hypervisor())?.offered.map(\.name)
        guard let wanted = request.version else { return ConfigurationVersion.standard }
        guard ConfigurationVersion.named(wanted) != nil, offered?.contains(wanted) ?? true else {
            throw Failure(
                HostFault.versionNotSupported,
                "The configuration version \(wanted) is not supported by \(environment.configuration.name).",
                target: request.name)
        }
        return wanted
    }

    private static func requireFile(_ path: String) throws(Failure) {
        try MachineDocument.validate(path: path, parameter: "KernelPath")
        guard try FileIdentity.ifPresent(path)?.isRegularFile == true else {
            throw Failure(
                HostFault.attachmentMissing, "'\(path)': The system cannot find the file specified. (0x80070002)",
                target: path,
                advice: "Check the path given with -KernelPath or -InitrdPath.")
        }
    }

    private static func copy(_ source: String, to target: String) throws(Failure) {
        try DurableFile.replace(target, with: try DurableFile.read(source, limit: 1 << 30))
    }
}

/// The disk of a machine that is being made.
private struct DiskPlan {
    private let path: String?
    private let format: DiskFormat
    /// nil for an image that exists.
    private let size: ByteCount?
    private let tool: ImageTool?

    init(_ disk: NewMachineRequest.Disk, _ call: HostCall) throws(Failure) {
        let environment = call.environment
        switch disk {
        case .none:
            (path, format, size, tool) = (nil, .raw, nil, nil)
        case .existing(let given):
            try MachineDocument.validate(path: given, parameter: "VHDPath")
            guard try FileIdentity.ifPresent(given)?.isRegularFile == true else {
                throw Failure(
                    HostFault.attachmentMissing, "'\(given)': The system cannot find the file specified. (0x80070002)",
                    target: given, advice: "Check the path given with -VHDPath.")
            }
            let real = try CanonicalPath.of(given)
            let header = try ImageHeader.inspect(real)
            guard !header.namesOtherFile else {
                throw Failure(
                    HostFault.invalidArgument,
                    "The virtual disk '\(given)' has a parent or keeps its data in another file.", target: given,
                    advice: "Make one image of it: qemu-img convert -O qcow2.")
            }
            if let user = call.machines.user(ofImage: real) {
                throw Failure(
                    HostFault.objectInUse,
                    "The operation cannot be performed while the object is in use. The virtual disk '\(given)' belongs to virtual machine \(user.name).",
                    target: given)
            }
            (path, format, size, tool) = (real, header.format, nil, nil)
        case .new(let given, let size):
            let full = given.hasPrefix("/") ? given : "\(environment.settings.current.virtualHardDiskPath)/\(given)"
            try MachineDocument.validate(path: full, parameter: "NewVHDPath")
            guard let format = ImageHeader.format(forNew: full) else {
                throw Failure(
                    HostFault.invalidArgument,
                    "Cannot validate argument on parameter 'NewVHDPath'. This host makes .qcow2, .raw and .img disks, not '\(given)'.",
                    target: given)
            }
            guard size.bytes >= 512, size.bytes % 512 == 0, size <= .gibibytes(64 << 10) else {
                throw HostFault.invalidArgument(
                    "NewVHDSizeBytes",
                    "A virtual disk has between 512 bytes and 64 TB in multiples of 512 bytes, not \(size.bytes).")
            }
            let configuration = environment.configuration
            (path, self.format, self.size) = (full, format, size)
            tool = ImageTool(configuration, owner: environment.guest)
        }
    }

    var document: MachineDocument.Disk? {
        path.map { MachineDocument.Disk(name: "disk0", path: $0, format: format) }
    }

    func make() throws(Failure) {
        guard let path, let size, let tool else { return }
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            try Folder.create(String(path[..<slash]), mode: 0o711, onlyWhenMissing: true)
        }
        try tool.create(path, format: format, capacity: size)
    }

    func undo() {
        if let path, size != nil { try? DurableFile.remove(path) }
    }
}
