#!/usr/bin/env ferry
<#
.SYNOPSIS
    Empties a host: moves its running virtual machines to other hosts, a few at a time, while they run.

.DESCRIPTION
    Moves every running machine of the host to the destinations in turn, with its storage. At most ThrottleLimit moves
    are under way at once, each as a job. A move that fails is tried again, at the next destination if there is one. What
    happened is written to a log file as it happens, and at the end a line a machine is emitted.

    Machines that are off stay where they are, and so do those that -Exclude names.

.PARAMETER ComputerName
    The host to empty.

.PARAMETER Destination
    Where the machines go: one or more hosts that trust the one that is emptied.

.PARAMETER StoragePath
    Folder on the destinations for machines and disks. Without it the disks are on storage both hosts see.

.PARAMETER Exclude
    Machines that stay; wildcards are allowed.

.PARAMETER ThrottleLimit
    How many moves may be under way at once.

.PARAMETER Retry
    How often a move that failed is tried again.

.PARAMETER RetryDelaySeconds
    How long to wait before that.

.PARAMETER LogPath
    The log; lines are added to it.

.EXAMPLE
    ./evacuate.ps1 -ComputerName NODE2 -Destination NODE1 -StoragePath /vms -WhatIf

    Says which machines would be moved where.

.EXAMPLE
    ./evacuate.ps1 NODE2 -Destination NODE1, NODE3 -StoragePath /vms -ThrottleLimit 2 -LogPath /var/log/evacuation.log

    Empties NODE2 onto two hosts, two moves at a time.

.OUTPUTS
    An object a machine: VMName, Destination, Result, Attempts, Seconds, BlackoutMilliseconds, Reason.

.NOTES
    Exit codes: 0 the host is empty, 1 machines are left, 2 nothing could be tried.
#>
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Medium')]
param(
    [Parameter(Mandatory, Position = 0)]
    [ValidateNotNullOrEmpty()]
    [string] $ComputerName,

    [Parameter(Mandatory, Position = 1)]
    [ValidateCount(1, 32)]
    [string[]] $Destination,

    [ValidatePattern('^/')]
    [string] $StoragePath,

    [string[]] $Exclude = @(),

    [ValidateRange(1, 16)]
    [int] $ThrottleLimit = 1,

    [ValidateRange(0, 10)]
    [int] $Retry = 2,

    [ValidateRange(0, 3600)]
    [int] $RetryDelaySeconds = 30,

    [string] $LogPath = (Join-Path $HOME "evacuation-$(Get-Date -Format yyyyMMdd-HHmmss).log")
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$activity = "Emptying $ComputerName"

function Write-Log {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0)] [string] $Message,
        [ValidateSet('INFO', 'WARN', 'FAIL')] [string] $Level = 'INFO'
    )
    $line = '{0:yyyy-MM-dd HH:mm:ss} {1,-4} {2}' -f (Get-Date), $Level, $Message
    Add-Content -LiteralPath $script:LogPath -Value $line -WhatIf:$false -Confirm:$false
    switch ($Level) {
        'WARN' { Write-Warning $Message }
        'FAIL' { Write-Host $line -ForegroundColor Red }
        default { Write-Verbose $line }
    }
}

function Test-Destination {
    # Whether a host can take machines at all; what is wrong goes into the log.
    param([Parameter(Mandatory)] [string] $Name)
    try {
        $settings = Get-VMHost -ComputerName $Name
        if (-not $settings.VirtualMachineMigrationEnabled) { throw "migration is not enabled on $Name" }
        return $true
    }
    catch {
        Write-Log "$Name takes no machines: $($_.Exception.Message)" -Level WARN
        return $false
    }
}

function Start-Move {
    # Starts the move of one piece of work and notes the job in it. A move that fails at once is one of its attempts: the
    # others go on.
    param([Parameter(Mandatory)] [pscustomobject] $Work)
    $Work.Destination = $script:targets[($Work.Turn + $Work.Attempts) % $script:targets.Count]
    $Work.Attempts++
    $Work.Started = Get-Date
    $move = @{ DestinationHost = $Work.Destination; AsJob = $true }
    if ($StoragePath) { $move += @{ IncludeStorage = $true; DestinationStoragePath = $StoragePath } }
    Write-Log "$($Work.VMName): to $($Work.Destination), attempt $($Work.Attempts)"
    try {
        # By its id: names need not be unique, and may have changed since.
        $Work.Job = Get-VM -Id $Work.Id -ComputerName $ComputerName | Move-VM @move -Confirm:$false
        if (-not $Work.Job) { throw 'no job was started' }
        $Work.Result = 'Moving'
    }
    catch { Resolve-Failure $Work $_.Exception.Message }
}

function Resolve-Failure {
    # An attempt has failed: there is another, or it was the last.
    param([Parameter(Mandatory)] [pscustomobject] $Work, [Parameter(Mandatory)] [string] $Reason)
    $Work.Reason = $Reason -replace '\s+', ' '
    if ($Work.Attempts -le $Retry) {
        $Work.NotBefore = (Get-Date).AddSeconds($RetryDelaySeconds)
        Write-Log "$($Work.VMName): attempt $($Work.Attempts) failed, again in $RetryDelaySeconds s: $($Work.Reason)" -Level WARN
        $Work.Result = 'Waiting'
    }
    else {
        $Work.Result = 'Failed'
        Write-Log "$($Work.VMName): given up after $($Work.Attempts) attempts: $($Work.Reason)" -Level FAIL
    }
}

