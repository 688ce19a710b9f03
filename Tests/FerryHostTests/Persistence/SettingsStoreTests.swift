import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import Testing

@Suite struct SettingsStoreTests {
    private let initial = HostSettings(virtualMachinePath: "/m", virtualHardDiskPath: "/d")

    @Test func `a change is there for the next life`() throws {
        let folder = try TemporaryDirectory()
        let store = try SettingsStore(folder: folder.path, initial: initial)
        try store.update { (settings) throws(Failure) in
            settings.migrationEnabled = true
            try settings.networks.add("127.0.0.0/8", priority: 3)
        }
        let other = HostSettings(virtualMachinePath: "/x", virtualHardDiskPath: "/y")
        let again = try SettingsStore(folder: folder.path, initial: other).current
        #expect(again == store.current)
        #expect(again.migrationEnabled && again.networks.entries.count == 1 && again.virtualMachinePath == "/m")
    }

    @Test func `a change that fails changes nothing`() throws {
        let folder = try TemporaryDirectory()
        let store = try SettingsStore(folder: folder.path, initial: initial)
        #expect(throws: Failure.self) {
            try store.update { (settings) throws(Failure) in
                settings.migrationEnabled = true
                throw Failure(HostFault.invalidArgument, "No.")
            }
        }
        #expect(store.current == initial)
        #expect(try SettingsStore(folder: folder.path, initial: initial).current == initial)
    }

    @Test func `a damaged file stops the start, with its line`() throws {
        let folder = try TemporaryDirectory()
        try folder.write("host.json", "{\n  \"format\": 1,\n  \"migrationEnabled\": \"yes\"\n}")
        let failure = #expect(throws: Failure.self) { try SettingsStore(folder: folder.path, initial: initial) }
        #expect(failure?.is(HostFault.documentDamaged) == true)
        #expect(failure?.message.contains("Line 3: 'migrationEnabled'") == true, "\(failure?.message ?? "")")
    }
}
