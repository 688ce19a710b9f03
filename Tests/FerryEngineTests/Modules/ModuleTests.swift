import FerryEngine
import FerryTestKit
import Foundation
import Testing

/// One after the other: they change `$env:PSModulePath`, which is the whole process's.
@Suite(.serialized) struct ModuleTests {
    /// A folder of modules, given as paths and contents, while `body` runs with it as the only module folder.
    private func withModules(
        _ files: [String: String], _ script: String
    ) async throws -> Outcome {
        let folder = try TemporaryDirectory()
        for (name, text) in files {
            let path = folder.path + "/" + name
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        let path = folder.path
        let outcome = await Script.run("$env:PSModulePath = '\(path)'\n" + script) { runspace in
            runspace.register(CommandModule("ModuleProbe", commands: [ImportProbe.self, ExportProbe.self]))
        }
        withExtendedLifetime(folder) {}
        return outcome
    }

    private static let tools = [
        "Tools/Tools.psd1":
            "@{ ModuleVersion = '1.5'; RootModule = 'Tools.psm1'; FunctionsToExport = 'Get-Tool', 'Get-Count'; AliasesToExport = '*' }",
        "Tools/Tools.psm1":
            """
        $count = 0
        function Get-Tool { "tool $(Get-Hidden)" }
        function Get-Hidden { 'hidden' }
        function Get-Count { $script:count++; $count }
        """,
    ]

    @Test func `a command of a module on the path loads it`() async throws {
        let outcome = try await withModules(
            Self.tools,
            "Get-Tool; Get-Count; Get-Count; $count; try { Get-Hidden } catch { 'not exported' }; Tools\\Get-Tool")
        #expect(outcome.errors == [])
        #expect(outcome.output == ["tool hidden", "1", "2", "<null>", "not exported", "tool hidden"])
    }

    @Test func `a script module exports what it names`() async throws {
        let outcome = try await withModules(
            [
                "Some/Some.psm1":
                    "function Get-A {'a'}; function Get-B {'b'}; $v = 5; $w = 6; Export-Probe -Function Get-A -Variable v"
            ],
            "Import-Probe Some; Get-A; $v; \"[$w]\"; try { Get-B } catch { 'no b' }")
        #expect(outcome.errors == [])
        #expect(outcome.output == ["a", "5", "[]", "no b"])
    }

    @Test func `the newest version folder is taken, and nested modules run first`() async throws {
        let manifest = "@{ ModuleVersion = 'V'; NestedModules = @('Inner.psm1'); RootModule = 'Multi.psm1' }"
        let outcome = try await withModules(
            [
                "Multi/1.9/Multi.psd1": manifest.replacingOccurrences(of: "V", with: "1.9"),
                "Multi/1.9/Multi.psm1": "function Get-Which { 'old' }", "Multi/1.9/Inner.psm1": "",
                "Multi/1.10/Multi.psd1":
                    "@{ ModuleVersion = '1.10'; NestedModules = @('Inner.psm1'); RootModule = 'Multi.psm1' }",
                "Multi/1.10/Multi.psm1": "function Get-Which { \"new $(Get-Inner)\" }",
                "Multi/1.10/Inner.psm1": "function Get-Inner { 'inner' }",
            ], "Import-Probe Multi; Get-Which")
        #expect(outcome.errors == [])
        #expect(outcome.output == ["new inner"])
    }

    @Test func `a module that is not there is an error with PowerShell's id`() async throws {
        let outcome = try await withModules([:], "Import-Probe Nowhere")
        #expect(outcome.errors.first?.hasPrefix("Modules_ModuleNotFound,") == true, "\(outcome.errors)")
    }

    @Test func `a manifest is data: commands in it are refused`() async throws {
        let outcome = try await withModules(
            ["Bad/Bad.psd1": "@{ ModuleVersion = $(Write-Output '1.0') }"], "Import-Probe Bad")
        #expect(outcome.errors.first?.contains("could not be read") == true, "\(outcome.errors)")
    }

    @Test func `modules that require each other do not loop`() async throws {
        let outcome = try await withModules(
            [
                "A/A.psd1": "@{ ModuleVersion = '1.0'; RequiredModules = 'B' }",
                "B/B.psd1": "@{ ModuleVersion = '1.0'; RequiredModules = 'A' }",
            ], "Import-Probe A")
        #expect(outcome.errors.first?.hasPrefix("Modules_InvalidManifest") == true, "\(outcome.errors)")
    }

    @Test func `a script's parts are found beside it, and dot-sourcing keeps its functions`() async throws {
        let folder = try TemporaryDirectory()
        try "function Get-Part { \"part $PSScriptRoot\" }; $kept = 'k'".write(
            toFile: folder.path + "/part.ps1", atomically: true, encoding: .utf8)
        try ". $PSScriptRoot/part.ps1; Get-Part; $kept; $PSCommandPath".write(
            toFile: folder.path + "/main.ps1", atomically: true, encoding: .utf8)
        let outcome = await Script.run("& '\(folder.path)/main.ps1'; \"[$kept]\"; . '\(folder.path)/part.ps1'; $kept")
        #expect(outcome.errors == [])
        #expect(outcome.output == ["part \(folder.path)", "k", "\(folder.path)/main.ps1", "[]", "k"])
        withExtendedLifetime(folder) {}
    }

    @Test func `a script has parameters, an exit code and its own scope`() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/s.ps1"
        try
            "param([Parameter(Mandatory)][string]$Name, [switch]$Force, [int]$N = 3)\n\"$Name $Force $N\"\nexit 4\n'never'"
            .write(
                toFile: path, atomically: true, encoding: .utf8)
        let outcome = await Script.run("& '\(path)' -Name x -Force; $LASTEXITCODE; '\(path)' | % { & $_ y }; 'on'")
        #expect(outcome.errors == [])
        #expect(outcome.output == ["x True 3", "4", "y False 3", "on"])
        let code = await onThread {
            Runspace(host: RecordingHost()).runFile(path, arguments: ["-Name", "z", "-N:7"])
        }
        #expect(code == 4)
        withExtendedLifetime(folder) {}
    }

