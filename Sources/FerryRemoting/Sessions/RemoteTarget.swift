/// Where a session is to be, and how ssh gets there.
package struct RemoteTarget: Sendable {
    package static let usualSubsystem = "powershell"
    /// Until the session is open, when nobody says.
    package static let usualTimeout = Duration.seconds(120)

    package var host: String
    package var userName: String?
    package var port: Int?
    package var keyFile: String?
    package var subsystem = RemoteTarget.usualSubsystem
    /// For `ssh -o`.
    package var options: [(name: String, value: String)] = []
    package var timeout = RemoteTarget.usualTimeout

    /// - Parameter written: `[user@]host[:port]`; an IPv6 address with a port is in brackets.
    /// - Returns: nil when there is no host in it, or one that ssh would take for an option.
    package init?(written: String) {
        var rest = written[...]
        if let at = rest.lastIndex(of: "@") {
            userName = String(rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        let colons = rest.filter { $0 == ":" }.count
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            let tail = rest[rest.index(after: end)...]
            if tail.hasPrefix(":") {
                guard let number = Int(tail.dropFirst()) else { return nil }
                port = number
            } else if !tail.isEmpty {
                return nil
            }
            rest = rest[rest.index(after: rest.startIndex)..<end]
        } else if colons == 1, let colon = rest.firstIndex(of: ":") {
            guard let number = Int(rest[rest.index(after: colon)...]) else { return nil }
            port = number
            rest = rest[..<colon]
        }
        host = String(rest)
        guard Self.isWord(host), !host.contains(where: \.isWhitespace) else { return nil }
        if let userName, !Self.isWord(userName) { return nil }
        if let port, !Self.ports.contains(port) { return nil }
    }

    package static let ports = 1...65_535

    /// Whether ssh takes the text for a name: nothing that could be an option, or end a line of its configuration.
    package static func isWord(_ text: String) -> Bool {
        !text.isEmpty && !text.hasPrefix("-") && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }

    /// Without them ssh would wait for a host that is gone as long as TCP does: a session is broken within a minute.
    private static let liveness = [
        (name: "ServerAliveInterval", value: "15"), (name: "ServerAliveCountMax", value: "3"),
    ]

    /// What the ssh client is told. It has no terminal: keys and agents sign in, and what would ask fails at once.
    package var arguments: [String] {
        var words: [String] = []
        if let keyFile { words += ["-i", keyFile] }
        if let userName { words += ["-l", userName] }
        if let port { words += ["-p", String(port)] }
        // The first of a name counts, so the caller's go first.
        for (name, value) in options + Self.liveness { words += ["-o", "\(name)=\(value)"] }
        return words + ["-s", host, subsystem]
    }
}
