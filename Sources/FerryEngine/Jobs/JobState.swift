/// `System.Management.Automation.JobState`.
package enum JobState: String, ScriptEnum {
    case notStarted = "NotStarted"
    case running = "Running"
    case completed = "Completed"
    case failed = "Failed"
    case stopped = "Stopped"
    case blocked = "Blocked"
    case suspended = "Suspended"
    case disconnected = "Disconnected"
    case suspending = "Suspending"
    case stopping = "Stopping"
    case atBreakpoint = "AtBreakpoint"

    package static let enumType = makeEnumType("System.Management.Automation.JobState")

    /// Nothing will change any more.
    package var isFinished: Bool { self == .completed || self == .failed || self == .stopped }
}
