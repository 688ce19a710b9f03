import FerryCore
import FerryShell
import FerryTestKit
import Foundation
import Testing

@Suite struct HostListTests {
    private func list(_ json: String, more: [String: String] = [:]) throws -> HostList {
        let path = NSTemporaryDirectory() + "ferry-hosts-\(UUID().uuidString).json"
        try Data(json.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try HostList(environment: ["FERRY_HOSTS": path].merging(more) { $1 })
    }

    private let two = #"{ "default": "NODE2", "hosts": { "NODE1": { "socket": "/a" }, "NODE2": { "socket": "/b" } } }"#

    @Test func `names are found in any case and the default by its usual names`() throws {
        let hosts = try list(two)
        #expect(try hosts.entry(named: "node1").socket == "/a")
        for name in ["", ".", "localhost", "LOCALHOST"] { #expect(try hosts.entry(named: name).socket == "/b") }
    }

    @Test func `the environment names another default`() throws {
        #expect(try list(two, more: ["FERRY_COMPUTERNAME": "NODE1"]).standard.socket == "/a")
    }

    @Test func `an unknown name is an error that lists the known ones`() throws {
        let hosts = try list(two)
        let failure = try #require(throws: Failure.self) { try hosts.entry(named: "NODE9") }
        #expect(failure.is(ShellFault.hostUnknown))
        #expect(failure.message.contains("NODE1, NODE2"))
    }

    @Test(arguments: ["", "{", "[]", #"{"hosts":{"A":{}}}"#, #"{"hosts":{"A":{"socket":3}}}"#])
    func `a malformed list is refused with its path`(_ text: String) throws {
        let failure = try #require(throws: Failure.self) { try list(text) }
        #expect(failure.is(ShellFault.hostListUnreadable))
        #expect(failure.target?.contains("ferry-hosts-") == true)
    }

    @Test func `a default that is not listed is refused`() throws {
        let failure = try #require(throws: Failure.self) {
            try list(#"{ "default": "X", "hosts": { "A": { "socket": "/a" } } }"#)
        }
        #expect(failure.is(ShellFault.hostUnknown))
    }

    @Test func `without a file there is this computer at the standard socket`() throws {
        let hosts = try HostList(environment: ["HOME": "/nonexistent", "FERRY_SOCKET": "/tmp/x.sock"])
        #expect(hosts.standard.socket == "/tmp/x.sock")
    }
}
