package import FerryEngine

/// The module `Microsoft.PowerShell.Utility`: every command, one line each.
package enum UtilityCommands {
    package static let module = CommandModule(
        "Microsoft.PowerShell.Utility",
        aliases: [
            "fl": "Format-List", "ft": "Format-Table", "select": "Select-Object", "echo": "Write-Output",
        ],
        commands: [
            FormatList.self,
            FormatTable.self,
            OutString.self,
            SelectObject.self,
            SortObject.self,
            WriteDebug.self,
            WriteError.self,
            WriteHost.self,
            WriteOutput.self,
            WriteVerbose.self,
            WriteWarning.self,
        ])
}
