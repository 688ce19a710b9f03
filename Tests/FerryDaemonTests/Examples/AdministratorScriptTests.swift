import FerryContract
import FerryCore
import FerryDaemon
import FerryHTTP
import FerryLinux
import FerryTestKit
import Foundation
import Testing

/// The scripts under `examples`, run by the built `ferry` against two built `ferryd`s with guests that count.
@Suite(
    .needs(.root, .qemu, .kernelTracker, .program("qemu-storage-daemon", package: "qemu-utils")),
    .needs(CounterGuest.requirements), .serialized)
struct AdministratorScriptTests {
    @Test func `the inventory of two hosts is a page and three tables`() async throws {
        let estate = try await ScriptedHosts()
        defer { estate.close() }
        try await estate.addMachine("web01")
        try await estate.addMachine("spare <2>", starting: false)
        let folder = estate.file("reports")

        let result = try estate.run(
            "inventory/report.ps1", "-ComputerName", "NODE1,NODE2", "-Path", folder, "-Title", "Our <machines>",
            "-PassThru")
        #expect(result.status == .exited(0), "\(result.outputText)\(result.errorText)")
        for name in ["hosts.csv", "machines.csv", "disks.csv", "inventory.html"] {
            #expect(result.outputText.contains(name))
        }
        let hosts = try estate.lines("reports/hosts.csv")
        #expect(hosts.count == 3 && hosts[0].hasPrefix("\"Host\",\"Processors\",\"MemoryCapacity\""))
        #expect(hosts[1].hasPrefix("\"NODE1\",") && hosts[2].hasPrefix("\"NODE2\","))
        let machines = try estate.lines("reports/machines.csv")
        #expect(machines.count == 3)
        #expect(machines.contains { $0.hasPrefix("\"NODE2\",\"web01\",\"Running\",\"Operating normally\",\"1\",") })
        #expect(machines.contains { $0.hasPrefix("\"NODE2\",\"spare <2>\",\"Off\",") })
        let disks = try estate.lines("reports/disks.csv")
        #expect(disks.count == 3 && disks.contains { $0.contains("\"web01\",\"disk0\",\"raw\",") })
        let page = try estate.lines("reports/inventory.html").joined(separator: "\n")
        #expect(page.hasPrefix("<!DOCTYPE html") && page.hasSuffix("</body></html>"))
        #expect(page.contains("<title>Our &lt;machines&gt;</title>"))
        #expect(page.contains("<td>NODE2</td><td>web01</td><td>Running</td><td>1</td><td>64 MB</td>"))
        #expect(page.contains("<td>spare &lt;2&gt;</td>"))

        // A host that is not there is told of and does not stop the rest; -WhatIf writes nothing.
        let partial = try estate.run(
            "inventory/report.ps1", "-ComputerName", "NODE9,NODE2", "-Path", estate.file("partial"))
        #expect(partial.status == .exited(1) && partial.outputText.contains("NODE9 is left out:"))
        #expect(try estate.lines("partial/inventory.html").joined().contains("Hosts that did not answer"))
        let tried = try estate.run(
            "inventory/report.ps1", "-ComputerName", "NODE2", "-Path", estate.file("none"), "-WhatIf")
        #expect(tried.status == .exited(0))
        #expect(
            tried.outputText.contains(
                "What if: Performing the operation \"Write the inventory\" on target \"\(estate.file("none"))\"."))
        #expect(!Folder.exists(estate.file("none")))
    }

    @Test func `an inventory passes on the files it wrote and no others below its folder`() async throws {
        let estate = try await ScriptedHosts()
        defer { estate.close() }
        try Folder.create(estate.file("reports"), mode: 0o755)
        try Folder.create(estate.file("reports/older"), mode: 0o755)
        for name in ["reports/accounts.csv", "reports/older/hosts.csv"] {
            try DurableFile.replace(estate.file(name), with: [], mode: 0o644)
        }
        let result = try estate.shell.run(
            "inventory/report.ps1", ["-ComputerName", "NODE2", "-Path", estate.file("reports"), "-PassThru"],
            then: "ForEach-Object { 'wrote ' + $_.FullName }")
        #expect(result.status == .exited(0), "\(result.outputText)\(result.errorText)")
        let written = result.outputText.split(separator: "\n").filter { $0.hasPrefix("wrote ") }
        #expect(
            written.map(String.init)
                == ["disks.csv", "hosts.csv", "inventory.html", "machines.csv"].map {
                    "wrote " + estate.file("reports/\($0)")
                })
    }

    @Test func `a host is emptied, and a move that fails is tried again elsewhere`() async throws {
        let estate = try await ScriptedHosts()
        defer { estate.close() }
        try await estate.addMachine("web01")
        try await estate.addMachine("web02")
        try await estate.addMachine("spare", starting: false)
        let log = estate.file("log")
        let vms = estate.nodes.one.folder.file("vms")

        let tried = try estate.run(
            "evacuation/evacuate.ps1", "NODE2", "-Destination", "NODE1", "-StoragePath", vms, "-LogPath", log, "-WhatIf"
        )
        #expect(tried.status == .exited(0), "\(tried.outputText)\(tried.errorText)")
        #expect(
            tried.outputText.contains(
                "What if: Performing the operation \"Move from NODE2 to NODE1\" on target \"web01\"."))

        // OTHER is NODE1 by a name that NODE2 does not trust: every move to it fails.
        let failing = try estate.run(
            "evacuation/evacuate.ps1", "NODE2", "-Destination", "OTHER", "-StoragePath", vms, "-LogPath", log,
            "-Exclude", "web02", "-Retry", "1", "-RetryDelaySeconds", "0")
        #expect(failing.status == .exited(1), "\(failing.outputText)\(failing.errorText)")
        #expect(failing.outputText.contains("0 moved, 1 failed"))
        #expect(try estate.lines("log").contains { $0.contains("FAIL web01: given up after 2 attempts:") })
        #expect(try await estate.running(on: estate.nodes.two) == ["web01", "web02"])

        let result = try estate.run(
            "evacuation/evacuate.ps1", "NODE2", "-Destination", "OTHER,NODE1", "-StoragePath", vms, "-LogPath", log,
            "-ThrottleLimit", "2", "-RetryDelaySeconds", "0")
        #expect(result.status == .exited(0), "\(result.outputText)\(result.errorText)")
        #expect(result.outputText.contains("2 moved, 0 failed"))
        let told = try estate.lines("log")
        #expect(told.contains { $0.contains("WARN web01: attempt 1 failed, again in 0 s:") })
        #expect(told.contains { $0.contains("INFO web01: to NODE1, attempt 2") })
        #expect(told.contains { $0.contains("INFO web02: to NODE1, attempt 1") })
        #expect(try await estate.running(on: estate.nodes.one) == ["web01", "web02"])
        #expect(try await estate.running(on: estate.nodes.two).isEmpty)

        // Nobody to move, and nobody to move to.
        let empty = try estate.run(
            "evacuation/evacuate.ps1", "NODE2", "-Destination", "NODE1", "-StoragePath", vms, "-LogPath", log)
        #expect(empty.status == .exited(0) && empty.outputText.contains("0 moved, 0 failed"))
        let nowhere = try estate.run("evacuation/evacuate.ps1", "NODE2", "-Destination", "NODE9", "-LogPath", log)
        #expect(nowhere.status == .exited(2) && nowhere.outputText.contains("NODE9 takes no machines"))
    }

    @Test func `another machine of the same name on the destination is not taken for the one that did not move`()
        async throws
    {
        let estate = try await ScriptedHosts()
        defer { estate.close() }
        try await estate.addMachine("web01")
        try await estate.addMachine("web01", on: estate.nodes.one)
        // NODE2 does not trust OTHER, which is NODE1 by another name.
        let result = try estate.run(
            "evacuation/evacuate.ps1", "NODE2", "-Destination", "OTHER", "-StoragePath",
            estate.nodes.one.folder.file("vms"), "-LogPath", estate.file("log"), "-Retry", "0")
        #expect(result.status == .exited(1), "\(result.outputText)\(result.errorText)")
        #expect(result.outputText.contains("0 moved, 1 failed"))
        #expect(try await estate.running(on: estate.nodes.two) == ["web01"])
    }

    @Test func `a move that cannot even be started does not cancel the others`() async throws {
        let estate = try await ScriptedHosts()
        defer { estate.close() }
        try await estate.addMachine("web01")
        try await estate.addMachine("web02")
        // Between the listing and the move web01 has gone.
        let result = try estate.shell.run(
            "evacuation/evacuate.ps1",
            [
                "NODE2", "-Destination", "NODE1", "-StoragePath", estate.nodes.one.folder.file("vms"), "-LogPath",
                estate.file("log"), "-Retry", "0", "-ThrottleLimit", "2",
            ],
            before: """
                function Move-VM {
                    [CmdletBinding(SupportsShouldProcess)]
                    param([Parameter(ValueFromPipeline)] $VM, $Name, $ComputerName, $DestinationHost, [switch] $AsJob,
                        [switch] $IncludeStorage, $DestinationStoragePath)
                    process {
                        if (($VM ? $VM.Name : $Name) -eq 'web01') { throw "Hyper-V was unable to find 'web01'." }
                        Hyper-V\\Move-VM @PSBoundParameters
                    }
                }
                """)
        #expect(result.status == .exited(1), "\(result.outputText)\(result.errorText)")
        #expect(result.outputText.contains("1 moved, 1 failed"))
        #expect(try estate.lines("log").contains { $0.contains("FAIL web01: given up after 1 attempts: Hyper-V was") })
        #expect(try await estate.running(on: estate.nodes.one) == ["web02"])
        #expect(try await estate.running(on: estate.nodes.two) == ["web01"])
    }

    @Test func `the exit code of the nightly check says how bad it is`() async throws {
        let estate = try await ScriptedHosts()
        defer { estate.close() }
        try await estate.addMachine("web01")

        let well = try estate.run(
            "nightly-check/check.ps1", "-ComputerName", "NODE1,NODE2", "-MustRun", "web01", "-StoragePercent", "99,100",
            "-ReportPath", estate.file("check.json"))
        // Without KVM a host is said to be slow: a warning.
        #expect([.exited(0), .exited(1)].contains(well.status), "\(well.outputText)\(well.errorText)")
        #expect(well.outputText.contains("runs, as it must"))
        let kept = try estate.lines("check.json").joined()
        #expect(kept.contains("\"Target\": \"NODE2\"") && kept.contains("\"IsNew\": true"))

        let again = try estate.run(
            "nightly-check/check.ps1", "-ComputerName", "NODE1,NODE2", "-MustRun", "web01", "-StoragePercent", "99,100",
            "-ReportPath", estate.file("check.json"), "-Quiet")
        #expect(again.status == well.status)
        #expect(!(try estate.lines("check.json").joined().contains("\"IsNew\": true")))
        #expect(!again.outputText.contains("as it must"))

        let worse = try estate.run(
            "nightly-check/check.ps1", "-ComputerName", "NODE2,NODE9", "-MustRun", "web01,db01", "-Quiet")
        #expect(worse.status == .exited(2), "\(worse.outputText)\(worse.errorText)")
        #expect(worse.outputText.contains("must run, and does not"))
        #expect(worse.outputText.contains("Ferry does not know a computer 'NODE9'."))
    }
}