    @Test func `a script that needs a newer language is refused before it runs`() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/s.ps1"
        try "#requires -Version 99.0\n'ran'".write(toFile: path, atomically: true, encoding: .utf8)
        let outcome = await Script.run("& '\(path)'")
        #expect(outcome.output == [])
        #expect(outcome.errors.first?.hasPrefix("ScriptRequiresUnmatchedPSVersion") == true, "\(outcome.errors)")
        withExtendedLifetime(folder) {}
    }

    @Test func `types and scripts that a manifest names are processed`() async throws {
        let types = """
            <?xml version="1.0" encoding="utf-8"?>
            <Types><Type><Name>Probe.Disk</Name><Members>
              <AliasProperty><Name>Capacity</Name><ReferencedMemberName>Size</ReferencedMemberName></AliasProperty>
              <ScriptProperty><Name>SizeMB</Name><GetScriptBlock>$this.Size / 1MB</GetScriptBlock></ScriptProperty>
              <ScriptMethod><Name>Grow</Name><Script>$this.Size + $args[0]</Script></ScriptMethod>
              <NoteProperty><Name>Kind</Name><Value>disk</Value></NoteProperty>
              <MemberSet><Name>PSStandardMembers</Name><Members><PropertySet><Name>DefaultDisplayPropertySet</Name>
                <ReferencedProperties><Name>Size</Name></ReferencedProperties></PropertySet></Members></MemberSet>
            </Members></Type></Types>
            """
        let outcome = try await withModules(
            [
                "Disks/Disks.psd1":
                    "@{ ModuleVersion = '1.0'; RootModule = 'Disks.psm1'; TypesToProcess = 'Disks.types.ps1xml'; ScriptsToProcess = 'init.ps1' }",
                "Disks/Disks.psm1":
                    "$secret = 7; function New-Disk { [pscustomobject]@{ PSTypeName = 'Probe.Disk'; Size = 2MB } }",
                "Disks/Disks.types.ps1xml": types, "Disks/init.ps1": "$initialized = 'yes'",
            ],
            "Import-Probe Disks; $d = New-Disk; $d.Capacity; $d.SizeMB; $d.Grow(1); $d.Kind; $initialized")
        #expect(outcome.errors == [])
        #expect(outcome.output == ["2097152", "2", "2097153", "disk", "yes"])
    }

    @Test func `aliases of each other in a types file ended the shell`() async throws {
        let types = """
            <Types><Type><Name>Probe.Loop</Name><Members>
              <AliasProperty><Name>A</Name><ReferencedMemberName>B</ReferencedMemberName></AliasProperty>
              <AliasProperty><Name>B</Name><ReferencedMemberName>A</ReferencedMemberName></AliasProperty>
            </Members></Type></Types>
            """
        for use in ["$o.A = 1", "$o.A"] {
            let outcome = try await withModules(
                [
                    "Loop/Loop.psd1": "@{ ModuleVersion = '1.0'; TypesToProcess = 'Loop.types.ps1xml' }",
                    "Loop/Loop.types.ps1xml": types,
                ], "Import-Probe Loop; $o = [pscustomobject]@{ PSTypeName = 'Probe.Loop' }; " + use)
            #expect(outcome.errors == ["CallDepthOverflow: The script failed due to call depth overflow."])
        }
    }

    @Test func `a types file that is no XML is an error that names it`() async throws {
        let outcome = try await withModules(
            [
                "Bad/Bad.psd1": "@{ ModuleVersion = '1.0'; TypesToProcess = 'Bad.types.ps1xml' }",
                "Bad/Bad.types.ps1xml": "<Types><Type>",
            ], "Import-Probe Bad")
        #expect(outcome.errors.count == 1)
        #expect(outcome.errors.first?.contains("FormatXmlUpdateException") == true)
        #expect(outcome.errors.first?.contains("Bad.types.ps1xml") == true)
    }

    @Test func `a module that wants a newer shell is refused`() async throws {
        let outcome = try await withModules(
            ["New/New.psd1": "@{ ModuleVersion = '1.0'; PowerShellVersion = '99.0' }"], "Import-Probe New")
        #expect(outcome.errors.first?.contains("Modules_InsufficientPowerShellVersion") == true)
    }
}

struct ImportProbe: Cmdlet {
    static let name = Parameter<String>("Name", position: 0, mandatory: true)
    static let signature = Signature("Import-Probe", parameters: [name])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        try io.importModule(call[Self.name], force: false)
    }
}

struct ExportProbe: Cmdlet {
    static let function = Parameter<[String]>("Function", position: 0)
    static let variable = Parameter<[String]>("Variable")
    static let signature = Signature("Export-Probe", parameters: [function, variable])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        _ = io.exportMembers(functions: call[Self.function], aliases: [], variables: call[Self.variable])
    }
}
