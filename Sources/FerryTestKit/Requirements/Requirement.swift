import FerryCore
import FerryLinux
import Glibc
package import Testing

/// What a test needs of the machine it runs on. A test without it is skipped, and says why.
package enum Requirement: Hashable, Sendable {
    case qemu
    case root
    /// The kernel can track what a guest writes (Linux 6.7).
    case kernelTracker
    /// /dev/kvm opens; good for boot-sector guests, not for Linux guests everywhere.
    case kvm
    /// Swap space, to page a guest's memory out to.
    case swap
    /// A device node.
    case device(String)
    /// The QEMU of the host the tests run on is of this release.
    case hostQEMU(major: Int, minor: Int)
    /// A folder with Debian 13 and its QEMU 10.0, named by `FERRY_DEBIAN_13`.
    case debian13
    /// The small Linux guest, in the folder `FERRY_GUEST`.
    case linuxGuest
    /// An NFS server that runs on this computer, and the kernel's NFS client.
    case networkFileSystem
    /// A program on PATH, and the Debian package that brings it.
    case program(String, package: String)

    /// nil when met, else what is missing.
    package var missing: String? {
        switch self {
        case .qemu:
            Self.missingProgram("qemu-system-x86_64", "qemu-system-x86")
                ?? Self.missingProgram("qemu-img", "qemu-utils")
        case .root: geteuid() == 0 ? nil : "Needs root."
        case .kernelTracker: Self.host.tracker.reason
        case .kvm: Self.host.opensKVMDevice ? nil : "Needs /dev/kvm, which does not open here."
        case .swap:
            (try? DurableFile.read("/proc/swaps")).map { $0.count { $0 == UInt8(ascii: "\n") } > 1 } == true
                ? nil : "Needs swap space (swapon)."
        case .device(let path): (try? FileIdentity.ifPresent(path)) == nil ? "Needs \(path)." : nil
        case .hostQEMU(let major, let minor):
            Self.hostQEMU.contains(" version \(major).\(minor).")
                ? nil
                : "Needs QEMU \(major).\(minor) as this host's own; it says: \(Self.hostQEMU.isEmpty ? "nothing" : Self.hostQEMU)."
        case .debian13:
            Self.debian13Folder == nil
                ? "Needs Debian 13's QEMU in the folder FERRY_DEBIAN_13 (Tests/debian-13 makes one)." : nil
        case .linuxGuest:
            Self.linuxGuestFolder == nil
                ? "Needs the Linux guest in the folder FERRY_GUEST (examples/guest/build)." : nil
        case .networkFileSystem: Self.missingNetworkFileSystem
        case .program(let name, let package): Self.missingProgram(name, package)
        }
    }

    /// Where the other Debian is, to be entered by chroot.
    package static let debian13Folder: String? = Program.environmentValue("FERRY_DEBIAN_13").flatMap {
        Program.find("\($0)/usr/bin/qemu-system-x86_64") == nil ? nil : $0
    }

    /// Holds `vmlinuz` and `initrd.img`.
    package static let linuxGuestFolder: String? = Program.environmentValue("FERRY_GUEST").flatMap {
        (try? FileIdentity.ifPresent("\($0)/initrd.img")) == nil ? nil : $0
    }

    private static let host = KernelCapabilities.probe()

    /// The first line of the host's own `qemu-system-x86_64 --version`; empty without one.
    private static let hostQEMU: String = {
        guard let program = Program.find("qemu-system-x86_64"),
            let text = try? Command(program, ["--version"]).runSuccessfully().outputText
        else { return "" }
        return text.split(separator: "\n").first.map(String.init) ?? ""
    }()

    private static var missingNetworkFileSystem: String? {
        if let missing = missingProgram("exportfs", "nfs-kernel-server") { return missing }
        let known = (try? DurableFile.read("/proc/filesystems", limit: 1 << 16)) ?? []
        guard String(decoding: known, as: UTF8.self).contains("\tnfs4\n") else {
            return "Needs the kernel's NFS client (modprobe nfsv4)."
        }
        // Threads of the server; the file is there only while its file system is mounted.
        let threads = (try? DurableFile.read("/proc/fs/nfsd/threads", limit: 64)) ?? []
        guard (Int(String(decoding: threads, as: UTF8.self).filter(\.isNumber)) ?? 0) > 0 else {
            return "Needs a running NFS server (systemctl start nfs-server)."
        }
        return nil
    }

    private static func missingProgram(_ name: String, _ package: String) -> String? {
        Program.find(name) == nil ? "Needs \(name) (apt install \(package))." : nil
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips the test, with the reason, where a requirement is not met.
    package static func needs(_ requirements: Requirement...) -> Self { needs(requirements) }

    package static func needs(_ requirements: [Requirement]) -> Self {
        let missing = requirements.compactMap(\.missing)
        return .enabled(if: missing.isEmpty, "\(missing.joined(separator: " "))")
    }
}
