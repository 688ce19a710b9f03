import FerryCore
import FerryHost
import Testing

@Suite struct SubnetTests {
    @Test(arguments: [
        ("127.0.0.0/8", "127.0.0.0/8"), ("192.168.10.3", "192.168.10.3/32"), ("192.168.10.77/24", "192.168.10.0/24"),
        ("2001:836c:6456:1c99::/32", "2001:836c::/32"), ("2001:DB8::1", "2001:db8::1/128"), ("::/0", "::/0"),
        ("0.0.0.0/0", "0.0.0.0/0"), ("10.255.255.255/9", "10.128.0.0/9"), ("2001:db8:0:0:1::/65", "2001:db8::/65"),
    ])
    func `one network has one text`(given: String, canonical: String) throws {
        let subnet = try Subnet(parsing: given)
        #expect(subnet.description == canonical)
        #expect(try Subnet(parsing: canonical) == subnet)
    }

    @Test(arguments: [
        "", "x", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/", "1.2.3.4/08", "1.2.3.4/8/8",
        "::/129",
        "fe80::1%eth0", " 1.2.3.4", "192.168.*",
    ])
    func `what is no network is refused by the parameter's name`(text: String) {
        let failure = #expect(throws: Failure.self) { try Subnet(parsing: text) }
        #expect(failure?.is(HostFault.invalidSubnet) == true)
        #expect(failure?.message.hasPrefix("Cannot validate argument on parameter 'Subnet'.") == true)
    }

    @Test func `an address is inside or outside`() throws {
        let subnet = try Subnet(parsing: "10.128.0.0/9")
        #expect(subnet.contains([10, 128, 0, 0]) && subnet.contains([10, 255, 255, 255]))
        #expect(!subnet.contains([10, 127, 255, 255]))
        // The same bytes as IPv6 are another family.
        #expect(!(try Subnet(parsing: "::/0")).contains([10, 128, 0, 0]))
    }
}
