package import FerryEngine

/// Every compiled module: what a session of `ferry` starts with.
package enum CommandModules {
    package static let all = [
        CoreCommands.module, HostCommands.module, DiagnosticsCommands.module, ManagementCommands.module,
        SecurityCommands.module,
        UtilityCommands.module,
        HyperVCommands.module, EditingCommands.module,
        // Scripts import it beside Hyper-V; clusters have no commands here.
        CommandModule("FailoverClusters", commands: []),
    ]
}
