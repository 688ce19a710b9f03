import FerryCore
import FerryLinux
import FerryTestKit
import Foundation
import Testing

/// `Copy-Item -ToSession` and `-FromSession` between two `ferry` through a real sshd's subsystem on loopback.
@Suite(.needs(.root, .program("/usr/sbin/sshd", package: "openssh-server")))
struct SessionCopyTests {
    private let ferry: FerryProgram
    private let server: SecureShellServer
    private let folder: String

    init() throws {
        ferry = try FerryProgram()
        server = try SecureShellServer(ferry)
        folder = server.folder.file("files")
        try shell("mkdir -p here there back && cd here && mkdir -p 'a b/deep' empty && : > none && echo one > one.txt")
        try shell("cd here && echo two > 'a b/two.txt' && echo three > 'a b/deep/[3].log'")
    }

    private func shell(_ script: String) throws {
        _ = try Command("/bin/sh", ["-ec", "mkdir -p \(folder); cd \(folder); \(script)"]).runSuccessfully()
    }

    /// Runs script in a ferry of this side, where `$s` is a session on the server and `$f` the folder of the files.
    private func run(_ script: String) throws(Failure) -> CommandResult {
        let start = "$f = '\(folder)'; $s = New-PSSession -HostName localhost \(server.parameters); "
        var command = Command(ferry.path, ["-NoProfile", "-c", start + script])
        command.program.environment = ferry.environment
        return try command.run()
    }

    /// Files that are on their way to one of the folders.
    private func unfinished() throws -> [String] {
        try ["there", "back"].flatMap { try Folder.names(in: "\(folder)/\($0)") }.filter { $0.hasPrefix(".ferry-") }
    }

    @Test func `a big file goes there and comes back in pieces, with its time and permissions`() throws {
        try shell("head -c 3000001 /dev/urandom > here/big; chmod 750 here/big; touch -d 2020-01-02T03:04:05Z here/big")
        let result = try run(
            """
            Copy-Item $f/here/big -ToSession $s -Destination $f/there
            Copy-Item $f/there/big -FromSession $s -Destination $f/back/again -PassThru | ForEach-Object Name
            foreach ($copy in 'there/big', 'back/again') { cmp $f/here/big $f/$copy; stat -c '%a %Y' $f/$copy }
            """)
        #expect(result.errorText == "")
        #expect(result.outputText == "again\n750 1577934245\n750 1577934245\n")
        #expect(try unfinished() == [])
    }

    @Test func `a folder goes there and comes back with everything in it`() throws {
        let result = try run(
            """
            Copy-Item $f/here -ToSession $s -Destination $f/there -Recurse
            Copy-Item $f/there/here -FromSession $s -Destination $f/back/new -Recurse
            diff -r $f/here $f/there/here; diff -r $f/here $f/back/new
            Copy-Item $f/here/* -ToSession $s -Destination $f/there -Filter *.txt
            Copy-Item $f/here/o* -FromSession $s -Destination $f/back
            Copy-Item -LiteralPath '\(folder)/here/a b/deep/[3].log' -FromSession $s -Destination $f/back
            mkdir $f/there/flat $f/back/flat
            Copy-Item $f/here -ToSession $s -Destination $f/there/flat -Recurse -Container:$false
            Copy-Item $f/here -FromSession $s -Destination $f/back/flat -Recurse -Container:$false
            foreach ($flat in 'there', 'back') { (Get-ChildItem $f/$flat/flat | Sort-Object Name).Name -join ' ' }
            Remove-Item $f/there/flat, $f/back/flat -Recurse
            (Get-ChildItem $f/there).Name -join ' '
            (Get-ChildItem $f/back -File).Name -join ' '
            """)
        #expect(result.errorText == "")
        let flat = "[3].log none one.txt two.txt\n"
        #expect(result.outputText == "\(flat)\(flat)a b empty here one.txt\n[3].log one.txt\n")
        #expect(try unfinished() == [])
    }

