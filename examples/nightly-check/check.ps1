#!/usr/bin/env ferry
<#
.SYNOPSIS
    Checks hosts and their virtual machines, for a timer that runs at night. The exit code says how bad it is.

.DESCRIPTION
    Each check gives a finding: OK, Warning or Critical. All of them are emitted; with -Quiet only those that are not OK.
    With -ReportPath they are kept as JSON, and what has changed since the file was written last is marked.

    Checked is, on each host:
      * whether it answers, and whether it can move machines at all (capabilities, trust, networks)
      * how much of its memory the machines take
      * how full the storage under its machines is
      * whether a machine is in a critical state, or should run (its name in -MustRun) and does not
      * whether a move failed or is in doubt since the check before

.PARAMETER ComputerName
    The hosts to check.

.PARAMETER MustRun
    Machines that are to run on one of the hosts.

.PARAMETER MemoryPercent
    From which use of a host's memory on a warning is given, and from which a critical finding.

.PARAMETER StoragePercent
    The same for the file system that has the machines.

.PARAMETER Hours
    How far back moves are looked at.

.PARAMETER ReportPath
    A JSON file for the findings.

.PARAMETER Quiet
    Emits only what is not OK.

.EXAMPLE
    ./check.ps1 -ComputerName NODE1, NODE2 -MustRun web01, db01

    The findings as a table.

.EXAMPLE
    0 3 * * * root /usr/bin/ferry -NonInteractive -c '/usr/local/bin/check.ps1 NODE1, NODE2 -Quiet -ReportPath /var/lib/check.json; exit $LASTEXITCODE'

    A line of crontab(5): what is wrong arrives as mail. A list needs -c; the words behind a file's name are texts.

.NOTES
    Exit codes: 0 all is well, 1 warnings, 2 critical findings, 3 the check itself failed.
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty()]
    [string[]] $ComputerName = $env:FERRY_COMPUTERNAME,

    [string[]] $MustRun = @(),

    [ValidateCount(2, 2)]
    [ValidateRange(1, 100)]
    [int[]] $MemoryPercent = @(85, 95),

    [ValidateCount(2, 2)]
    [ValidateRange(1, 100)]
    [int[]] $StoragePercent = @(80, 92),

    [ValidateRange(1, 720)]
    [int] $Hours = 24,

    [string] $ReportPath,

    [switch] $Quiet
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$levels = @{ OK = 0; Warning = 1; Critical = 2 }
$findings = [System.Collections.ArrayList]@()

function Add-Finding {
    param(
        [Parameter(Mandatory, Position = 0)] [string] $Target,
        [Parameter(Mandatory, Position = 1)] [string] $Check,
        [ValidateSet('OK', 'Warning', 'Critical')] [string] $Level = 'OK',
        [Parameter(Mandatory, Position = 2, ValueFromRemainingArguments)] [string[]] $Text
    )
    $null = $findings.Add([pscustomobject]@{
            PSTypeName = 'Nightly.Finding'
            Time       = Get-Date -Format s
            Target     = $Target
            Check      = $Check
            Level      = $Level
            Text       = $Text -join ' '
            IsNew      = $false
        })
}

function Get-Level {
    # Of a figure between two limits.
    param([double] $Value, [int[]] $Limits)
    if ($Value -ge $Limits[1]) { 'Critical' } elseif ($Value -ge $Limits[0]) { 'Warning' } else { 'OK' }
}

function Test-HostSettings {
    param($VMHost)
    foreach ($capability in $VMHost.Capabilities) {
        $level = $capability.IsAvailable ? 'OK' : $capability.Name -match 'tracking' ? 'Critical' : 'Warning'
        Add-Finding -Target $VMHost.Name -Check $capability.Name -Level $level $capability.Detail
    }
    if (-not $VMHost.VirtualMachineMigrationEnabled) {
        Add-Finding $VMHost.Name 'Migration' -Level Warning 'is not enabled: Enable-VMMigration'
        return
    }
    $networks = @(Get-VMMigrationNetwork -ComputerName $VMHost.Name)
    if (-not $networks -and -not $VMHost.UseAnyNetworkForMigration) {
        Add-Finding $VMHost.Name 'Migration' -Level Warning 'no network is set: Set-VMMigrationNetwork'
    }
    $peers = @(Get-VMHostTrust -ComputerName $VMHost.Name)
    $level = if ($peers) { 'OK' } else { 'Warning' }
    Add-Finding $VMHost.Name 'Trust' -Level $level "$($peers.Count) hosts are trusted: $(($peers | ForEach-Object Name) -join ', ')"
}

function Test-Memory {
    param($VMHost, [object[]] $VM)
    $used = 100 * [long] ($VM | Measure-Object MemoryAssigned -Sum | ForEach-Object Sum) / $VMHost.MemoryCapacity
    Add-Finding $VMHost.Name 'Memory' -Level (Get-Level $used $MemoryPercent) ('{0:N1} % of {1:N0} MB' -f $used, ($VMHost.MemoryCapacity / 1MB))
}

