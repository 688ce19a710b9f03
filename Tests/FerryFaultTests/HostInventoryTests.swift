import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import Testing

/// The checker of the fault loop sees what a move could leave behind: one that sees nothing would let everything pass.
@Suite(.serialized)
struct HostInventoryTests {
    @Test(.needs(.root)) func `a file, a folder, a process, a socket and a mount that were not there before are named`()
        throws
    {
        let folder = try TemporaryDirectory()
        let path = folder.path
        try Folder.create("\(path)/state")
        try folder.write("state/machine.json", "{}")
        let before = try HostInventory(folder: path)
        #expect(try HostInventory(folder: path).differences(from: before).isEmpty)

        try Folder.create("\(path)/memory")
        try folder.write("memory/a.ram", "1")
        try Folder.create("\(path)/mounted")
        let mount = try TmpfsMount.ensure(at: "\(path)/mounted", size: .mebibytes(1))
        let socket = try ListeningSocket.listen(path: "\(path)/qmp")
        let (ours, theirs) = try StreamSocket.pair()
        var program = Program("/usr/bin/tail", ["-f", "\(path)/memory/a.ram"])
        program.input = .descriptor(theirs.forProgram())
        let process = try program.start()
        let expected = [
            "left: file memory/a.ram", "left: file qmp", "left: folder memory", "left: folder mounted",
            "left: mount tmpfs /mounted", "left: process tail", "left: socket /qmp",
        ]
        var differences: [String] = []
        let isComplete = try eventually { () throws -> Bool in
            differences = try HostInventory(folder: path).differences(from: before)
            return differences == expected
        }
        #expect(isComplete, "\(differences)")
        // And what should be there and is not.
        try DurableFile.remove("\(path)/state/machine.json")
        #expect(try HostInventory(folder: path).differences(from: before).contains("missing: file state/machine.json"))

        _ = try process.kill()
        socket.stopAccepting()
        try mount.unmount()
        withExtendedLifetime(ours) {}
    }

    @Test func `an export, a bitmap, a node and a guest that stands still are a move's leftovers`() {
        let clean = MonitorInventory(exports: [], bitmaps: [], nodes: ["disk0", "disk0-file"], status: "running")
        #expect(clean.leftovers.isEmpty)
        let spoiled = MonitorInventory(
            exports: ["ferry-disk0"], bitmaps: ["ferry-0"], nodes: ["disk0", "ferry-target"], status: "paused")
        #expect(
            spoiled.leftovers == [
                "exports [\"ferry-disk0\"]", "bitmaps [\"ferry-0\"]", "nodes [\"ferry-target\"]",
                "its status is paused",
            ])
    }
}
