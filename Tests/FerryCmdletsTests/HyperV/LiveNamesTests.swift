import FerryCmdlets
import FerryEngine
import Testing

@Suite struct LiveNamesTests {
    private let names = LiveNames(StubHosts(), limit: .seconds(20))

    private func texts(_ command: String, _ parameter: String, _ word: String = "", host: String? = nil) -> [String]? {
        names.values(
            command: command, parameter: parameter, word: word, bound: host.map { ["computername": [$0]] } ?? [:])?
            .map(\.text)
    }

    @Test func `machines are those of the hosts the command names`() {
        #expect(texts("Start-VM", "Name") == ["db01", "web01", "web02"])
        #expect(texts("Start-VM", "Name", "web") == ["web01", "web02"])
        #expect(texts("Start-VM", "Name", host: "NODE1") == ["app01"])
    }

    @Test func `moves are those under way`() throws {
        let moves = try #require(texts("Stop-VMMigration", "VMName", host: "NODE6"))
        #expect(!moves.isEmpty)
        #expect(texts("Stop-VMMigration", "Id", host: "NODE6")?.isEmpty == false)
    }

    @Test func `a host that refuses, is down or unknown offers nothing, and is no error`() {
        #expect(texts("Start-VM", "Name", host: "NODE3") == [])
        #expect(texts("Start-VM", "Name", host: "NODE4") == [])
        #expect(texts("Start-VM", "Name", host: "NODE9") == [])
    }

    @Test func `what names nothing that exists is left to others`() {
        #expect(texts("New-VM", "Name") == nil)
        #expect(texts("Get-Process", "Name") == nil)
        #expect(texts("Move-VM", "DestinationStoragePath") == nil)
    }
}