function Complete-Move {
    # Takes the outcome of a job that has ended. The machine is looked for where it should be: that decides. It is looked for
    # by its id, for another one of its name may run there.
    param([Parameter(Mandatory)] [pscustomobject] $Work)
    $problem = $null
    Receive-Job -Job $Work.Job -ErrorAction SilentlyContinue -ErrorVariable problem | Out-Null
    Remove-Job -Job $Work.Job -Force
    $Work.Job = $null
    $Work.Seconds += [math]::Round(((Get-Date) - $Work.Started).TotalSeconds, 1)
    $there = $null
    try { $there = Get-VM -Id $Work.Id -ComputerName $Work.Destination -ErrorAction Ignore }
    catch { $problem = @($problem) + $_ }
    if ($there -and $there.State -eq 'Running') {
        $Work.Result = 'Moved'
        $Work.Reason = ''
        $record = Get-VMMigration -ComputerName $ComputerName -ErrorAction Ignore |
            Where-Object { $_.MachineId -eq $Work.Id -and $_.Status -eq 'Completed' } |
            Sort-Object StartTime | Select-Object -Last 1
        if ($record) { $Work.BlackoutMilliseconds = [math]::Round($record.BlackoutMilliseconds, 1) }
        Write-Log "$($Work.VMName): runs on $($Work.Destination) after $($Work.Seconds) s"
        return
    }
    Resolve-Failure $Work $(if ($problem) { "$($problem[0])" } else { 'the job ended without a word' })
}

# 1. What there is to do, and where it may go.
try {
    $targets = @($Destination | Where-Object { $_ -ne $ComputerName } | Select-Object -Unique | Where-Object { Test-Destination $_ })
    if (-not $targets) { throw "None of $($Destination -join ', ') can take machines." }
    $running = Get-VM -ComputerName $ComputerName | Where-Object State -eq 'Running' | Sort-Object MemoryAssigned, Name
    $chosen = @($running | Where-Object { $vm = $_; -not ($Exclude | Where-Object { $vm.Name -like $_ }) })
}
catch {
    Write-Log "Nothing was moved: $($_.Exception.Message)" -Level FAIL
    exit 2
}
Write-Log "$activity`: $($chosen.Count) machines to $($targets -join ', ')"

$turn = 0
$queue = @(foreach ($vm in $chosen) {
        if (-not $PSCmdlet.ShouldProcess($vm.Name, "Move from $ComputerName to $($targets[$turn % $targets.Count])")) {
            $turn++
            continue
        }
        [pscustomobject]@{
            PSTypeName = 'Evacuation.Move'
            VMName = $vm.Name; Id = $vm.Id; Turn = $turn++; Destination = $null; Result = 'Waiting'; Attempts = 0; Seconds = 0.0
            BlackoutMilliseconds = $null; Reason = ''; Job = $null; Started = $null; NotBefore = [datetime]::MinValue
        }
    })

# 2. Do it: as many at once as allowed, the smallest first.
try {
    while ($open = @($queue | Where-Object { $_.Result -in 'Waiting', 'Moving' })) {
        $moving = @($open | Where-Object Result -eq 'Moving')
        $ready = @($open | Where-Object { $_.Result -eq 'Waiting' -and $_.NotBefore -le (Get-Date) })
        foreach ($work in $ready | Select-Object -First ($ThrottleLimit - $moving.Count)) {
            Start-Move $work
            if ($work.Job) { $moving += $work }
        }
        $done = $queue.Count - $open.Count
        Write-Progress -Activity $activity -Status "$done of $($queue.Count), moving $(($moving | ForEach-Object VMName) -join ', ')" -PercentComplete (100 * $done / $queue.Count)
        if ($moving) { $moving.Job | Wait-Job -Any -Timeout 5 | Out-Null } else { Start-Sleep -Milliseconds 200 }
        $moving | Where-Object { $_.Job.State -in 'Completed', 'Failed', 'Stopped' } | ForEach-Object { Complete-Move $_ }
    }
}
finally {
    # Ctrl-C comes here too: moves that go on are asked to stop, and their machines stay where they are.
    Write-Progress -Activity $activity -Completed
    $queue | Where-Object Job | ForEach-Object {
        Write-Log "$($_.VMName): the move is being cancelled" -Level WARN
        Stop-Job -Job $_.Job
        Remove-Job -Job $_.Job -Force
    }
}

# 3. Tell.
$moved = @($queue | Where-Object Result -eq 'Moved')
$failed = @($queue | Where-Object Result -eq 'Failed')
$queue | Select-Object VMName, Destination, Result, Attempts, Seconds, BlackoutMilliseconds, Reason
if ($WhatIfPreference) { exit 0 }
$longest = [double] ($moved | Measure-Object BlackoutMilliseconds -Maximum | ForEach-Object Maximum)
$summary = "$($moved.Count) moved, $($failed.Count) failed, longest blackout $longest ms"
Write-Log $summary
Write-Host "$summary; the log is $LogPath"
if ($failed) { exit 1 }
exit 0
