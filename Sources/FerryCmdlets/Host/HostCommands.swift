package import FerryEngine

/// The module `Microsoft.PowerShell.Host`: every command, one line each.
package enum HostCommands {
    package static let module = CommandModule(
        "Microsoft.PowerShell.Host",
        commands: [
            StartTranscript.self,
            StopTranscript.self,
        ])
}
