/// `System.Management.Automation.PSCredential`.
enum CredentialMembers {
    static let tables: [TypeMembers] = [
        TypeMembers("System.Management.Automation.PSCredential") {
            $0.method("GetNetworkCredential", "System.Net.NetworkCredential GetNetworkCredential()", 0...0) {
                call throws(Stop) in
                guard let body = call.target.hosted(CredentialObject.self) else { return .null }
                let (domain, name) = parts(body.userName)
                return .object(
                    CustomObject(
                        [
                            ("UserName", .string(name)), ("Password", .string(body.password.revealed)),
                            ("Domain", .string(domain)),
                        ], typeNames: ["System.Net.NetworkCredential"]))
            }
        }
    ]

    /// `DOMAIN\name`, or `name@domain`, as Windows writes them.
    private static func parts(_ text: String) -> (domain: String, name: String) {
        if let slash = text.firstIndex(of: "\\") {
            return (String(text[..<slash]), String(text[text.index(after: slash)...]))
        }
        if let mark = text.lastIndex(of: "@") {
            return (String(text[text.index(after: mark)...]), String(text[..<mark]))
        }
        return ("", text)
    }
}
