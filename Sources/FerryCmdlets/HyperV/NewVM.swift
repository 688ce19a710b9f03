import FerryContract
import FerryCore
import FerryEngine

/// How the host's page cache takes part in a disk's I/O.
enum DiskCacheMode: String, ScriptEnum {
    case writeback = "Writeback"
    case none = "None"

    static let enumType = makeEnumType("Ferry.DiskCacheMode")
}

/// What a machine tries to start from first.
enum BootDevice: String, ScriptEnum {
    case floppy = "Floppy"
    case cd = "CD"
    case ide = "IDE"
    case legacyNetworkAdapter = "LegacyNetworkAdapter"
    case networkAdapter = "NetworkAdapter"
    case vhd = "VHD"

    static let enumType = makeEnumType("Microsoft.HyperV.PowerShell.BootDevice")
}

/// How a guest is kept apart from its host.
enum GuestIsolationType: String, ScriptEnum {
    case trustedLaunch = "TrustedLaunch"
    case vbs = "VBS"
    case snp = "SNP"
    case tdx = "TDX"
    case disabled = "Disabled"

    static let enumType = makeEnumType("Microsoft.HyperV.PowerShell.GuestIsolationType")
}

/// Creates a machine, off.
struct NewVM: Cmdlet {
    static let name = Parameter<String>(
        "Name", aliases: ["VMName"], position: 0, pipeline: .byValueAndProperty, validate: [.notNullOrEmpty])
    static let memory = Parameter<Int64>(
        "MemoryStartupBytes", position: 1, validate: [.range(32 * 1048576, 64 * 1099511627776)])
    static let generation = Parameter<Int>("Generation", position: 2, validate: [.range(1, 2)], type: .int16)
    static let version = Parameter<VersionNumber?>("Version")
    static let path = Parameter<String?>("Path", validate: [.notNullOrEmpty])
    static let noDisk = Parameter<Bool>.switch("NoVHD")
    static let disk = Parameter<String>("VHDPath", mandatory: true, validate: [.notNullOrEmpty])
    static let newDisk = Parameter<String>("NewVHDPath", mandatory: true, validate: [.notNullOrEmpty])
    static let newDiskSize = Parameter<UInt64>(
        "NewVHDSizeBytes", mandatory: true, validate: [.range(1048576, 70368744177664)])
    static let switchName = Parameter<String?>("SwitchName", validate: [.notNullOrEmpty])
    static let bootDevice = Parameter<BootDevice>("BootDevice")
    static let isolation = Parameter<GuestIsolationType>("GuestStateIsolationType")
    static let force = Parameter<Bool>.switch("Force")
    // Ferry's own
    static let processors = Parameter<Int>("ProcessorCount", validate: [.range(1, 1024)])
    static let kernel = Parameter<String?>("KernelPath", validate: [.notNullOrEmpty])
    static let initrd = Parameter<String?>("InitrdPath", validate: [.notNullOrEmpty])
    static let kernelLine = Parameter<String>("KernelCommandLine")
    static let cache = Parameter<DiskCacheMode>("DiskCacheMode")
    static let notes = Parameter<String>("Notes")

    private static let hardware: [any ParameterKey] = [
        name, memory, generation, version, path, switchName, bootDevice, isolation, force, processors, kernel,
        initrd,
        kernelLine, cache, notes, UnavailableParameters.prerelease, UnavailableParameters.experimental,
        UnavailableParameters.guestState,
    ]

    static let signature = Signature(
        "New-VM", typeName: "Microsoft.HyperV.PowerShell.Commands.NewVM", shouldProcess: .medium, defaultSet: "No VHD",
        outputs: [MachineReport.nounType.name],
        parameters: hardware + MachineSelection.anyHost,
        sets: [
            ParameterSet("No VHD", [noDisk]), ParameterSet("New VHD", [newDisk, newDiskSize]),
            ParameterSet("Existing VHD", [disk]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let name = call.isBound(Self.name) ? call[Self.name] : "New Virtual Machine"
        try Self.checkHardware(call, io)
        if let wanted = call[Self.switchName] {
            throw io.failing(
                "InvalidParameter", .invalidArgument,
                "Hyper-V was unable to find a virtual switch with name \"\(wanted)\".",
                target: .string(wanted), exception: "Microsoft.HyperV.PowerShell.VirtualizationInvalidArgumentException"
            )
        }
        let sentence = "New-VM will create a new virtual machine \"\(name)\"."
        guard try io.confirms(whatIf: "What if: " + sentence, query: sentence, verbose: sentence) else { return }
        var request = NewMachineRequest(
            name: name,
            memoryStartup: call.isBound(Self.memory) ? .bytes(call[Self.memory]) : .mebibytes(512))
        if call.isBound(Self.generation) { request.generation = call[Self.generation] }
        if call.isBound(Self.processors) { request.processorCount = call[Self.processors] }
        request.version = call[Self.version]?.text
        request.path = call[Self.path].map { Self.absolute($0, io) }
        request.notes = call[Self.notes]
        request.diskCache = call[Self.cache] == .none && call.isBound(Self.cache) ? .none : .writeback
        if call.isBound(Self.disk) {
            request.disk = .existing(path: Self.absolute(call[Self.disk], io))
        } else if call.isBound(Self.newDisk) {
            let path = call[Self.newDisk]
            request.disk = .new(
                path: path.contains("/") ? Self.absolute(path, io) : path, size: .bytes(call[Self.newDiskSize]))
        }
        if let kernel = call[Self.kernel] {
            request.kernel = .init(
                kernelPath: Self.absolute(kernel, io), initrdPath: call[Self.initrd].map { Self.absolute($0, io) },
                commandLine: call[Self.kernelLine])
        }
        for host in try io.connections(to: call[MachineSelection.computer]) {
            if let machine = try io.send(request, to: host, target: .string(name)) { try io.emit(machine) }
        }
    }

    /// What of a machine's hardware cannot be chosen here. A machine starts from its disk, and has no other device to start from.
    private static func checkHardware(_ call: Call, _ io: CommandIO) throws(Stop) {
        try UnavailableParameters.refuse(io)
        if call.isBound(bootDevice), call[bootDevice] != .vhd, call[bootDevice] != .ide {
            throw UnavailableParameters.refusing(
                "BootDevice", "A machine cannot start from \(call[bootDevice].rawValue).",
                advice: "Give -BootDevice VHD, or leave it out.", io)
        }
        if call.isBound(isolation), call[isolation] != .disabled {
            throw UnavailableParameters.refusing(
                "GuestStateIsolationType", "Guests cannot be isolated by \(call[isolation].rawValue).",
                advice: "Give -GuestStateIsolationType Disabled, or leave it out.", io)
        }
    }

    /// A relative path means the shell's own location.
    private static func absolute(_ path: String, _ io: CommandIO) -> String {
        if path.hasPrefix("/") { return path }
        let trimmed = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return io.variable("PWD").display + "/" + trimmed
    }
}
