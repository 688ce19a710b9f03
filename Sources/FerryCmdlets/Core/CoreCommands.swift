package import FerryEngine

/// The module `Microsoft.PowerShell.Core`: every command, one line each.
package enum CoreCommands {
    package static let module = CommandModule(
        "Microsoft.PowerShell.Core",
        aliases: [
            "%": "ForEach-Object", "foreach": "ForEach-Object", "?": "Where-Object", "where": "Where-Object",
            "oh": "Out-Host", "gcm": "Get-Command", "gmo": "Get-Module", "icm": "Invoke-Command",
            "ipmo": "Import-Module", "rmo": "Remove-Module", "help": "Get-Help",
            "sajb": "Start-Job", "gjb": "Get-Job", "rcjb": "Receive-Job", "rjb": "Remove-Job", "wjb": "Wait-Job",
            "spjb": "Stop-Job", "h": "Get-History", "history": "Get-History", "ghy": "Get-History",
            "ihy": "Invoke-History", "r": "Invoke-History", "clhy": "Clear-History", "clear": "Clear-Host",
            "cls": "Clear-Host",
        ],
        commands: [
            AddHistory.self,
            ClearHistory.self,
            ClearHost.self,
            ExportModuleMember.self,
            ForEachObject.self,
            GetCommand.self,
            GetHelp.self,
            GetHistory.self,
            GetJob.self,
            GetModule.self,
            ImportModule.self,
            InvokeCommand.self,
            InvokeHistory.self,
            OutDefault.self,
            OutHost.self,
            OutNull.self,
            ReceiveJob.self,
            RegisterArgumentCompleter.self,
            RemoveJob.self,
            RemoveModule.self,
            SetStrictMode.self,
            StartJob.self,
            StartThreadJob.self,
            StopJob.self,
            WaitJob.self,
            WhereObject.self,
        ])
}