function Test-Storage {
    # Only where the host's folder is seen from here: df of another computer's folder would tell nothing.
    param($VMHost)
    $folder = $VMHost.VirtualMachinePath
    if (-not (Test-Path -LiteralPath $folder -PathType Container)) {
        Write-Verbose "$folder of $($VMHost.Name) is not seen from here"
        return
    }
    $columns = (df --output=pcent $folder | Select-Object -Last 1).Trim().TrimEnd('%')
    if ($LASTEXITCODE -ne 0) { throw "df failed for $folder" }
    Add-Finding $VMHost.Name 'Storage' -Level (Get-Level ([int] $columns) $StoragePercent) "$columns % of the storage under $folder is used"
}

function Test-Machine {
    param([Parameter(ValueFromPipeline)] $VM)
    process {
        switch -Regex ("$($VM.State)") {
            'Critical$' { Add-Finding $VM.ComputerName $VM.Name -Level Critical "is $_`: $($VM.Status)"; break }
            '^Paused$' { Add-Finding $VM.ComputerName $VM.Name -Level Warning 'is paused'; break }
            default { Add-Finding $VM.ComputerName $VM.Name "$_, $($VM.Status)" }
        }
    }
}

function Test-Moves {
    param([string] $Name, [datetime] $Since)
    $moves = @(Get-VMMigration -ComputerName $Name | Where-Object { $_.Role -eq 'Source' -and $_.StartTime -ge $Since })
    $byStatus = $moves | Group-Object Status -AsHashTable -AsString
    if ($byStatus) {
        foreach ($move in $byStatus['InDoubt']) {
            Add-Finding $Name 'Moves' -Level Critical "the move of $($move.MachineName) to $($move.TargetHost) is in doubt: Resolve-VMMigration"
        }
        foreach ($move in $byStatus['Failed']) {
            Add-Finding $Name 'Moves' -Level Warning "the move of $($move.MachineName) to $($move.TargetHost) failed: $($move.ErrorMessage)"
        }
    }
    $completed = @($moves | Where-Object Status -eq 'Completed')
    if ($completed) {
        $figures = $completed | Measure-Object BlackoutMilliseconds -Average -Maximum
        Add-Finding $Name 'Moves' ('{0} completed, blackout {1:N0} ms on average and {2:N0} ms at most' -f $completed.Count, $figures.Average, $figures.Maximum)
    }
}

try {
    $running = @{}
    foreach ($name in $ComputerName) {
        Write-Progress -Activity 'Nightly check' -Status $name
        try {
            $vmHost = Get-VMHost -ComputerName $name
            $vms = @(Get-VM -ComputerName $name)
        }
        catch [Microsoft.HyperV.PowerShell.VirtualizationException] {
            Add-Finding $name 'Answers' -Level Critical $_.Exception.Message
            continue
        }
        Add-Finding $name 'Answers' "Ferry $($vmHost.FerryVersion), QEMU $($vmHost.QemuVersion)"
        Test-HostSettings $vmHost
        Test-Memory $vmHost $vms
        Test-Storage $vmHost
        $vms | Test-Machine
        Test-Moves -Name $name -Since (Get-Date).AddHours(-$Hours)
        $vms | Where-Object State -eq 'Running' | ForEach-Object { $running[$_.Name] = $name }
    }
    Write-Progress -Activity 'Nightly check' -Completed
    foreach ($name in $MustRun) {
        if ($running.ContainsKey($name)) { Add-Finding $running[$name] $name 'runs, as it must' }
        else { Add-Finding ($ComputerName -join ', ') $name -Level Critical 'must run, and does not' }
    }

    if ($ReportPath) {
        $before = @()
        if (Test-Path -LiteralPath $ReportPath) { $before = @(Get-Content -LiteralPath $ReportPath -Raw | ConvertFrom-Json) }
        $known = @($before | ForEach-Object { '{0}|{1}|{2}' -f $_.Target, $_.Check, $_.Level })
        foreach ($finding in $findings) {
            $finding.IsNew = ('{0}|{1}|{2}' -f $finding.Target, $finding.Check, $finding.Level) -notin $known
        }
        ConvertTo-Json -InputObject @($findings) -Depth 3 | Set-Content -LiteralPath $ReportPath -Encoding utf8
    }
}
catch {
    Write-Error "The check could not be finished: $($_.Exception.Message) (line $($_.InvocationInfo.ScriptLineNumber))" -ErrorAction Continue
    exit 3
}

$worst = ($findings | ForEach-Object { $levels[$_.Level] } | Measure-Object -Maximum).Maximum
$shown = $findings | Where-Object { -not $Quiet -or $_.Level -ne 'OK' } |
    Sort-Object @{ Expression = { $levels[$_.Level] }; Descending = $true }, Target, Check
$shown | Select-Object Level, Target, Check, Text, IsNew
exit $worst
