/// Networks whose subnet matches one of `subnets` (wildcards allowed; empty = all) and whose priority is one of `priorities`.
package struct GetMigrationNetworksRequest: HostRequest {
    package static let operation = OperationID.getMigrationNetworks
    package typealias Response = [MigrationNetworkReport]
    package var subnets: [String]
    package var priorities: [UInt32]
    package init(subnets: [String] = [], priorities: [UInt32] = []) {
        self.subnets = subnets
        self.priorities = priorities
    }
}

/// A single address or CIDR, IPv4 or IPv6. A duplicate is an error.
package struct AddMigrationNetworkRequest: HostRequest {
    package static let operation = OperationID.addMigrationNetwork
    package var subject: String? { subnet }
    package typealias Response = MigrationNetworkReport
    package var subnet: String
    package var priority: UInt32?
    package init(subnet: String, priority: UInt32?) {
        self.subnet = subnet
        self.priority = priority
    }
}

/// Changes the networks that match `subnet` (wildcards allowed). With neither new value, as Microsoft's guide types it: a listed
/// network stays as it is, an unlisted literal one is added with a warning that names Add-VMMigrationNetwork.
package struct SetMigrationNetworkRequest: HostRequest {
    package static let operation = OperationID.setMigrationNetwork
    package var subject: String? { subnet }
    package typealias Response = MigrationNetworkChange
    package var subnet: String
    package var newSubnet: String?
    package var newPriority: UInt32?
    package init(subnet: String, newSubnet: String?, newPriority: UInt32?) {
        self.subnet = subnet
        self.newSubnet = newSubnet
        self.newPriority = newPriority
    }
}

package struct MigrationNetworkChange: Codable, Sendable {
    package var networks: [MigrationNetworkReport]
    package var warnings: [String]
    package init(networks: [MigrationNetworkReport], warnings: [String]) {
        self.networks = networks
        self.warnings = warnings
    }
}

/// Removes by subnet or wildcard; a literal that is not listed is an error.
package struct RemoveMigrationNetworkRequest: HostRequest {
    package static let operation = OperationID.removeMigrationNetwork
    package var subject: String? { subnet }
    package typealias Response = [MigrationNetworkReport]
    package var subnet: String
    package init(subnet: String) { self.subnet = subnet }
}
