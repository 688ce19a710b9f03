/// What PowerShell's own commands put out, where their declarations do not say, and how an object of such a type is come by.
enum CommandOutput {
    private static let names: [String: [String]] = [
        "Get-ChildItem": ["System.IO.FileInfo", "System.IO.DirectoryInfo"],
        "Get-Item": ["System.IO.FileInfo", "System.IO.DirectoryInfo"],
        "New-Item": ["System.IO.FileInfo", "System.IO.DirectoryInfo"],
        "Copy-Item": ["System.IO.FileInfo", "System.IO.DirectoryInfo"],
        "Move-Item": ["System.IO.FileInfo", "System.IO.DirectoryInfo"],
        "Rename-Item": ["System.IO.FileInfo", "System.IO.DirectoryInfo"],
        "New-TemporaryFile": ["System.IO.FileInfo"],
        "Get-Process": [
            "System.Diagnostics.Process", "System.Diagnostics.FileVersionInfo", "System.Diagnostics.ProcessModule",
        ],
        "Start-Process": ["System.Diagnostics.Process"], "Stop-Process": ["System.Diagnostics.Process"],
        "Get-Command": [
            "System.Management.Automation.CmdletInfo", "System.Management.Automation.AliasInfo",
            "System.Management.Automation.FunctionInfo",
        ],
        "Get-Alias": ["System.Management.Automation.AliasInfo"],
        "Get-Module": ["System.Management.Automation.PSModuleInfo"],
        "Import-Module": ["System.Management.Automation.PSModuleInfo"],
        "Get-PSDrive": ["System.Management.Automation.PSDriveInfo"],
        "New-PSDrive": ["System.Management.Automation.PSDriveInfo"],
        "Get-Variable": ["System.Management.Automation.PSVariable"],
        "Get-Location": ["System.Management.Automation.PathInfo"],
        "Resolve-Path": ["System.Management.Automation.PathInfo"],
        "Select-String": ["Microsoft.PowerShell.Commands.MatchInfo"],
        "Group-Object": ["Microsoft.PowerShell.Commands.GroupInfo"],
        "Measure-Object": ["Microsoft.PowerShell.Commands.GenericMeasureInfo"],
        "Get-Member": ["Microsoft.PowerShell.Commands.MemberDefinition"],
        "Get-Host": ["System.Management.Automation.Internal.Host.InternalHost"],
        "Get-Content": ["System.String"], "Join-String": ["System.String"], "Out-String": ["System.String"],
    ]

    /// Commands of PowerShell, and nothing that changes anything: what they give is of the type.
    private static let samples: [String: String] = [
        "System.IO.FileInfo": #"Microsoft.PowerShell.Management\Get-Item -LiteralPath /proc/self/status"#,
        "System.IO.DirectoryInfo": #"Microsoft.PowerShell.Management\Get-Item -LiteralPath /"#,
        "System.Diagnostics.Process": #"Microsoft.PowerShell.Management\Get-Process -Id $PID"#,
        "System.Management.Automation.CmdletInfo": #"Microsoft.PowerShell.Core\Get-Command Get-Command"#,
        "System.Management.Automation.AliasInfo": #"Microsoft.PowerShell.Core\Get-Command %"#,
        "System.Management.Automation.FunctionInfo": #"Microsoft.PowerShell.Core\Get-Command prompt"#,
        "System.Management.Automation.PSModuleInfo":
            #"Microsoft.PowerShell.Core\Get-Module Microsoft.PowerShell.Utility"#,
        "System.Management.Automation.PSDriveInfo": #"Microsoft.PowerShell.Management\Get-PSDrive Env"#,
        "System.Management.Automation.PSVariable": #"Microsoft.PowerShell.Utility\Get-Variable PID"#,
        "System.Management.Automation.PathInfo": #"Microsoft.PowerShell.Management\Get-Location"#,
        "Microsoft.PowerShell.Commands.MatchInfo": #"'a' | Microsoft.PowerShell.Utility\Select-String a"#,
        "Microsoft.PowerShell.Commands.GroupInfo": #"1 | Microsoft.PowerShell.Utility\Group-Object"#,
        "Microsoft.PowerShell.Commands.GenericMeasureInfo": #"1 | Microsoft.PowerShell.Utility\Measure-Object"#,
        "Microsoft.PowerShell.Commands.MemberDefinition":
            #"1 | Microsoft.PowerShell.Utility\Get-Member -Name ToString"#,
        "System.Management.Automation.Internal.Host.InternalHost": "$Host",
    ]

    /// Types whose members are known by name only.
    private static let properties: [String: String] = [
        "System.Diagnostics.FileVersionInfo":
            "Comments CompanyName FileBuildPart FileDescription FileMajorPart FileMinorPart FileName FilePrivatePart "
            + "FileVersion FileVersionRaw InternalName Language LegalCopyright OriginalFilename ProductName ProductVersion",
        "System.Management.Automation.ErrorRecord":
            "CategoryInfo ErrorDetails Exception FullyQualifiedErrorId InvocationInfo PipelineIterationInfo "
            + "PSMessageDetails ScriptStackTrace TargetObject",
        "System.Diagnostics.ProcessModule":
            "BaseAddress Company Description EntryPointAddress FileName FileVersion FileVersionInfo ModuleMemorySize "
            + "ModuleName Product ProductVersion Size",
    ]

    /// Types of properties that a sample may have no value of.
    private static let propertyTypes: [String: String] = [
        "System.Diagnostics.Process.mainmodule": "System.Diagnostics.ProcessModule",
        "System.Diagnostics.Process.modules": "System.Diagnostics.ProcessModule",
        "System.Diagnostics.ProcessModule.fileversioninfo": "System.Diagnostics.FileVersionInfo",
    ]

    static func propertyType(_ name: String, of type: String) -> RuntimeType? {
        propertyTypes[type + "." + name.folded].map { RuntimeType($0) }
    }

    static func types(of command: String) -> [RuntimeType] { (names[command] ?? []).map { RuntimeType($0) } }

    static func sample(_ type: String) -> String? { samples[type] }

    static func propertyNames(of type: String) -> [String] {
        properties[type]?.split(separator: " ").map(String.init) ?? []
    }
}