/// NODE1 and NODE2 as processes, trusting each other, and an administrator's `ferry` that knows both; NODE1 is also OTHER.
private final class ScriptedHosts: Sendable {
    let nodes: MovingNodes
    private let daemons: [FerrydProcess]
    let shell: AdministratorShell

    init() async throws {
        let one = try TestNode("NODE1", memory: "256MB", storageRoot: "vms")
        let two = try TestNode("NODE2", memory: "256MB", storageRoot: "vms")
        daemons = [try await FerrydProcess(one), try await FerrydProcess(two)]
        nodes = MovingNodes(one: one, two: two)
        for node in [one, two] { try Folder.create(node.folder.file("vms"), mode: 0o711) }
        let addresses = [("NODE1", one), ("OTHER", one), ("NODE2", two)].map {
            "\"\($0)\": { \"socket\": \"\($1.configuration.socket)\" }"
        }
        shell = try AdministratorShell(hosts: "{ \(addresses.joined(separator: ", ")) }", computerName: "NODE2")
        try await nodes.makeTrust()
        try await nodes.enableMigration()
    }

    func file(_ name: String) -> String { shell.file(name) }
    func lines(_ name: String) throws -> [String] {
        String(decoding: try DurableFile.read(file(name)), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// A machine of 64 MiB on NODE2, or on the node given, that counts and writes.
    func addMachine(_ name: String, on given: TestNode? = nil, starting: Bool = true) async throws {
        let node = given ?? nodes.two
        var guest = CounterGuest()
        guest.writes = true
        guest.pausePerPage = 40
        var request = NewMachineRequest(name: name, memoryStartup: .mebibytes(64))
        request.network = .none
        request.disk = .existing(
            path: try guest.makeImage(in: node.folder.file("vms"), name: "\(name).raw"))
        let machine = try await node.local.send(request)
        guard starting else { return }
        let started = try await node.local.complete(StartMachineRequest(machine: machine.id))
        try CounterGuest.waitUntilCounting(console: started.consolePath)
    }

    func running(on node: TestNode) async throws -> [String] {
        try await node.local.send(GetMachinesRequest()).machines.filter { $0.state == .running }.map(\.name).sorted()
    }

    /// Runs a script of `examples` as an administrator does.
    func run(_ script: String, _ arguments: String...) throws -> CommandResult { try shell.run(script, arguments) }

    /// Ends the guests, which outlive their hosts, and then the hosts.
    func close() {
        for node in ["NODE1", "NODE2"] {
            _ = try? shell.run(
                line: "Get-VM -ComputerName \(node) | Where-Object State -ne Off | Stop-VM -TurnOff -Force")
        }
        for daemon in daemons { daemon.close() }
    }
}
