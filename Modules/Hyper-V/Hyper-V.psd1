# The cmdlets are compiled into ferry (Sources/FerryCmdlets/HyperV); this manifest exports them and names their views.
@{
    ModuleVersion     = '2.0.0.0'
    GUID              = 'af4bddd0-8583-4ff2-84b2-a33f5c8de8a7'
    Author            = 'Ferry'
    Description       = 'Machines of this host and of others, and moving them while they run.'
    PowerShellVersion = '7.0'
    FormatsToProcess  = @('Hyper-V.format.ps1xml')
    FunctionsToExport = @()
    CmdletsToExport   = @(
        'Add-VMHostTrust'
        'Add-VMMigrationNetwork'
        'Compare-VM'
        'Disable-VMMigration'
        'Enable-VMMigration'
        'Get-VM'
        'Get-VMHost'
        'Get-VMHostTrust'
        'Get-VMMigration'
        'Get-VMMigrationNetwork'
        'Move-VM'
        'New-VM'
        'New-VMHostTrustToken'
        'Remove-VM'
        'Remove-VMHostTrust'
        'Remove-VMMigrationNetwork'
        'Resolve-VMMigration'
        'Set-VMHost'
        'Set-VMMigrationNetwork'
        'Start-VM'
        'Stop-VM'
        'Stop-VMMigration'
    )
    VariablesToExport = @()
    AliasesToExport   = @('gvm', 'savm', 'spvm')
}
