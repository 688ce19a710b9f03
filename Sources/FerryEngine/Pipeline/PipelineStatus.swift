/// `System.Management.Automation.Runspaces.PipelineState`.
package enum PipelineStatus: String, ScriptEnum {
    case notStarted = "NotStarted"
    case running = "Running"
    case stopping = "Stopping"
    case stopped = "Stopped"
    case completed = "Completed"
    case failed = "Failed"
    case disconnected = "Disconnected"

    package static let enumType = makeEnumType("System.Management.Automation.Runspaces.PipelineState")
}
