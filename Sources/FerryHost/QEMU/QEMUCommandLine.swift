import FerryContract
import FerryCore

/// Builds QEMU's arguments from a machine's document: a pure function, so that both ends of a move build the same machine.
///
/// Nothing in it comes from a peer as text; names and paths are escaped or passed as JSON. PCI addresses and ids are fixed,
/// because they are part of what a guest sees and of the device state's format.
package struct QEMUCommandLine: Sendable {
    package enum Launch: Sendable, Hashable {
        /// The guest waits for `cont`: nothing runs before the process is recorded.
        case paused
        /// A planned machine: waits for `migrate-incoming`, and afterwards for `cont`.
        case incoming
    }

    /// Where things are as QEMU will see them.
    package struct Paths: Sendable, Hashable {
        /// The machine's folder: kernel, initrd, console, nvram.
        package var machineFolder: String
        /// 0700, owned by the user QEMU runs as.
        package var runtimeFolder: String
        package var memoryFile: String

        package init(machineFolder: String, runtimeFolder: String, memoryFile: String) {
            self.machineFolder = machineFolder
            self.runtimeFolder = runtimeFolder
            self.memoryFile = memoryFile
        }

        package var console: String { "\(machineFolder)/console.log" }
        package var firmwareVariables: String { "\(machineFolder)/nvram.fd" }
        package var controlSocket: String { "\(runtimeFolder)/qmp" }
    }

    package struct User: Sendable, Hashable {
        package var userID: UInt32
        package var groupID: UInt32
        package init(userID: UInt32, groupID: UInt32) {
            self.userID = userID
            self.groupID = groupID
        }
    }

    package var document: MachineDocument
    package var version: ConfigurationVersion
    package var paths: Paths
    package var accelerator: Accelerator
    /// Refuse to start when the host's processor lacks a feature of the baseline (KVM).
    package var isBaselineEnforced: Bool
    package var qemu: QEMUVersion
    /// The unprivileged user to become once everything is open; nil when ferryd itself is unprivileged.
    package var user: User?
    /// The read-only firmware image of generation 2.
    package var firmwareCode: String?
    package var launch: Launch
    /// The images were written by another host until now: what this one's page cache has of them is stale at `cont`.
    package var hasForeignDisks = false

    package init(
        document: MachineDocument, version: ConfigurationVersion, paths: Paths, accelerator: Accelerator,
        isBaselineEnforced: Bool, qemu: QEMUVersion, user: User?, firmwareCode: String?, launch: Launch
    ) {
        self.document = document
        self.version = version
        self.paths = paths
        self.accelerator = accelerator
        self.isBaselineEnforced = isBaselineEnforced
        self.qemu = qemu
        self.user = user
        self.firmwareCode = firmwareCode
        self.launch = launch
    }

    package var arguments: [String] {
        identity + privileges + board + memory + console + disks + network + kernel
            + ["-S"] + (launch == .incoming ? ["-incoming", "defer"] : [])
    }

    private var identity: [String] {
        let name = Self.escaped(document.name)
        return [
            "-name", "guest=\(name),process=ferry:\(name)", "-uuid", document.id, "-no-user-config", "-nodefaults",
            "-display", "none", "-msg", "timestamp=on",
            "-qmp", "unix:\(Self.escaped(paths.controlSocket)),server=on,wait=off",
        ]
    }

    private var privileges: [String] {
        // elevateprivileges=deny would forbid the change of user itself; QEMU sets no_new_privs with spawn=deny anyway.
        let sandbox = ["-sandbox", "on,obsolete=deny,spawn=deny,resourcecontrol=deny"]
        guard let user else { return sandbox }
        let account = "\(user.userID):\(user.groupID)"
        return sandbox + (qemu >= QEMUVersion(9, 1) ? ["-run-with", "user=\(account)"] : ["-runas", account])
    }

    private var board: [String] {
        var machine =
            "\(version.machineType(generation: document.generation)),memory-backend=ram,dump-guest-core=off,usb=off"
        var firmware: [String] = []
        if document.generation == 2, let firmwareCode {
            machine += ",pflash0=firmware-code,pflash1=firmware-variables"
            firmware = [
                block([
                    "driver": "file", "node-name": "firmware-code-file", "filename": .string(firmwareCode),
                    "read-only": true,
                ]),
                block(["driver": "raw", "node-name": "firmware-code", "file": "firmware-code-file", "read-only": true]),
                block([
                    "driver": "file", "node-name": "firmware-variables-file",
                    "filename": .string(paths.firmwareVariables),
                ]),
                block(["driver": "raw", "node-name": "firmware-variables", "file": "firmware-variables-file"]),
            ].flatMap { $0 }
        }
        let processors = document.processorCount
        let baseline = version.processor.model
        return firmware + [
            "-machine", machine,
            "-accel", accelerator == .kvm ? "kvm" : "tcg,thread=multi",
            "-cpu", accelerator == .kvm && isBaselineEnforced ? "\(baseline),enforce=on" : baseline,
            "-smp", "cpus=\(processors),maxcpus=\(processors),sockets=1,cores=\(processors),threads=1",
            "-rtc", "base=utc,driftfix=slew",
        ]
    }

    /// Sparse and shared: ferryd reads and writes the same pages. Never preallocated, and not in core dumps.
    private var memory: [String] {
        [
            "-m", "\(document.memory.mebibytes)M",
            "-object",
            JSONValue.object([
                "qom-type": "memory-backend-file", "id": "ram",
                "size": .integer(Int64(clamping: document.memory.bytes)),
                "mem-path": .string(paths.memoryFile), "share": true, "prealloc": false, "dump": false,
            ]).serialized,
        ]
    }

    private var console: [String] {
        [
            "-chardev", "file,id=console,path=\(Self.escaped(paths.console)),append=on", "-serial", "chardev:console",
        ] + device(["driver": "virtio-rng-pci", "id": "random", "addr": "0x4"])
    }

    /// file → format → raw: the raw top node is what the device, exports and bitmaps hang on, and what a live pivot reopens.
    private var disks: [String] {
        document.disks.enumerated().flatMap { index, disk in
            let cache: JSONValue = ["direct": .bool(document.diskCache == .none), "no-flush": false]
            let format: [String: JSONValue] = [
                "driver": .string(disk.format.rawValue), "node-name": .string("\(disk.name)-format"),
                "file": .string("\(disk.name)-file"), "cache": cache, "discard": "unmap",
            ]
            // A header's word is not enough to open another file: chains are named explicitly or not at all.
            let closed = disk.format == .qcow2 ? format.merging(["backing": .null]) { $1 } : format
            return block([
                "driver": "file", "node-name": .string("\(disk.name)-file"), "filename": .string(disk.path),
                "cache": cache,
                "discard": "unmap", "aio": "threads",
                // An image that a move wrote here went through this host's own page cache: nothing to drop at `cont`.
                "drop-cache": .bool(hasForeignDisks),
            ]) + block(closed)
                + block([
                    "driver": "raw", "node-name": .string(disk.name), "file": .string("\(disk.name)-format"),
                    "cache": cache,
                    "discard": "unmap",
                ])
                + device([
                    "driver": "virtio-blk-pci", "id": .string("\(disk.name)-device"), "drive": .string(disk.name),
                    "addr": .string("0x" + String(Self.firstDiskSlot + index, radix: 16)),
                    "bootindex": .integer(Int64(index + 1)),
                ])
        }
    }

    private var network: [String] {
        switch document.network {
        case .none: []
        case .user:
            // No option ROM: its size differs between QEMU releases, and it would be part of what migrates.
            ["-netdev", JSONValue.object(["type": "user", "id": "network0"]).serialized]
                + device([
                    "driver": "virtio-net-pci", "id": "network0-device", "netdev": "network0",
                    "mac": .string(document.macAddress ?? ""), "addr": "0x3", "romfile": "",
                ])
        }
    }

    private var kernel: [String] {
        guard let kernel = document.kernel else { return [] }
        return ["-kernel", "\(paths.machineFolder)/\(MachineDocument.Kernel.kernelFileName)"]
            + (kernel.hasInitrd ? ["-initrd", "\(paths.machineFolder)/\(MachineDocument.Kernel.initrdFileName)"] : [])
            + (kernel.commandLine.isEmpty ? [] : ["-append", kernel.commandLine])
    }

    private static let firstDiskSlot = 5

    private func block(_ options: [String: JSONValue]) -> [String] {
        ["-blockdev", JSONValue.object(options).serialized]
    }

    private func device(_ options: [String: JSONValue]) -> [String] {
        let bus: JSONValue = document.generation == 2 ? "pcie.0" : "pci.0"
        return ["-device", JSONValue.object(options.merging(["bus": bus]) { $1 }).serialized]
    }

    /// A comma separates options, two are one comma.
    private static func escaped(_ text: String) -> String {
        text.split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",,")
    }
}
