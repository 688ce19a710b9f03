package import FerryCore
import Foundation

/// The hosts this user can reach by name: ferry's own list.
///
/// Shape of the file (`FERRY_HOSTS`, else `~/.config/ferry/hosts.json`, else `/etc/ferry/hosts.json`):
///
///     { "default": "NODE2", "hosts": { "NODE1": { "socket": "/run/ferry/ferryd.sock" } } }
///
/// Without a file there is one host, this computer, at the standard socket.
package struct HostList: Sendable {
    package struct Entry: Sendable, Hashable {
        package var name: String
        /// Path of the host's Unix socket.
        package var socket: String
    }

    package static let standardSocket = "/run/ferry/ferryd.sock"

    /// In the order of their names.
    package private(set) var entries: [Entry]
    /// The host that commands without -ComputerName talk to.
    package private(set) var standard: Entry

    private struct Document: Decodable {
        struct Host: Decodable { var socket: String }
        var `default`: String?
        var hosts: [String: Host]
    }

    /// Reads the list as the environment names it.
    ///
    /// - Throws: `ShellFault.hostListUnreadable` when a file that was named, or exists, cannot be read or understood;
    ///   `ShellFault.hostUnknown` when its default, or `FERRY_COMPUTERNAME`, is not in it.
    package init(environment: [String: String]) throws(Failure) { try self.init { environment[$0] } }

    /// - Parameter variable: the environment.
    package init(variable: (String) -> String?) throws(Failure) {
        let home = variable("HOME") ?? "/root"
        let named = variable("FERRY_HOSTS")
        let candidates = named.map { [$0] } ?? ["\(home)/.config/ferry/hosts.json", "/etc/ferry/hosts.json"]
        guard let path = candidates.first(where: { named != nil || FileManager.default.fileExists(atPath: $0) }) else {
            let local = Entry(name: Self.computerName, socket: variable("FERRY_SOCKET") ?? Self.standardSocket)
            entries = [local]
            standard = local
            return
        }
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw Failure(
                ShellFault.hostListUnreadable, "The list of hosts '\(path)' could not be read: \(Self.reason(error)).",
                target: path)
        }
        let entries = document.hosts.map { Entry(name: $0.key, socket: $0.value.socket) }.sorted { $0.name < $1.name }
        let wanted = variable("FERRY_COMPUTERNAME") ?? document.default
        func entry(_ name: String) -> Entry? { entries.first { $0.name.lowercased() == name.lowercased() } }
        if let wanted {
            guard let found = entry(wanted) else {
                throw Failure(
                    ShellFault.hostUnknown,
                    "The list of hosts '\(path)' has no host '\(wanted)', which is to be the default.",
                    target: wanted)
            }
            standard = found
        } else {
            standard =
                entry(Self.computerName) ?? (entries.count == 1 ? entries[0] : nil)
                ?? Entry(name: Self.computerName, socket: Self.standardSocket)
        }
        self.entries = entries
    }

    /// - Parameter name: as typed; "", "." and "localhost" mean the default host.
    /// - Throws: `ShellFault.hostUnknown`.
    package func entry(named name: String) throws(Failure) -> Entry {
        if ["", ".", "localhost"].contains(name.lowercased()) { return standard }
        if let found = (entries + [standard]).first(where: { $0.name.lowercased() == name.lowercased() }) {
            return found
        }
        let known = entries.map(\.name).joined(separator: ", ")
        throw Failure(
            ShellFault.hostUnknown,
            "Ferry does not know a computer '\(name)'. It knows \(known.isEmpty ? "none" : known).",
            target: name)
    }

    package static var computerName: String { ProcessInfo.processInfo.hostName }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "'\(key.stringValue)' is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            "\(context.debugDescription) at '\(context.codingPath.map(\.stringValue).joined(separator: "."))'"
        default: error.localizedDescription
        }
    }
}
