package import FerryCore
package import FerryLinux
import Synchronization

/// What this host's QEMU is and can do, found out by asking it.
package struct Hypervisor: Sendable {
    package let version: QEMUVersion
    package let machineTypes: Set<String>
    package let accelerator: Accelerator
    /// KVM was chosen by ferryd itself, so the baseline is demanded of the processor; a forced one is the administrator's.
    package let isBaselineEnforced: Bool
    /// The first line of --version.
    package let banner: String

    package var offered: [ConfigurationVersion] { ConfigurationVersion.offered(by: machineTypes) }

    /// Runs QEMU twice, without a guest. Takes about 100 ms.
    ///
    /// - Throws: `HostFault.qemuMissing` also for a QEMU that is too old or does not run.
    package static func probe(
        _ configuration: HostConfiguration, _ kernel: KernelCapabilities
    ) throws(Failure) -> Hypervisor {
        let banner = try ask(configuration, ["--version"]).split(separator: "\n").first.map(String.init) ?? ""
        guard let version = QEMUVersion(banner: banner), version >= .oldest else {
            throw Failure(
                HostFault.qemuMissing,
                "QEMU of \(configuration.name) calls itself \"\(banner)\"; version \(QEMUVersion.oldest) or newer is needed.",
                target: configuration.qemuBinary)
        }
        let machines = try ask(configuration, ["-machine", "help"]).split(separator: "\n")
        let types = Set(machines.compactMap { $0.split(separator: " ").first.map(String.init) })
        let (accelerator, isEnforced) = choose(configuration.accelerator, kernel)
        return Hypervisor(
            version: version, machineTypes: types, accelerator: accelerator, isBaselineEnforced: isEnforced,
            banner: banner)
    }

    /// The decision table of the `accelerator` setting.
    package static func choose(
        _ choice: AcceleratorChoice, _ kernel: KernelCapabilities
    ) -> (accelerator: Accelerator, isBaselineEnforced: Bool) {
        switch choice {
        case .tcg: (.tcg, false)
        case .auto: kernel.kvm.isAvailable ? (.kvm, true) : (.tcg, false)
        case .kvm: (.kvm, false)
        }
    }

    private static func ask(_ configuration: HostConfiguration, _ arguments: [String]) throws(Failure) -> String {
        var command = Command("")
        command.program = try configuration.program(configuration.qemuBinary, arguments)
        command.timeout = .seconds(30)
        do throws(Failure) { return try command.runSuccessfully().outputText } catch {
            throw Failure(
                HostFault.qemuMissing, "QEMU of \(configuration.name) (\(configuration.qemuBinary)) does not run.",
                target: configuration.qemuBinary, cause: error)
        }
    }
}

/// The hypervisor of a host, probed when it is first needed and again until it was found: an administrator may install QEMU
/// while ferryd runs.
package final class HypervisorProbe: Sendable {
    private let configuration: HostConfiguration
    private let kernel: KernelCapabilities
    private let found = Mutex<Hypervisor?>(nil)

    package init(_ configuration: HostConfiguration, _ kernel: KernelCapabilities) {
        self.configuration = configuration
        self.kernel = kernel
    }

    /// - Throws: `HostFault.qemuMissing`.
    package func hypervisor() throws(Failure) -> Hypervisor {
        if let known = found.withLock({ $0 }) { return known }
        let fresh = try Hypervisor.probe(configuration, kernel)
        return found.withLock { found in
            if let found { return found }
            found = fresh
            return fresh
        }
    }
}
