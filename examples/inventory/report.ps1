#!/usr/bin/env ferry
<#
.SYNOPSIS
    Writes an inventory of hosts and their virtual machines: one HTML page, and CSV files for the spreadsheet.

.DESCRIPTION
    Asks each host for its settings and its machines. The folder then holds

        inventory.html    everything on one page: hosts, machines, disks, hosts that did not answer
        hosts.csv         a line a host
        machines.csv      a line a machine
        disks.csv         a line a virtual disk

    A host that does not answer is listed with its reason and does not stop the report.

.PARAMETER ComputerName
    The hosts, as /etc/ferry/hosts.json names them. Host names may come from the pipeline.

.PARAMETER Path
    The folder the files are put into. It is made if it does not exist.

.PARAMETER Title
    The heading of the page.

.PARAMETER DiskWarningPercent
    A disk whose file has grown beyond this part of its size is marked on the page.

.PARAMETER PassThru
    Emits the files that were written.

.EXAMPLE
    ./report.ps1 -ComputerName NODE1, NODE2 -Path /srv/reports

    Two hosts; the files are in /srv/reports.

.EXAMPLE
    Get-Content hosts.txt | ./report.ps1 -Path /srv/reports -PassThru | Copy-Item -Destination /srv/www

    The hosts of a text file, and the results copied to where they are served from.

.OUTPUTS
    None, or System.IO.FileInfo with -PassThru. The exit code is 0, or 1 when a host did not answer.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(ValueFromPipeline, ValueFromPipelineByPropertyName)]
    [Alias('Name', 'Host')]
    [ValidateNotNullOrEmpty()]
    [string[]] $ComputerName = $env:FERRY_COMPUTERNAME,

    [Parameter(Mandatory)]
    [ValidateScript({ -not (Test-Path -LiteralPath $_ -PathType Leaf) }, ErrorMessage = '{0} is a file; name a folder.')]
    [string] $Path,

    [ValidateLength(1, 80)]
    [string] $Title = 'Virtual machines',

    [ValidateRange(1, 100)]
    [int] $DiskWarningPercent = 80,

    [switch] $PassThru
)

begin {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'

    $hosts = [System.Collections.Generic.List[object]]::new()
    $machines = [System.Collections.Generic.List[object]]::new()
    $disks = [System.Collections.Generic.List[object]]::new()
    $silent = @()
    $names = @()

    function Format-Size {
        # Bytes as people read them: 512 MB, 1.5 GB.
        param([Parameter(Mandatory)] [long] $Bytes)
        switch ($Bytes) {
            { $_ -ge 1TB } { return '{0:N1} TB' -f ($_ / 1TB) }
            { $_ -ge 1GB } { return '{0:N1} GB' -f ($_ / 1GB) }
            { $_ -ge 1MB } { return '{0:N0} MB' -f ($_ / 1MB) }
            default { return '{0:N0} KB' -f ($_ / 1KB) }
        }
    }

    function Get-HostLine {
        param([Parameter(Mandatory)] $VMHost, [object[]] $VM = @())
        $running = @($VM | Where-Object State -eq 'Running')
        $assigned = [long] ($running | Measure-Object MemoryAssigned -Sum | ForEach-Object Sum)
        [pscustomobject]@{
            Host               = $VMHost.Name
            Processors         = $VMHost.LogicalProcessorCount
            MemoryCapacity     = $VMHost.MemoryCapacity
            MemoryAssigned     = $assigned
            MemoryUsedPercent  = [math]::Round(100 * $assigned / $VMHost.MemoryCapacity, 1)
            Machines           = $VM.Count
            Running            = $running.Count
            MigrationEnabled   = $VMHost.VirtualMachineMigrationEnabled
            SimultaneousMoves  = $VMHost.MaximumVirtualMachineMigrations
            Accelerator        = $VMHost.Accelerator
            Qemu               = $VMHost.QemuVersion
            Ferry              = $VMHost.FerryVersion
        }
    }

    function Get-DiskLine {
        param([Parameter(Mandatory, ValueFromPipeline)] $VM)
        process {
            foreach ($disk in $VM.HardDrives) {
                [pscustomobject]@{
                    Host        = $VM.ComputerName
                    VMName      = $VM.Name
                    Disk        = $disk.Name
                    Format      = $disk.VhdFormat
                    Size        = $disk.Size
                    FileSize    = $disk.FileSize
                    UsedPercent = if ($disk.Size -gt 0) { [math]::Round(100 * $disk.FileSize / $disk.Size, 1) } else { 0 }
                    Path        = $disk.Path
                }
            }
        }
    }
}

process {
    $names += $ComputerName
}

