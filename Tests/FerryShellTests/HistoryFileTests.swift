import FerryShell
import FerryTestKit
import Foundation
import Testing

@Suite struct HistoryFileTests {
    @Test func `what one session appends the other reads, several lines as one command`() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("history.txt")
        let one = HistoryFile(path: path)
        let two = HistoryFile(path: path)
        #expect(one.append("Get-VM") == [])
        #expect(one.append("if ($x) {\n  'yes'\n}") == [])
        #expect(two.added() == ["Get-VM", "if ($x) {\n  'yes'\n}"])
        #expect(two.append("Get-Date") == [])
        #expect(one.append("last") == ["Get-Date"])
        #expect(one.added() == [])
        #expect(HistoryFile(path: path).added() == ["Get-VM", "if ($x) {\n  'yes'\n}", "Get-Date", "last"])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `the file keeps the newest commands and stays bounded`() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("history.txt")
        let file = HistoryFile(path: path, limit: 8)
        for number in 1...25 { _ = file.append("command \(number)") }
        let kept = HistoryFile(path: path, limit: 8).added()
        #expect(kept.count <= 10)
        #expect(kept.last == "command 25")
        #expect(kept == kept.sorted { $0.count == $1.count ? $0 < $1 : $0.count < $1.count })
        #expect(file.added() == [])
    }

    @Test func `a file cut in the middle of a line gives its whole lines`() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("history.txt", "whole\nhal")
        let file = HistoryFile(path: path)
        #expect(file.added() == ["whole"])
    }

    @Test(arguments: [
        ("Get-VM", false), ("ConvertTo-SecureString x -AsPlainText", true), ("Add-VMHostTrust -Token eyJ2", true),
        ("$Password = 1", true), ("Get-Secret", true), ("Set-VMHost", false),
    ])
    func `commands that name secrets are told from others`(_ command: String, _ isSecret: Bool) {
        #expect(HistoryFile.isSecret(command) == isSecret)
    }
}
