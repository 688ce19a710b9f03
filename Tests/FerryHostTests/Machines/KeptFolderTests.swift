import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import Testing

/// A folder is a machine's by its document. What an administrator has put into it outlives the machine, is no machine, and is in
/// nobody's way.
@Suite(.serialized)
struct KeptFolderTests {
    private let id = "0b1c2d3e-0000-4000-8000-000000000001"

    private func document(_ id: String) -> MachineDocument {
        MachineDocument(id: id, name: "web01", memory: .mebibytes(64), creationTime: 1.5)
    }

    private func events(_ host: HostFixture) async throws -> [String] {
        try await host.send(GetEventsRequest(limit: 50)).map(\.message)
    }

    @Test func `a file that an administrator put into a machine's folder makes no ghost of a removed machine`()
        async throws
    {
        let first = try HostFixture { $0.virtualMachinePath = nil }
        let machine = try await first.send(NewMachineRequest(name: "web01", memoryStartup: .mebibytes(64)))
        #expect(machine.path == "\(first.configuration.machinesFolder)/\(machine.id)")
        try DurableFile.replace("\(machine.path)/notes.txt", with: Array("precious".utf8))
        _ = try await first.send(RemoveMachineRequest(machine: machine.id))
        let told =
            "The folder \(machine.path) is no virtual machine's. It was kept, for ferryd did not put there what it holds: notes.txt."
        #expect(try await events(first).filter { $0 == told }.count == 1)
        #expect(try Folder.names(in: machine.path) == ["notes.txt"])
        first.tearDown()
        let again = try LifeAfter(first)
        defer { again.host.tearDown() }
        #expect(try await again.host.send(GetMachinesRequest()).machines.isEmpty)
        #expect(try await events(again.host).filter { $0 == told }.count == 2)
        // The identifier is free, in that folder and in another.
        let registry = again.host.runtime.machines
        for parent in [nil, again.host.folder.file("vms")] {
            let back = try registry.add(document(machine.id), in: parent)
            #expect(try Folder.names(in: machine.path).contains("notes.txt"))
            try registry.remove(back)
            #expect(try Folder.names(in: machine.path) == ["notes.txt"])
        }
        #expect(try DurableFile.read("\(machine.path)/notes.txt") == Array("precious".utf8))
    }

    @Test func `a machine that is elsewhere is found again although a folder of others has its name`() throws {
        let folder = try TemporaryDirectory()
        let store = try MachineStore(folder: folder.file("machines"))
        try Folder.create("\(store.folder)/\(id)")
        try folder.write("machines/\(id)/notes.txt", "precious")
        let place = try store.makeFolder(for: id, in: folder.file("vms"))
        try store.publish(document(id), in: place)
        for _ in 0..<2 {
            guard case .machine(document(id), place)? = try store.loadAll().first else {
                Issue.record("The machine is not found.")
                return
            }
        }
        let taken = #expect(throws: Failure.self) { try store.makeFolder(for: id, in: store.folder) }
        #expect(taken?.is(HostFault.machineExists) == true)
        // Its storage is not there for a while: it is not forgotten.
        try Folder.removeTree(place)
        guard case .damaged(id, let entry, _)? = try store.loadAll().first else {
            Issue.record("A machine whose folder cannot be found is forgotten.")
            return
        }
        #expect(try store.remove(id, folder: entry) == nil)
        #expect(try store.loadAll().isEmpty)
        #expect(try Folder.names(in: "\(store.folder)/\(id)") == ["notes.txt"])
    }

    @Test(arguments: [true, false], ["machine.json", "runtime.json"])
    func `a folder with a document or the note of a process is a machine, whatever else is unreadable`(
        isLink: Bool, file: String
    ) throws {
        let folder = try TemporaryDirectory()
        let store = try MachineStore(folder: folder.file("machines"))
        let place = try store.makeFolder(for: id, in: isLink ? folder.file("vms") : store.folder)
        try store.publish(document(id), in: place)
        try DurableFile.remove("\(place)/machine.json")
        try DurableFile.replace("\(place)/\(file)", with: Array("{\n\n".utf8))
        var kept: [KeptFolder] = []
        guard case .damaged(id, place, let failure)? = try store.loadAll(kept: { kept.append($0) }).first else {
            Issue.record("The machine is not shown.")
            return
        }
        #expect(failure.message.contains(file == "machine.json" ? "Line 3" : "machine.json"), "\(failure)")
        #expect(kept.isEmpty)
    }

    /// Each state that a crash can leave, with a file of others in the folder and without.
    @Test(arguments: [true, false], [true, false])
    func `what was broken off while a machine was made or removed is taken away at the next start`(
        isLink: Bool, hasForeignFile: Bool
    ) throws {
        let folder = try TemporaryDirectory()
        let store = try MachineStore(folder: folder.file("machines"))
        let parent = isLink ? folder.file("vms") : store.folder
        for step in 0..<3 {
            let place = try store.makeFolder(for: id, in: parent)
            if hasForeignFile { try DurableFile.replace("\(place)/notes.txt", with: [1]) }
            try DurableFile.replace("\(place)/kernel", with: [2])
            switch step {
            case 0:
                // Made up to the link.
                if isLink { try store.publish(document(id), in: place) }
                try DurableFile.remove("\(place)/machine.json")
                try DurableFile.replace("\(place)/unfinished", with: [])
            case 1:
                // Removed up to the document.
                try store.publish(document(id), in: place)
                let bytes = try DurableFile.read("\(place)/machine.json")
                try DurableFile.remove("\(place)/machine.json")
                try DurableFile.replace("\(place)/unfinished", with: bytes)
            default:
                // Published up to the note: that is a machine.
                try store.publish(document(id), in: place)
                try DurableFile.replace("\(place)/unfinished", with: [])
            }
            var kept: [KeptFolder] = []
            let loaded = try store.loadAll { kept.append($0) }
            if step == 2 {
                guard case .machine(document(id), place)? = loaded.first else {
                    Issue.record("A machine that was published is not found.")
                    return
                }
                #expect(try FileIdentity.ifPresent("\(place)/unfinished") == nil)
                try store.remove(id, folder: place)
                #expect(try store.loadAll().isEmpty)
            } else {
                #expect(loaded.isEmpty && kept.map(\.names) == (hasForeignFile ? [["notes.txt"]] : []), "step \(step)")
            }
            #expect(Folder.exists(place) == hasForeignFile, "step \(step)")
            if hasForeignFile { #expect(try Folder.names(in: place) == ["notes.txt"]) }
        }
    }

    @Test func `a removal takes no entry that leads to another folder`() throws {
        let folder = try TemporaryDirectory()
        let store = try MachineStore(folder: folder.file("machines"))
        let first = try store.makeFolder(for: id, in: folder.file("vms"))
        try store.publish(document(id), in: first)
        let second = try store.makeFolder(for: id, in: folder.file("others"))
        try store.remove(id, folder: second)
        #expect(!Folder.exists(second))
        guard case .machine(document(id), first)? = try store.loadAll().first else {
            Issue.record("The machine lost its entry.")
            return
        }
    }
}