end {
    $names = @($names | Where-Object { $_ } | Sort-Object -Unique)
    if (-not $names) { throw 'No host is named: give -ComputerName, or set FERRY_COMPUTERNAME.' }

    # 1. Ask.
    $asked = 0
    foreach ($name in $names) {
        $progress = @{
            Activity        = 'Taking the inventory'
            Status          = "$name ($($asked + 1) of $($names.Count))"
            PercentComplete = 100 * $asked / $names.Count
        }
        Write-Progress @progress
        try {
            $vmHost = Get-VMHost -ComputerName $name
            $vms = @(Get-VM -ComputerName $name | Sort-Object Name)
            $hosts.Add((Get-HostLine -VMHost $vmHost -VM $vms))
            foreach ($vm in $vms) {
                $machines.Add([pscustomobject]@{
                        Host           = $vm.ComputerName
                        Name           = $vm.Name
                        State          = "$($vm.State)"
                        Status         = $vm.Status
                        Processors     = $vm.ProcessorCount
                        MemoryStartup  = $vm.MemoryStartup
                        MemoryAssigned = $vm.MemoryAssigned
                        UptimeHours    = [math]::Round($vm.Uptime.TotalHours, 2)
                        Disks          = @($vm.HardDrives).Count
                        Created        = $vm.CreationTime.ToString('yyyy-MM-dd')
                        Id             = $vm.Id
                        Notes          = $vm.Notes
                    })
            }
            $vms | Get-DiskLine | ForEach-Object { $disks.Add($_) }
            Write-Verbose "${name}: $($vms.Count) machines"
        }
        catch {
            Write-Warning "$name is left out: $($_.Exception.Message)"
            $silent += [pscustomobject]@{ Host = $name; Reason = $_.Exception.Message }
        }
        $asked++
    }
    Write-Progress -Activity 'Taking the inventory' -Completed

    # 2. Write.
    if (-not $PSCmdlet.ShouldProcess($Path, 'Write the inventory')) { return }
    if (-not (Test-Path -LiteralPath $Path)) { $null = New-Item -Path $Path -ItemType Directory }

    $written = [ordered]@{ 'hosts.csv' = $hosts; 'machines.csv' = $machines; 'disks.csv' = $disks }
    foreach ($file in $written.Keys) {
        $written[$file] | Export-Csv -Path (Join-Path $Path $file) -NoTypeInformation -Encoding utf8
    }

    $safeTitle = [System.Net.WebUtility]::HtmlEncode($Title)
    $style = @'
<style>
  body  { font-family: sans-serif; margin: 2em; color: #222 }
  table { border-collapse: collapse; margin-bottom: 2em }
  th    { background: #234; color: #fff; text-align: left }
  th, td { border: 1px solid #bbb; padding: 4px 10px }
  tr:nth-child(even) { background: #f2f4f6 }
  .warn { background: #fbd7c2 }
</style>
'@
    $memory = @{ Name = 'Memory'; Expression = { Format-Size $_.MemoryCapacity } }
    $inUse = @{ n = 'In use'; e = { '{0} ({1} %)' -f (Format-Size $_.MemoryAssigned), $_.MemoryUsedPercent } }
    $assignedNow = @{ n = 'Memory'; e = { Format-Size ($_.State -eq 'Running' ? $_.MemoryAssigned : $_.MemoryStartup) } }

    $parts = @(
        "<h1>$safeTitle</h1>"
        "<p>$($machines.Count) machines on $($hosts.Count) hosts, $(Get-Date -Format 'yyyy-MM-dd HH:mm').</p>"
        $hosts | ConvertTo-Html -Fragment -PreContent '<h2>Hosts</h2>' -Property Host, Processors, $memory, $inUse, Machines, Running, MigrationEnabled, Accelerator, Qemu
        $machines | ConvertTo-Html -Fragment -PreContent '<h2>Machines</h2>' -Property Host, Name, State, Processors, $assignedNow, UptimeHours, Disks, Notes
        $disks | ConvertTo-Html -Fragment -PreContent '<h2>Disks</h2>' -Property Host, VMName, Disk, Format, @{ n = 'Size'; e = { Format-Size $_.Size } }, @{ n = 'File'; e = { Format-Size $_.FileSize } }, UsedPercent, Path |
            ForEach-Object {
                # A row whose file is nearly as large as its disk is marked.
                if ($_ -match '<td>(?<used>[\d.]+)</td><td>/[^<]*</td></tr>$' -and [double] $Matches.used -ge $DiskWarningPercent) {
                    $_ -replace '^<tr>', '<tr class="warn">'
                }
                else { $_ }
            }
        if ($silent) { $silent | ConvertTo-Html -Fragment -As List -PreContent '<h2>Hosts that did not answer</h2>' }
    )
    $page = Join-Path $Path 'inventory.html'
    ConvertTo-Html -Head "<title>$safeTitle</title>", $style -Body ($parts -join "`n") | Set-Content -Path $page -Encoding utf8
    Write-Verbose "Wrote $page"

    $hosts | Format-Table Host, Machines, Running, MemoryUsedPercent, MigrationEnabled | Out-String | Write-Host
    if ($PassThru) { @($written.Keys | ForEach-Object { Join-Path $Path $_ }) + $page | ForEach-Object { Get-Item -LiteralPath $_ } | Sort-Object Name }
    if ($silent) { exit 1 }
}
