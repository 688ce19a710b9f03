/// The process that runs a machine, written beside the machine's document so that a later life of ferryd finds it.
package struct RuntimeRecord: Sendable, Codable, Hashable {
    package var format: Int
    /// With `startTicks` it names the process for as long as the host is up.
    package var processID: Int32
    package var startTicks: UInt64
    /// Of the kernel: another one means that the host was rebooted and nothing of this record is alive.
    package var bootID: String
    package var controlSocket: String
    package var memoryFile: String
    package var runtimeFolder: String
    package var accelerator: Accelerator
    /// Value of `-cpu`.
    package var processorModel: String
    package var cgroup: String?
    /// Seconds the guest had run before this process took it over (a move).
    package var uptimeBefore: Double
    /// Seconds after the host's boot at which this process's guest began; suspended time counts.
    package var startedAfterBoot: Double

    package static let currentFormat = 1
    package static let fileName = "runtime.json"
}
