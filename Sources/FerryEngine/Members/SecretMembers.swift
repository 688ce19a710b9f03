/// `[Net.NetworkCredential]`, and what scripts ask of `[Runtime.InteropServices.Marshal]`: the text of a secure string.
enum SecretMembers {
    static let tables: [TypeMembers] = [
        TypeMembers(NetworkCredentialObject.type.fullName) {
            $0.make { call throws(Stop) in
                guard call.count <= 3 else { throw call.noOverload() }
                let password =
                    if call.count > 1, let secret = call.arguments[1].hosted(SecureText.self) { secret.revealed } else {
                        call.count > 1 ? try call.string(1) : ""
                    }
                return NetworkCredentialObject(
                    userName: call.count > 0 ? try call.string(0) : "", password: password,
                    domain: call.count > 2 ? try call.string(2) : ""
                ).value
            }
        },
        TypeMembers("System.Runtime.InteropServices.Marshal") {
            for name in [
                "SecureStringToBSTR", "SecureStringToGlobalAllocUnicode", "SecureStringToCoTaskMemUnicode",
            ] {
                $0.staticMethod(name, "static System.IntPtr \(name)(securestring s)", 1...1) { call throws(Stop) in
                    guard let secret = call.arguments[0].hosted(SecureText.self) else {
                        throw call.failed("System.ArgumentNullException", "Value cannot be null. (Parameter 's')")
                    }
                    return RevealedText(secret.revealed).value
                }
            }
            for name in ["PtrToStringAuto", "PtrToStringBSTR", "PtrToStringUni"] {
                $0.staticMethod(name, "static string \(name)(System.IntPtr ptr)", 1...1) { call throws(Stop) in
                    guard let text = call.arguments[0].hosted(RevealedText.self)?.secret else { return .null }
                    return .string(text)
                }
            }
            for name in [
                "ZeroFreeBSTR", "FreeBSTR", "ZeroFreeGlobalAllocUnicode", "ZeroFreeCoTaskMemUnicode", "FreeHGlobal",
            ] {
                $0.staticMethod(name, "static void \(name)(System.IntPtr s)", 1...1) { call throws(Stop) in
                    call.arguments[0].hosted(RevealedText.self)?.forget()
                    return .nothing
                }
            }
        },
    ]
}

/// `System.Net.NetworkCredential`
final class NetworkCredentialObject: HostedBody {
    static let type = RuntimeType("System.Net.NetworkCredential")

    private var userName: String
    private var password: String
    private var domain: String

    init(userName: String, password: String, domain: String) {
        self.userName = userName
        self.password = password
        self.domain = domain
    }

    var typeName: RuntimeType { Self.type }
    var propertyNames: [String] { ["UserName", "Password", "SecurePassword", "Domain"] }

    func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "username": .string(userName)
        case "password": .string(password)
        case "securepassword": SecureText(password).value
        case "domain": .string(domain)
        default: nil
        }
    }

    func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool {
        switch name.folded {
        case "username": userName = value.display
        case "password": password = value.display
        case "securepassword": password = value.hosted(SecureText.self)?.revealed ?? ""
        case "domain": domain = value.display
        default: return false
        }
        return true
    }
}

/// The `System.IntPtr` that a secure string's text is reached by. It shows nothing of the text.
private final class RevealedText: HostedBody {
    private(set) var secret: String?
    init(_ secret: String) { self.secret = secret }

    func forget() { secret = nil }

    private static let type = RuntimeType("System.IntPtr")
    var typeName: RuntimeType { Self.type }
    var propertyNames: [String] { [] }
    func property(_ name: String) throws(Stop) -> Value? { nil }
}