    @Test func `what cannot be copied is said with PowerShell's reasons, and the rest goes on`() throws {
        try shell("mkfifo here/pipe; ln -s . here/loop; echo old > there/file")
        let result = try run(
            """
            $ErrorActionPreference = 'SilentlyContinue'
            function Reasons($script) {
                $Error.Clear(); & $script
                ($Error | ForEach-Object { $_.FullyQualifiedErrorId }) -replace ',Microsoft.PowerShell.Commands.CopyItemCommand'
            }
            Reasons { Copy-Item $f/here/one.txt -ToSession $s -Destination $f/no/where }
            Reasons { Copy-Item $f/here/one.txt -ToSession $s -Destination there }
            Reasons { Copy-Item $f/here/one.txt -ToSession $s }
            Reasons { Copy-Item $f/here/nothing -ToSession $s -Destination $f/there }
            Reasons { Copy-Item $f/here -ToSession $s -Destination $f/there/file -Recurse }
            Reasons { Copy-Item $f/here/pipe -ToSession $s -Destination $f/there }
            Reasons { Copy-Item $f/here/one.txt -ToSession $s -Destination /dev/null }
            Reasons { Copy-Item here/one.txt -FromSession $s -Destination $f/back }
            Reasons { Copy-Item $f/here/nothing -FromSession $s -Destination $f/back }
            Reasons { Copy-Item $f/here/one.txt -FromSession $s -Destination $f/no/where }
            Reasons { Copy-Item $f/here/pipe -FromSession $s -Destination $f/back }
            Reasons { try { Copy-Item $f/here -FromSession $s -ToSession $s -Destination $f/back } catch { } }
            Reasons { Copy-Item $f/here -FromSession $s -Destination $f/back -Recurse }
            Get-ChildItem $f/back -Recurse -Name | Sort-Object
            $f | ForEach-Object { Get-Content $_/there/file; (Get-Item /dev/null).Mode }
            Remove-PSSession $s
            Reasons { Copy-Item $f/here/one.txt -ToSession $s -Destination $f/there }
            """)
        #expect(result.errorText == "")
        #expect(
            result.outputText == """
                RemotePathNotFound
                RemotePathIsNotAbsolute
                CopyItemRemoteDestinationIsNullOrEmpty
                PathNotFound
                CopyError
                CopyItemRemotelyIOError
                CopyItemRemotelyIOError
                RemotePathIsNotAbsolute
                RemotePathNotFound
                CopyItemRemotelyIOError
                CopyItemRemotelyIOError
                InvalidInput
                CopyItemRemotelyIOError
                CopyItemRemotelyIOError
                here
                here/a b
                here/a b/deep
                here/a b/deep/[3].log
                here/a b/two.txt
                here/empty
                here/none
                here/one.txt
                old
                -a---
                SessionIsNotAvailable

                """)
        #expect(try unfinished() == [])
    }

    @Test(arguments: [
        "Copy-Item $f/big -ToSession $s -Destination $f/there/old",
        "Copy-Item $f/big -FromSession $s -Destination $f/back/old",
    ])
    func `a connection that breaks in the middle leaves the old file, and nothing of the new one`(_ copy: String)
        async throws
    {
        try shell("truncate -s 2G big; echo old > there/old; echo old > back/old")
        async let copied = onThread { try run("\(copy); \"$($s.State) $($Error[0].FullyQualifiedErrorId)\"") }
        #expect(eventually(within: .seconds(60)) { (try? unfinished())?.isEmpty == false })
        try server.dropConnections()
        let result = try await copied
        #expect(result.outputText == "Broken 2100,PSSessionStateBroken\n", "\(result)")
        #expect(result.errorText.contains("[localhost]"), "\(result)")
        #expect(eventually { (try? unfinished()) == [] })
        for old in ["there/old", "back/old"] {
            #expect(String(decoding: try DurableFile.read("\(folder)/\(old)"), as: UTF8.self) == "old\n")
        }
    }

    @Test func `Ctrl-C in the middle leaves nothing, and the session can be used`() throws {
        try shell("truncate -s 2G big")
        let screen = try Expect(Program(ferry.path, ["-NoProfile", "-NoLogo"], environment: ferry.environment))
        try screen.expect("PS ")
        try screen.sendLine("$s = New-PSSession -HostName localhost \(server.parameters)")
        try screen.expect("PS /")
        try screen.sendLine("Copy-Item \(folder)/big -ToSession $s -Destination \(folder)/there; 'is ' + 'over'")
        #expect(eventually(within: .seconds(60)) { (try? unfinished())?.isEmpty == false })
        try screen.send("\u{3}")
        try screen.expect("PS /")
        #expect(eventually { (try? unfinished()) == [] })
        try screen.sendLine("'now ' + $s.Availability; exit")
        try screen.expect("now Available")
        #expect(try screen.waitForExit() == .exited(0))
    }

    private func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Swift.Result { try body() }) }
        }
    }
}
