import FerryContract
package import FerryCore
package import FerryLinux

/// How one host runtime is set up. The daemon reads it from its configuration file and command line; tests fill it in.
package struct HostConfiguration: Sendable {
    /// The host's name, as `Get-VMHost` shows it.
    package var name: String
    /// Machines' documents, settings, journals: survives a reboot.
    package var stateFolder: String
    /// Sockets of QEMU and its helpers, a 0700 folder a machine. Its path must be short: sockets have 107 bytes.
    package var runtimeFolder: String
    /// Where ferryd mounts its tmpfs for guest memory.
    package var memoryFolder: String
    /// Of that tmpfs.
    package var memorySize: ByteCount
    /// Machines get all their memory when they start or arrive, not page by page as they touch it. A move still copies only
    /// what was written.
    package var preallocateMemory: Bool
    /// Folders under which peers may have machines and disks put.
    package var storageRoots: [String]
    /// For a new host; Set-VMHost changes them. nil: `<stateFolder>/machines` and `<stateFolder>/disks`.
    package var virtualMachinePath: String?
    package var virtualHardDiskPath: String?

    package var listenAddress: String
    package var controlPort: UInt16
    package var dataPort: UInt16

    package var accelerator: AcceleratorChoice
    /// The user QEMU becomes after it has opened its files; made when missing. nil: stays ferryd's own.
    package var guestUser: String?
    /// Its members administer this host.
    package var administratorGroup: String

    /// Names or absolute paths.
    package var qemuBinary: String
    package var imageTool: String
    package var storageDaemon: String
    /// A folder with another Debian, entered by chroot for every QEMU program; the host's own folders must be bind-mounted into
    /// it at the same paths.
    package var qemuRoot: String?
    /// The library that opens a userfaultfd in QEMU; nil: machines cannot be moved while they run.
    package var preloadLibrary: String?
    /// Firmware of generation 2: code image and the template of the variables.
    package var firmwareCode: String
    package var firmwareVariables: String

    /// Changes QEMU's arguments before it is started. Only negative controls set it: they take `-S` out of a planned machine.
    package var commandLineFilter: @Sendable (_ arguments: [String], _ launch: QEMUCommandLine.Launch) -> [String]

    package init(name: String, stateFolder: String, runtimeFolder: String, memoryFolder: String, memorySize: ByteCount)
    {
        self.name = name
        self.stateFolder = stateFolder
        self.runtimeFolder = runtimeFolder
        self.memoryFolder = memoryFolder
        self.memorySize = memorySize
        preallocateMemory = false
        storageRoots = []
        virtualMachinePath = nil
        virtualHardDiskPath = nil
        listenAddress = "0.0.0.0"
        controlPort = 6601
        dataPort = 6600
        accelerator = .auto
        guestUser = "ferry-guest"
        administratorGroup = "ferry"
        qemuBinary = "qemu-system-x86_64"
        imageTool = "qemu-img"
        storageDaemon = "qemu-storage-daemon"
        qemuRoot = nil
        preloadLibrary = nil
        firmwareCode = "/usr/share/OVMF/OVMF_CODE_4M.fd"
        firmwareVariables = "/usr/share/OVMF/OVMF_VARS_4M.fd"
        commandLineFilter = { arguments, _ in arguments }
    }

    package var machinesFolder: String { "\(stateFolder)/machines" }
    package var initialSettings: HostSettings {
        HostSettings(
            virtualMachinePath: virtualMachinePath ?? machinesFolder,
            virtualHardDiskPath: virtualHardDiskPath ?? "\(stateFolder)/disks")
    }

    /// One of QEMU's programs, ready to start: found, and inside `qemuRoot` when there is one.
    ///
    /// - Parameter environment: added to the plain one; set inside the chroot, so that it does not act on chroot itself.
    /// - Throws: `HostFault.qemuMissing`, naming the program and where it was looked for.
    package func program(
        _ name: String, _ arguments: [String], environment: [String: String] = [:]
    ) throws(Failure) -> Program {
        guard let qemuRoot else {
            guard let path = Program.find(name) else {
                throw Failure(
                    HostFault.qemuMissing, "The program \(name) is not installed on \(self.name).", target: name)
            }
            return Program(path, arguments, environment: Program.plainEnvironment.merging(environment) { $1 })
        }
        let folders = name.hasPrefix("/") ? [""] : ["/usr/local/bin/", "/usr/bin/", "/bin/"]
        guard let path = folders.map({ "\($0)\(name)" }).first(where: { Program.find("\(qemuRoot)\($0)") != nil })
        else {
            throw Failure(
                HostFault.qemuMissing, "The program \(name) is not installed in \(qemuRoot) of \(self.name).",
                target: name,
                advice: "Install qemu-system-x86 and qemu-utils there, or change qemuRoot in ferryd.json.")
        }
        let chroot = try Program.require("chroot", package: "coreutils")
        let variables = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return Program(chroot, [qemuRoot, "/usr/bin/env"] + variables + [path] + arguments)
    }
}
