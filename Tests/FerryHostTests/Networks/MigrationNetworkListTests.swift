import FerryCore
import FerryHost
import Testing

@Suite struct MigrationNetworkListTests {
    private func list(_ entries: (String, UInt32?)...) throws -> MigrationNetworkList {
        var list = MigrationNetworkList()
        for (subnet, priority) in entries { try list.add(subnet, priority: priority) }
        return list
    }

    private func subnets(_ list: MigrationNetworkList) -> [String] { list.ordered.map(\.subnet.description) }

    @Test func `lower priorities come first, absent ones last, equal ones as they were added`() throws {
        let list = try list(("10.0.0.0/8", nil), ("10.1.0.0/16", 5), ("10.2.0.0/16", 1), ("10.3.0.0/16", 5))
        #expect(subnets(list) == ["10.2.0.0/16", "10.1.0.0/16", "10.3.0.0/16", "10.0.0.0/8"])
    }

    @Test func `a network is listed once, however it is spelled`() throws {
        var list = try list(("192.168.10.0/24", nil))
        let failure = #expect(throws: Failure.self) { try list.add("192.168.10.7/24", priority: 3) }
        #expect(failure?.is(HostFault.networkExists) == true)
        #expect(failure?.category == .resourceExists)
    }

    @Test func `Set with one argument adds what is not listed and says so`() throws {
        var list = MigrationNetworkList()
        let (changed, warnings) = try list.set("127.0.0.0/8", newSubnet: nil, newPriority: nil)
        #expect(changed.map(\.subnet.description) == ["127.0.0.0/8"])
        #expect(warnings.count == 1 && warnings[0].contains("Add-VMMigrationNetwork"))
        #expect(subnets(list) == ["127.0.0.0/8"])
    }

    @Test func `Set with one argument leaves what is listed as it is`() throws {
        var list = try list(("127.0.0.0/8", 4))
        let before = list
        let (changed, warnings) = try list.set("127.0.0.1/8", newSubnet: nil, newPriority: nil)
        #expect(list == before && warnings.isEmpty && changed == before.entries)
    }

    @Test func `Set with one wildcard that matches nothing adds nothing`() throws {
        var list = MigrationNetworkList()
        let (changed, warnings) = try list.set("192.168.*", newSubnet: nil, newPriority: nil)
        #expect(changed.isEmpty && warnings.isEmpty && list.entries.isEmpty)
    }

    @Test func `Set changes subnet and priority of what it selects`() throws {
        var list = try list(("192.168.10.1", 1), ("10.0.0.0/8", 2))
        _ = try list.set("192.168.10.*", newSubnet: "192.168.10.3", newPriority: 9)
        #expect(subnets(list) == ["10.0.0.0/8", "192.168.10.3/32"])
        #expect(list.ordered.last?.priority == 9)
    }

    @Test func `Set refuses to list a network twice`() throws {
        var list = try list(("10.1.0.0/16", nil), ("10.2.0.0/16", nil))
        let before = list
        for (pattern, new) in [("10.1.0.0/16", "10.2.0.0/16"), ("10.*", "10.9.0.0/16")] {
            let failure = #expect(throws: Failure.self) { try list.set(pattern, newSubnet: new, newPriority: nil) }
            #expect(failure?.is(HostFault.networkExists) == true)
        }
        #expect(list == before)
    }

    @Test func `Set and Remove of a literal that is not listed are errors, of a wildcard not`() throws {
        var list = MigrationNetworkList()
        let set = #expect(throws: Failure.self) { try list.set("10.0.0.1", newSubnet: "10.0.0.2", newPriority: nil) }
        let remove = #expect(throws: Failure.self) { try list.remove("10.0.0.1") }
        #expect(set?.is(HostFault.networkNotFound) == true && remove?.is(HostFault.networkNotFound) == true)
        #expect(try list.remove("10.*").isEmpty)
    }

    @Test func `Remove takes what matches`() throws {
        var list = try list(("192.168.10.0/24", nil), ("192.168.11.0/24", nil), ("10.0.0.0/8", nil))
        #expect(try list.remove("192.168.*").count == 2)
        #expect(subnets(list) == ["10.0.0.0/8"])
    }

    @Test func `addresses are accepted in the order of their networks`() throws {
        let list = try list(("10.0.0.0/8", 2), ("2001:db8::/64", 1))
        #expect(
            list.accepted(among: ["127.0.0.1", "10.1.1.1", "2001:db8::7", "192.168.1.1"]) == [
                "2001:db8::7", "10.1.1.1",
            ])
    }
}
