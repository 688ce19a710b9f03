package import FerryContract
package import FerryCore

/// The networks on which a host accepts migration traffic: the rules of the `…-VMMigrationNetwork` cmdlets as pure functions.
package struct MigrationNetworkList: Sendable, Hashable, Codable {
    package struct Entry: Sendable, Hashable, Codable {
        package var subnet: Subnet
        /// Lower is preferred; absent sorts last.
        package var priority: UInt32?
    }

    package private(set) var entries: [Entry] = []

    package init() {}

    /// In the order of preference; equal priorities in the order they were added.
    package var ordered: [Entry] {
        entries.enumerated().sorted { left, right in
            let (first, second) = (left.element.priority ?? .max, right.element.priority ?? .max)
            return first != second ? first < second : left.offset < right.offset
        }.map(\.element)
    }

    /// Entries that a pattern selects: a literal address or network by value, a wildcard by the canonical text.
    package func selected(by pattern: String) throws(Failure) -> [Entry] {
        let wildcard = NamePattern(pattern)
        guard wildcard.isLiteral else { return entries.filter { wildcard.matches($0.subnet.description) } }
        let subnet = try Subnet(parsing: pattern)
        return entries.filter { $0.subnet == subnet }
    }

    /// - Throws: `HostFault.networkExists` for one that is listed, `invalidSubnet`.
    @discardableResult
    package mutating func add(_ text: String, priority: UInt32?) throws(Failure) -> Entry {
        let entry = Entry(subnet: try Subnet(parsing: text), priority: priority)
        guard !entries.contains(where: { $0.subnet == entry.subnet }) else { throw Self.exists(entry.subnet) }
        entries.append(entry)
        return entry
    }

    /// What Set-VMMigrationNetwork does. With neither new value, as Microsoft's guide types it, a listed network stays as it is
    /// and an unlisted one is added, with a warning.
    package mutating func set(
        _ pattern: String, newSubnet: String?, newPriority: UInt32?
    ) throws(Failure) -> (changed: [Entry], warnings: [String]) {
        let matches = try selected(by: pattern)
        guard newSubnet != nil || newPriority != nil else {
            guard matches.isEmpty, NamePattern(pattern).isLiteral else { return (matches, []) }
            let added = try add(pattern, priority: nil)
            return (
                [added],
                [
                    "The migration network \(added.subnet) was not listed and has been added. Use Add-VMMigrationNetwork to add a network."
                ]
            )
        }
        guard !matches.isEmpty else {
            guard NamePattern(pattern).isLiteral else { return ([], []) }
            throw Self.notFound(pattern)
        }
        var changed = matches
        if let newSubnet {
            let subnet = try Subnet(parsing: newSubnet)
            guard matches.count == 1 else {
                throw Failure(
                    HostFault.networkExists,
                    "Cannot change \(matches.count) migration networks that match \"\(pattern)\" to \(subnet): a network is listed once.",
                    target: pattern)
            }
            guard subnet == matches[0].subnet || !entries.contains(where: { $0.subnet == subnet }) else {
                throw Self.exists(subnet)
            }
            changed[0].subnet = subnet
        }
        if let newPriority {
            for index in changed.indices { changed[index].priority = newPriority }
        }
        for (old, new) in zip(matches, changed) {
            if let index = entries.firstIndex(of: old) { entries[index] = new }
        }
        return (changed, [])
    }

    /// - Throws: `HostFault.networkNotFound` for a literal that is not listed.
    package mutating func remove(_ pattern: String) throws(Failure) -> [Entry] {
        let matches = try selected(by: pattern)
        guard !matches.isEmpty || !NamePattern(pattern).isLiteral else { throw Self.notFound(pattern) }
        entries.removeAll { matches.contains($0) }
        return matches
    }

    /// Those of a host's addresses on which it accepts migrations, best network first.
    package func accepted(among addresses: [String]) -> [String] {
        var result: [String] = []
        for entry in ordered {
            for address in addresses where !result.contains(address) {
                if let bytes = Subnet.bytes(ofAddress: address), entry.subnet.contains(bytes) { result.append(address) }
            }
        }
        return result
    }

    private static func exists(_ subnet: Subnet) -> Failure {
        Failure(
            HostFault.networkExists, "Cannot add the migration network \(subnet): the object already exists.",
            target: subnet.description)
    }

    private static func notFound(_ pattern: String) -> Failure {
        Failure(
            HostFault.networkNotFound, "Hyper-V was unable to find a migration network with subnet \"\(pattern)\".",
            target: pattern)
    }
}

extension MigrationNetworkReport {
    package init(_ entry: MigrationNetworkList.Entry, computerName: String) {
        self.init(subnet: entry.subnet.description, priority: entry.priority, computerName: computerName)
    }
}
