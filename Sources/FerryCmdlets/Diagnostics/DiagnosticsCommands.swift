package import FerryEngine

/// The module `Microsoft.PowerShell.Diagnostics`: every command, one line each.
package enum DiagnosticsCommands {
    package static let module = CommandModule(
        "Microsoft.PowerShell.Diagnostics",
        commands: [
            GetWinEvent.self
        ])
}
