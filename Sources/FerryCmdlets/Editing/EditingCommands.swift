package import FerryEngine

/// The module `PSReadLine`: every command, one line each.
package enum EditingCommands {
    package static let module = CommandModule(
        "PSReadLine",
        commands: [
            GetPSReadLineKeyHandler.self,
            GetPSReadLineOption.self,
            RemovePSReadLineKeyHandler.self,
            SetPSReadLineKeyHandler.self,
            SetPSReadLineOption.self,
        ])
}
