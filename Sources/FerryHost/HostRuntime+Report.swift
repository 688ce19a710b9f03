package import FerryContract
package import FerryCore
import FerryLinux
import Glibc

extension HostRuntime {
    /// The host as `Get-VMHost` shows it. May start QEMU to ask for its version; blocks.
    package func report() throws(Failure) -> HostReport {
        let settings = environment.settings.current
        let hypervisor: Result<Hypervisor, Failure>
        do throws(Failure) {
            hypervisor = .success(try environment.hypervisor.hypervisor())
        } catch {
            hypervisor = .failure(error)
        }
        let found = try? hypervisor.get()
        let accelerator =
            found?.accelerator ?? Hypervisor.choose(configuration.accelerator, environment.kernel).accelerator
        return HostReport(
            name: configuration.name, fullyQualifiedDomainName: Self.qualified(configuration.name),
            logicalProcessorCount: Self.processorCount, memoryCapacity: try MemoryAdmission.figure("MemTotal"),
            virtualMachinePath: settings.virtualMachinePath, virtualHardDiskPath: settings.virtualHardDiskPath,
            migrationEnabled: settings.migrationEnabled, authenticationType: settings.authenticationType,
            performanceOption: settings.performanceOption, encryptionEnabled: settings.encryptionEnabled,
            maximumMigrations: settings.maximumMigrations, maximumStorageMigrations: settings.maximumStorageMigrations,
            useAnyNetwork: settings.useAnyNetwork, supportedVersions: found?.offered.map(\.name) ?? [],
            accelerator: accelerator.rawValue, qemuVersion: found?.version.description ?? "",
            ferryVersion: Self.ferryVersion, capabilities: capabilities(hypervisor),
            migrationWitness: settings.migrationWitness)
    }

    private func capabilities(_ hypervisor: Result<Hypervisor, Failure>) -> [CapabilityReport] {
        let kernel = environment.kernel
        let qemu =
            switch hypervisor {
            case .success(let found): CapabilityReport(name: "QEMU", isAvailable: true, detail: found.banner)
            case .failure(let failure):
                CapabilityReport(name: "QEMU", isAvailable: false, detail: "\(failure.description) \(failure.advice)")
            }
        let tracker =
            if let reason = kernel.tracker.reason {
                CapabilityReport(name: "Live migration memory tracking", isAvailable: false, detail: reason)
            } else if configuration.preloadLibrary == nil {
                CapabilityReport(
                    name: "Live migration memory tracking", isAvailable: false,
                    detail:
                        "libFerryGuestMemory.so was not found beside ferryd; name it with preloadLibrary in ferryd.json."
                )
            } else {
                CapabilityReport(
                    name: "Live migration memory tracking", isAvailable: true, detail: "Linux \(kernel.release)")
            }
        let kvm = CapabilityReport(
            name: "KVM", isAvailable: kernel.kvm.isAvailable, detail: kernel.kvm.reason ?? "/dev/kvm opens.")
        return [qemu, tracker, kvm] + HostListeners.Port.allCases.map(listener)
    }

    private func listener(_ port: HostListeners.Port) -> CapabilityReport {
        if let failure = environment.listeners.failure(of: port) {
            return CapabilityReport(
                name: port.title, isAvailable: false, detail: "\(failure.description) \(failure.advice)")
        }
        let isOpen = port == .control || environment.settings.current.migrationEnabled
        let number = port == .control ? configuration.controlPort : configuration.dataPort
        return CapabilityReport(
            name: port.title, isAvailable: isOpen,
            detail: isOpen ? "TCP \(number)" : "Live migration is not enabled: Enable-VMMigration opens TCP \(number).")
    }

    /// With the domain that the computer's own name carries, where it carries one.
    private static func qualified(_ name: String) -> String {
        var text = [CChar](repeating: 0, count: 256)
        // SAFETY: the call writes at most `count` bytes; the last one stays zero.
        guard !name.contains("."), unsafe gethostname(&text, text.count - 1) == 0 else { return name }
        let computer = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard let dot = computer.firstIndex(of: ".") else { return name }
        return name + computer[dot...]
    }
}
