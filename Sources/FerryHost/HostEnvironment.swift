package import FerryCore
package import FerryLinux

/// What every part of one host runtime shares.
package final class HostEnvironment: Sendable {
    package let configuration: HostConfiguration
    package let settings: SettingsStore
    package let events: EventLog
    package let listeners: HostListeners
    package let kernel: KernelCapabilities
    package let hypervisor: HypervisorProbe
    /// The user QEMU becomes; nil when ferryd is unprivileged.
    package let guest: QEMUCommandLine.User?
    package let admissions: MemoryLedger
    /// Of the kernel: changes with each boot.
    package let bootID: String

    package init(
        configuration: HostConfiguration, settings: SettingsStore, events: EventLog, kernel: KernelCapabilities,
        guest: QEMUCommandLine.User?
    ) throws(Failure) {
        self.configuration = configuration
        self.settings = settings
        self.events = events
        listeners = HostListeners(events)
        self.kernel = kernel
        self.guest = guest
        hypervisor = HypervisorProbe(configuration, kernel)
        admissions = MemoryLedger(folder: configuration.memoryFolder)
        let boot = try DurableFile.read("/proc/sys/kernel/random/boot_id", limit: 4096)
        bootID = String(decoding: boot, as: UTF8.self).filter { !$0.isWhitespace }
    }

    /// Where a machine's sockets are.
    package func runtimeFolder(of id: String) -> String { "\(configuration.runtimeFolder)/\(id)" }
    package func memoryFile(of id: String) -> String { "\(configuration.memoryFolder)/\(id).ram" }
}
