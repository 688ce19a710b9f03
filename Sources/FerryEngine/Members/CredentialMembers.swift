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
        },
        TypeMembers(RuntimeType.secureString.fullName) {
            $0.make { call throws(Stop) in
                guard call.count == 0 else { throw call.noOverload() }
                return SecureText("").value
            }
            $0.method("AppendChar", "void AppendChar(char c)", 1...1) { call throws(Stop) in
                guard case .char(let unit) = try call.convert(0, .char) else { throw call.noOverload() }
                return try change(call, appending: String(decoding: [unit], as: UTF16.self))
            }
            $0.method("Clear", "void Clear()", 0...0) { call throws(Stop) in try change(call, appending: nil) }
            $0.method("MakeReadOnly", "void MakeReadOnly()", 0...0) { call throws(Stop) in
                call.target.hosted(SecureText.self)?.makeReadOnly()
                return .nothing
            }
            $0.method("IsReadOnly", "bool IsReadOnly()", 0...0) { call throws(Stop) in
                .bool(call.target.hosted(SecureText.self)?.isReadOnly ?? true)
            }
            $0.method("InsertAt", "void InsertAt(int index, char c)", 2...2) { call throws(Stop) in
                guard case .char(let unit) = try call.convert(1, .char) else { throw call.noOverload() }
                return try edit(call) { $0.insert(unit, at: $1) }
            }
            $0.method("SetAt", "void SetAt(int index, char c)", 2...2) { call throws(Stop) in
                guard case .char(let unit) = try call.convert(1, .char) else { throw call.noOverload() }
                return try edit(call, inside: true) { $0[$1] = unit }
            }
            $0.method("RemoveAt", "void RemoveAt(int index)", 1...1) { call throws(Stop) in
                try edit(call, inside: true) { $0.remove(at: $1) }
            }
            $0.method("Copy", "securestring Copy()", 0...0) { call throws(Stop) in
                call.target.hosted(SecureText.self).map { SecureText($0.revealed).value } ?? .null
            }
            $0.method("Dispose", "void Dispose()", 0...0) { call throws(Stop) in
                _ = call.target.hosted(SecureText.self)?.change(appending: nil)
                return .nothing
            }
        },
    ]

    private static func change(_ call: MethodCall, appending text: String?) throws(Stop) -> Value {
        guard call.target.hosted(SecureText.self)?.change(appending: text) == true else {
            throw call.failed("System.InvalidOperationException", "Instance is read-only.")
        }
        return .nothing
    }

    /// - Parameter inside: the place must hold a character; it may be behind the last one otherwise.
    private static func edit(
        _ call: MethodCall, inside: Bool = false, _ edit: (inout [UInt16], Int) -> Void
    ) throws(Stop) -> Value {
        let place = try call.int(0)
        let result = call.target.hosted(SecureText.self)?.change { units in
            guard place >= 0, inside ? place < units.count : place <= units.count else { return false }
            edit(&units, place)
            return true
        }
        guard let result else { throw call.failed("System.InvalidOperationException", "Instance is read-only.") }
        guard result else {
            throw call.failed(
                "System.ArgumentOutOfRangeException",
                "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')"
            )
        }
        return .nothing
    }

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
