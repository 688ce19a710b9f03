import FerryShell
import FerryTestKit
import Foundation
import Glibc
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

    @Test(arguments: ["", "state", "./state"])
    func `a folder of states that is no absolute path counts as not set`(_ named: String) throws {
        let folder = try TemporaryDirectory()
        let path = HistoryFile.path(["HOME": folder.path, "XDG_STATE_HOME": named])
        #expect(path == folder.file(".local/state/ferry/history.txt"))
        #expect(
            HistoryFile.path(["HOME": folder.path, "XDG_STATE_HOME": folder.file("own")])
                == folder.file("own/ferry/history.txt"))
    }

    @Test func `a session that is stopped while it holds the lock does not stop the others' prompts`() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("history.txt")
        let other = HistoryFile(path: path)
        #expect(other.append("before") == [])
        let file = HistoryFile(path: path)
        let holder = try #require(FileHandle(forUpdatingAtPath: path + ".lock"))
        #expect(flock(holder.fileDescriptor, LOCK_EX) == 0)
        // Who waits for the lock gets it in the end, and writes.
        let (isDone, isFree) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        Thread.detachNewThread {
            _ = isDone.wait(timeout: .now() + 30)
            _ = flock(holder.fileDescriptor, LOCK_UN)
            isFree.signal()
        }
        #expect(file.append("not written") == ["before"])
        #expect(file.append("nor this") == [])
        isDone.signal()
        isFree.wait()
        #expect(file.append("after") == [])
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "before\nafter\n")
    }

    @Test func `a file that others could read is theirs no longer`() throws {
        let folder = try TemporaryDirectory()
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        let path = try folder.write("history.txt", "one\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let file = HistoryFile(path: path)
        #expect(file.added() == ["one"])
        #expect(try mode(path) == 0o600)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        _ = file.append("two")
        #expect(try mode(path) == 0o600)
    }

    @Test(arguments: [
        ("Get-VM", false), ("ConvertTo-SecureString x -AsPlainText", true), ("Add-VMHostTrust -Token eyJ2", true),
        ("$Password = 1", true), ("Get-Secret", true), ("Set-VMHost", false),
    ])
    func `commands that name secrets are told from others`(_ command: String, _ isSecret: Bool) {
        #expect(HistoryFile.isSecret(command) == isSecret)
    }
}
