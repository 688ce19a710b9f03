package import FerryEngine

/// The module `Microsoft.PowerShell.Management`: every command, one line each. The aliases are those PowerShell has on Linux: names of
/// programs there (`ls`, `sort`, `cat`) stay programs.
package enum ManagementCommands {
    package static let module = CommandModule(
        "Microsoft.PowerShell.Management",
        aliases: [
            "cd": "Set-Location", "chdir": "Set-Location", "clc": "Clear-Content", "copy": "Copy-Item",
            "cpi": "Copy-Item", "cvpa": "Convert-Path", "del": "Remove-Item", "dir": "Get-ChildItem",
            "erase": "Remove-Item", "gc": "Get-Content", "gci": "Get-ChildItem", "gi": "Get-Item",
            "gp": "Get-ItemProperty", "gps": "Get-Process", "gdr": "Get-PSDrive", "ndr": "New-PSDrive",
            "rdr": "Remove-PSDrive",
            "spps": "Stop-Process",
            "saps": "Start-Process",
            "gl": "Get-Location", "mi": "Move-Item", "move": "Move-Item", "ni": "New-Item", "popd": "Pop-Location",
            "pushd": "Push-Location", "pwd": "Get-Location", "rd": "Remove-Item", "ren": "Rename-Item",
            "ri": "Remove-Item", "rni": "Rename-Item", "rvpa": "Resolve-Path", "si": "Set-Item", "sl": "Set-Location",
            "type": "Get-Content",
        ],
        commands: [
            AddContent.self,
            ClearContent.self,
            ConvertPath.self,
            CopyItem.self,
            GetChildItem.self,
            GetContent.self,
            GetItem.self,
            GetItemProperty.self,
            GetLocation.self,
            GetPSDrive.self,
            GetProcess.self,
            JoinPath.self,
            MoveItem.self,
            NewItem.self,
            NewPSDrive.self,
            PopLocation.self,
            PushLocation.self,
            RemoveItem.self,
            RemovePSDrive.self,
            RenameItem.self,
            ResolvePath.self,
            SetContent.self,
            SetItem.self,
            SetLocation.self,
            SplitPath.self,
            StartProcess.self,
            StopProcess.self,
            TestPath.self,
            WaitProcess.self,
        ])
}
