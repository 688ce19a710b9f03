import FerryLinux
import FerryTestKit
import Testing

/// What `nightly-check/check.ps1` says where it cannot check, or cannot keep what it found. No host is needed for that.
@Suite struct NightlyCheckTests {
    @Test func `a check without a host to check does not say that all is well`() throws {
        let shell = try AdministratorShell()
        let result = try shell.run("nightly-check/check.ps1", [])
        #expect(result.status == .exited(3), "\(result.outputText)\(result.errorText)")
        #expect(
            (result.outputText + result.errorText).contains(
                "No host is named: give -ComputerName, or set FERRY_COMPUTERNAME."))
    }

    @Test func `a damaged report file does not hide what was found`() throws {
        let shell = try AdministratorShell()
        let report = shell.file("check.json")
        try DurableFile.replace(report, with: Array("garbage{".utf8), mode: 0o644)
        let arguments = ["-ComputerName", "NODE9", "-ReportPath", report]

        let result = try shell.run("nightly-check/check.ps1", arguments)
        #expect(result.status == .exited(2), "\(result.outputText)\(result.errorText)")
        #expect(result.outputText.contains("Ferry does not know a computer 'NODE9'."))
        #expect((result.outputText + result.errorText).contains("\(report) is begun anew"))
        let kept = String(decoding: try DurableFile.read(report), as: UTF8.self)
        #expect(kept.contains("\"Target\": \"NODE9\"") && kept.contains("\"IsNew\": true"))

        let again = try shell.run("nightly-check/check.ps1", arguments)
        #expect(again.status == .exited(2) && !(again.outputText + again.errorText).contains("begun anew"))
        #expect(String(decoding: try DurableFile.read(report), as: UTF8.self).contains("\"IsNew\": false"))
    }

    @Test func `findings are told before the report that cannot be written`() throws {
        let shell = try AdministratorShell()
        let result = try shell.run(
            "nightly-check/check.ps1", ["-ComputerName", "NODE9", "-ReportPath", shell.file("none/check.json")])
        #expect(result.status == .exited(3), "\(result.outputText)\(result.errorText)")
        #expect(result.outputText.contains("Ferry does not know a computer 'NODE9'."))
        #expect((result.outputText + result.errorText).contains("The check could not be finished:"))
    }
}
