/// Everything that ferryd's configuration file and command line may set: one case, one key, one option.
package enum ConfigurationKey: String, Sendable, CaseIterable {
    case name, stateFolder, runtimeFolder, socket
    case listenAddress, controlPort, dataPort
    case memoryFolder, memorySize, preallocateMemory
    case storageRoots, virtualMachinePath, virtualHardDiskPath
    case accelerator, qemuBinary, imageTool, storageDaemon, qemuRoot, firmwareCode, firmwareVariables
    case guestUser, administratorGroup, preloadLibrary
    case logLevel

    /// What a value must look like.
    package enum Shape: Sendable, Hashable {
        case hostName, path, paths, program, port, address, size, account, flag
        /// One of a few words.
        case word([String])
        /// A path or account that null, or `none` on the command line, turns off.
        indirect case optional(Shape)
    }

    package var shape: Shape {
        switch self {
        case .name: .hostName
        case .stateFolder, .runtimeFolder, .socket, .memoryFolder, .virtualMachinePath, .virtualHardDiskPath,
            .firmwareCode,
            .firmwareVariables:
            .path
        case .storageRoots: .paths
        case .controlPort, .dataPort: .port
        case .listenAddress: .address
        case .memorySize: .size
        case .preallocateMemory: .flag
        case .accelerator: .word(["auto", "kvm", "tcg"])
        case .qemuBinary, .imageTool, .storageDaemon: .program
        case .qemuRoot, .preloadLibrary: .optional(.path)
        case .guestUser: .optional(.account)
        case .administratorGroup: .account
        case .logLevel: .word(["trace", "debug", "info", "notice", "warning", "error", "critical"])
        }
    }

    /// `--state-folder`. Keys that administrators set most have a shorter option.
    package var option: String {
        switch self {
        case .listenAddress: return "--listen"
        case .qemuBinary: return "--qemu"
        case .storageRoots: return "--storage-root"
        default:
            let words = rawValue.reduce(into: "") { text, letter in
                text += letter.isUppercase ? "-" + letter.lowercased() : String(letter)
            }
            return "--" + words
        }
    }

    package var summary: String {
        switch self {
        case .name: "The host's name (default: this computer's)."
        case .stateFolder: "Machines, journals, settings, key and trust (/var/lib/ferry)."
        case .runtimeFolder: "Sockets of machines (/run/ferry)."
        case .socket: "Unix socket for administrators (/run/ferry/ferryd.sock)."
        case .listenAddress: "Address for other hosts (0.0.0.0)."
        case .controlPort: "HTTPS port for other hosts (6601)."
        case .dataPort: "Port for migration data (6600)."
        case .memoryFolder: "Where the memory of guests is mounted (/run/ferry/memory)."
        case .memorySize: "Size of that tmpfs, such as 48GB (80 percent of this computer's memory)."
        case .preallocateMemory: "true gives machines all their memory when they start (false)."
        case .storageRoots: "Folder that moved machines may be put under; may be repeated."
        case .virtualMachinePath: "Folder of new machines (stateFolder/machines)."
        case .virtualHardDiskPath: "Folder of new disks (stateFolder/disks)."
        case .accelerator: "auto, kvm or tcg (auto)."
        case .qemuBinary: "QEMU's program (qemu-system-x86_64)."
        case .imageTool: "qemu-img."
        case .storageDaemon: "qemu-storage-daemon."
        case .qemuRoot: "Folder of another Debian to run QEMU's programs in (none)."
        case .firmwareCode: "OVMF's code, for generation 2."
        case .firmwareVariables: "OVMF's template of variables."
        case .guestUser: "User that QEMU becomes, or none (ferry-guest)."
        case .administratorGroup: "Group whose members administer this host (ferry)."
        case .preloadLibrary: "libFerryGuestMemory.so, or none (found beside ferryd or in /usr/lib/ferry)."
        case .logLevel: "trace, debug, info, notice, warning, error or critical (info)."
        }
    }

    /// The options with their summaries in two columns, for `ferryd --help` on a terminal of 80 columns.
    package static var help: String {
        let width = (allCases.map { $0.option.count }.max() ?? 0) + 4
        let indent = String(repeating: " ", count: width)
        return allCases.map { key in
            let lines = key.summary.split(separator: " ").reduce(into: [String]()) { lines, word in
                if let last = lines.last, last.count + word.count + 1 <= 79 - width {
                    lines[lines.count - 1] = "\(last) \(word)"
                } else {
                    lines.append(String(word))
                }
            }
            let head = "  " + key.option + String(repeating: " ", count: width - 2 - key.option.count)
            return head + lines.joined(separator: "\n" + indent)
        }.joined(separator: "\n")
    }
}
