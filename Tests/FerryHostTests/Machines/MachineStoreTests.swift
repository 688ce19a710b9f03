import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import Testing

@Suite struct MachineStoreTests {
    private func id(_ number: Int) -> String { "0b1c2d3e-0000-4000-8000-00000000000\(number)" }

    private func document(_ number: Int) -> MachineDocument {
        MachineDocument(id: id(number), name: "web0\(number)", memory: .mebibytes(64), creationTime: 1.5)
    }

    private func publish(_ number: Int, _ store: MachineStore, in parent: String) throws -> String {
        let place = try store.makeFolder(for: id(number), in: parent)
        try store.publish(document(number), in: place)
        return place
    }

    @Test func `machines in the state folder and elsewhere are found again`() throws {
        let folder = try TemporaryDirectory()
        let store = try MachineStore(folder: folder.file("machines"))
        _ = try publish(1, store, in: store.folder)
        let elsewhere = try publish(2, store, in: folder.file("vms"))
        #expect(elsewhere == folder.file("vms/\(id(2))"))
        let names = try MachineStore(folder: folder.file("machines")).loadAll().map { loaded in
            guard case .machine(let document, let place) = loaded else { return "damaged" }
            return "\(document.name) \(place)"
        }
        #expect(names == ["web01 \(folder.file("machines/\(id(1))"))", "web02 \(elsewhere)"])
    }

    @Test(arguments: [
        ("", "is damaged. Line 1 "), ("{\n\"format\": 1,\n", "is damaged. Line 3 "),
        ("{\n  \"format\": 1,\n  \"id\": 7\n}", "Line 3: 'id' has the wrong type."),
        ("{\n  \"format\": 1\n}", "is missing."), ("{\"format\": \"one\"}", "Line 1: 'format' has the wrong type."),
    ])
    func `a damaged document tells the line and leaves the others alone`(text: String, words: String) throws {
        let folder = try TemporaryDirectory()
        let store = try MachineStore(folder: folder.file("machines"))
        let damaged = try publish(1, store, in: store.folder)
        _ = try publish(2, store, in: store.folder)
        try DurableFile.replace("\(damaged)/machine.json", with: Array(text.utf8))
        let loaded = try store.loadAll()
        try #require(loaded.count == 2)
        guard case .damaged(id(1), damaged, let failure) = loaded[0], case .machine(document(2), _) = loaded[1] else {
            Issue.record("\(loaded)")
            return
        }
        #expect(failure.message.contains(words), "\(failure.message)")
        #expect(failure.message.contains("machine.json"))
    }

    @Test func `a removal that a failing disk broke off leaves an entry, and is finished by the next one`() throws {
        let folder = try TemporaryDirectory()
        let store = try MachineStore(folder: folder.file("machines"))
        let elsewhere = try publish(1, store, in: folder.file("vms"))
        let inside = try publish(2, store, in: store.folder)
        // As it was broken off: after the document, after the folder.
        for isGone in [false, true] {
            try DurableFile.remove("\(elsewhere)/machine.json")
            if isGone { try Folder.removeTree(elsewhere) }
            guard case .damaged(id(1), let place, _) = store.load(id(1)) else {
                Issue.record("A half removed machine is not found.")
                return
            }
            try store.remove(id(1), folder: place)
            #expect(try Folder.names(in: store.folder) == [id(2)])
            #expect(!Folder.exists(elsewhere))
            if !isGone { _ = try publish(1, store, in: folder.file("vms")) }
        }
        try store.remove(id(2), folder: inside)
        #expect(try Folder.names(in: store.folder).isEmpty)
    }

    @Test func `a document of a later format or of another machine is not used`() throws {
        let folder = try TemporaryDirectory()
        let store = try MachineStore(folder: folder.path)
        let place = try publish(1, store, in: store.folder)
        for change: (inout MachineDocument) -> Void in [{ $0.format = 2 }, { $0.id = id(7) }, { $0.memory = .zero }] {
            var other = document(1)
            change(&other)
            try store.save(other, in: place)
            guard case .damaged = store.load(id(1)) else {
                Issue.record("\(other) was accepted")
                continue
            }
        }
    }

    @Test func `a torn replacement leaves the old document`() throws {
        let folder = try TemporaryDirectory()
        let store = try MachineStore(folder: folder.path)
        let place = try publish(1, store, in: store.folder)
        // What a crash between writing and renaming leaves.
        try folder.write("\(id(1))/.machine.json.1.new", "{\"form")
        guard case .machine(document(1), place) = store.load(id(1)) else {
            Issue.record("the old document is lost")
            return
        }
    }

    @Test func `a folder without document, and a link to nowhere, do not stop the others`() throws {
        let folder = try TemporaryDirectory()
        let store = try MachineStore(folder: folder.path)
        _ = try store.makeFolder(for: id(1), in: store.folder)
        let gone = try publish(2, store, in: folder.file("vms"))
        try Folder.removeTree(gone)
        _ = try publish(3, store, in: store.folder)
        try folder.write("notes.txt", "not a machine")
        let kinds = try store.loadAll().map { loaded in
            if case .machine = loaded { true } else { false }
        }
        #expect(kinds == [false, true])
        #expect(!Folder.exists("\(store.folder)/\(id(1))"))
    }

    @Test func `an id is taken once`() throws {
        let folder = try TemporaryDirectory()
        let store = try MachineStore(folder: folder.path)
        _ = try publish(1, store, in: folder.file("vms"))
        let same = #expect(throws: Failure.self) { try store.makeFolder(for: id(1), in: folder.file("vms")) }
        #expect(same?.is(HostFault.machineExists) == true)
        let place = try store.makeFolder(for: id(1), in: folder.file("other"))
        let link = #expect(throws: Failure.self) { try store.publish(document(1), in: place) }
        #expect(link?.is(HostFault.machineExists) == true)
    }

    @Test func `removing keeps what ferryd did not write`() throws {
        let folder = try TemporaryDirectory()
        let store = try MachineStore(folder: folder.file("machines"))
        let place = try publish(1, store, in: folder.file("vms"))
        try folder.write("vms/\(id(1))/data.qcow2", "precious")
        try store.remove(id(1), folder: place)
        #expect(try store.loadAll().isEmpty)
        #expect(try Folder.names(in: place) == ["data.qcow2"])
        let other = try publish(2, store, in: folder.file("vms"))
        try store.remove(id(2), folder: other)
        #expect(try FileIdentity.ifPresent(other) == nil)
    }
}
