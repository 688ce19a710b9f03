import FerryContract
import FerryCore

/// The hosts this one trusts: a value; names are unique whatever their case, and so are keys.
struct TrustList: Codable, Hashable, Sendable {
    private(set) var hosts: [TrustReport] = []

    func host(fingerprint: String) -> TrustReport? { hosts.first { $0.fingerprint == fingerprint } }

    /// By name, else by address.
    func host(named name: String) -> TrustReport? {
        hosts.first { $0.name.lowercased() == name.lowercased() } ?? hosts.first { $0.address == name }
    }

    /// Whether `report` may be added: its name must be free or the same key's. The same key under another name is renamed.
    func check(_ report: TrustReport, ownName: String, ownFingerprint: String) throws(Failure) {
        if report.fingerprint == ownFingerprint {
            throw Failure(TrustFault.tokenIsOwn, "The host '\(report.name)' is this host; it need not trust itself.")
        }
        if report.name.lowercased() == ownName.lowercased() {
            throw Failure(
                TrustFault.nameTaken,
                "The other host is named '\(report.name)' like this one; moves could not tell them apart.",
                target: report.name, advice: "Give one of the two another name (key name in ferryd.json).")
        }
        if let other = hosts.first(where: { $0.name.lowercased() == report.name.lowercased() }),
            other.fingerprint != report.fingerprint
        {
            throw Failure(
                TrustFault.nameTaken,
                "A host named '\(other.name)' with another key (\(other.fingerprint.prefix(16))…) is trusted already.",
                target: other.name)
        }
    }

    /// Adds a checked host, or brings the entry of the same key up to date.
    mutating func add(_ report: TrustReport) {
        hosts.removeAll { $0.fingerprint == report.fingerprint }
        hosts.append(report)
        hosts.sort { $0.name.lowercased() < $1.name.lowercased() }
    }

    mutating func remove(named name: String) throws(Failure) -> TrustReport {
        guard let index = hosts.firstIndex(where: { $0.name.lowercased() == name.lowercased() }) else {
            throw TrustFault.notTrusted(name)
        }
        return hosts.remove(at: index)
    }

    /// - Throws: `TrustFault.notTrusted` for a name without wildcards that is not listed.
    func matching(_ names: [String]) throws(Failure) -> [TrustReport] {
        if names.isEmpty { return hosts }
        let patterns = names.map { (text: $0, pattern: NamePattern($0)) }
        for (text, pattern) in patterns where pattern.isLiteral && !hosts.contains(where: { pattern.matches($0.name) })
        {
            throw TrustFault.notTrusted(text)
        }
        return hosts.filter { host in patterns.contains { $0.pattern.matches(host.name) } }
    }
}

extension TrustFault {
    static func notTrusted(_ name: String, file: StaticString = #fileID, line: UInt = #line) -> Failure {
        Failure(
            TrustFault.notTrusted, "Hyper-V was unable to find a trusted host with name \"\(name)\".", target: name,
            file: file, line: line)
    }
}
