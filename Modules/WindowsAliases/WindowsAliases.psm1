# The short names that PowerShell has on Windows and leaves to the system's own programs on Linux.
# `Import-Module WindowsAliases` in a profile gives them to a session; see about_Aliases.

$names = [ordered]@{
    ac      = 'Add-Content'
    cat     = 'Get-Content'
    clear   = 'Clear-Host'
    compare = 'Compare-Object'
    cp      = 'Copy-Item'
    diff    = 'Compare-Object'
    kill    = 'Stop-Process'
    ls      = 'Get-ChildItem'
    man     = 'help'
    mount   = 'New-PSDrive'
    mv      = 'Move-Item'
    ps      = 'Get-Process'
    rm      = 'Remove-Item'
    rmdir   = 'Remove-Item'
    sleep   = 'Start-Sleep'
    sort    = 'Sort-Object'
    start   = 'Start-Process'
    tee     = 'Tee-Object'
    write   = 'Write-Output'
}
foreach ($name in $names.Keys) { Set-Alias -Name $name -Value $names[$name] }

# By pattern: nobody gets the set who did not ask for it, not even where one of the programs is missing.
Export-ModuleMember -Alias *
