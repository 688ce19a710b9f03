# Moves every machine of this host to another one, with its storage, while it runs.
#
#   ferry move.ps1 -Destination NODE1 -StoragePath /vms
param(
    [Parameter(Mandatory)] [string] $Destination,
    [Parameter(Mandatory)] [string] $StoragePath
)
$ErrorActionPreference = 'Stop'

# Both hosts: live migration on, on this network, known to each other by certificate.
foreach ($computer in $env:FERRY_COMPUTERNAME, $Destination) {
    Enable-VMMigration -ComputerName $computer
    Set-VMMigrationNetwork 127.0.0.0/8 -ComputerName $computer -WarningAction SilentlyContinue
    Set-VMHost -VirtualMachineMigrationAuthenticationType Certificate -ComputerName $computer
}

Get-VM | Move-VM -DestinationHost $Destination -IncludeStorage -DestinationStoragePath $StoragePath

Write-Host "On ${env:FERRY_COMPUTERNAME}:"
Get-VM | Format-Table
Write-Host "On ${Destination}:"
Get-VM -ComputerName $Destination | Format-Table

$move = Get-VMMigration | Select-Object -First 1
$move | Format-List MachineName, SourceHost, TargetHost, Status, Rounds, MemoryBytes, DiskBytes, TotalTime, BlackoutMilliseconds, IsEncrypted
