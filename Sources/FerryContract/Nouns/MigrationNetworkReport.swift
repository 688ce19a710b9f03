/// A subnet on which this host accepts migration traffic.
package struct MigrationNetworkReport: Sendable, Codable, Hashable {
    /// Canonical CIDR: "127.0.0.0/8", "192.168.10.3/32", "2001:db8::/64".
    package var subnet: String
    /// Lower is preferred; absent sorts last.
    package var priority: UInt32?
    package var computerName: String

    package init(subnet: String, priority: UInt32?, computerName: String) {
        self.subnet = subnet
        self.priority = priority
        self.computerName = computerName
    }
}
