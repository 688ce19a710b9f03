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
    The hosts to check. Without it the one in FERRY_COMPUTERNAME; where there is neither, the check fails.

.PARAMETER MustRun
    Machines that are to run on one of the hosts.

.PARAMETER MemoryPercent
    From which use of a host's memory on a warning is given, and from which a critical finding.

.PARAMETER StoragePercent
    The same for the file system that has the machines.

.PARAMETER Hours
    How far back moves are looked at.

.PARAMETER ReportPath
    A JSON file for the findings. One that cannot be read is replaced, with a warning: nothing in it can be compared with.

.PARAMETER Quiet
    Emits only what is not OK.

.EXAMPLE
    ./check.ps1 -ComputerName NODE1, NODE2 -MustRun web01, db01

    The findings as a table.

.EXAMPLE
    0 3 * * * root /usr/bin/ferry -NonInteractive -c '/usr/local/bin/check.ps1 NODE1, NODE2 -Quiet -ReportPath /var/lib/check.json; exit $LASTEXITCODE'

    A line of crontab(5): what is wrong arrives as mail. A list needs -c; the words behind a file's name are texts.

.NOTES
    Exit codes: 0 all is well, 1 warnings, 2 critical findings, 3 the check itself failed: what was found until then is emitted.
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

    [ValidateScript({ -not (Test-Path -LiteralPath $_ -PathType Container) }, ErrorMessage = '{0} is a folder; name a file.')]
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

function Get-Known {
    # What the file of an earlier check has. A file that cannot be read must not hide what was found now.
    param([string] $Path)
    if (-not (Test-Path -LiteralPath $Path)) { return }
    try { Get-Content -LiteralPath $Path -Raw | ConvertFrom-Json | ForEach-Object { '{0}|{1}|{2}' -f $_.Target, $_.Check, $_.Level } }
    catch { Write-Warning "$Path is begun anew, for it is no report of an earlier check: $($_.Exception.Message)" }
}

function Write-Failure {
    param($Record)
    Write-Error "The check could not be finished: $($Record.Exception.Message) (line $($Record.InvocationInfo.ScriptLineNumber))" -ErrorAction Continue
}

$isFinished = $false
try {
    $names = @($ComputerName | Where-Object { $_ })
    if (-not $names) { throw 'No host is named: give -ComputerName, or set FERRY_COMPUTERNAME.' }
    $running = @{}
    foreach ($name in $names) {
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
        else { Add-Finding ($names -join ', ') $name -Level Critical 'must run, and does not' }
    }
    $isFinished = $true
}
catch { Write-Failure $_ }

# What was found is told first: nothing that happens to the report file can keep it back.
if ($ReportPath) {
    $known = @(Get-Known $ReportPath)
    foreach ($finding in $findings) {
        $finding.IsNew = ('{0}|{1}|{2}' -f $finding.Target, $finding.Check, $finding.Level) -notin $known
    }
}
$findings | Where-Object { -not $Quiet -or $_.Level -ne 'OK' } |
    Sort-Object @{ Expression = { $levels[$_.Level] }; Descending = $true }, Target, Check |
    Select-Object Level, Target, Check, Text, IsNew

# Half a check is not kept: what it did not reach would count as new the next time.
if (-not $isFinished) { exit 3 }
if ($ReportPath) {
    try {
        # Written beside and moved over: whoever reads the report sees the old one or the new one.
        ConvertTo-Json -InputObject @($findings) -Depth 3 | Set-Content -LiteralPath "$ReportPath.new" -Encoding utf8
        Move-Item -LiteralPath "$ReportPath.new" -Destination $ReportPath -Force
    }
    catch {
        Write-Failure $_
        exit 3
    }
}
exit ($findings | ForEach-Object { $levels[$_.Level] } | Measure-Object -Maximum).Maximum
