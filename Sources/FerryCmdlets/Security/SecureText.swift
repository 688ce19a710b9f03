import FerryEngine

/// `System.Security.SecureString`: text that no formatting, logging or conversion to string shows.
final class SecureText: HostedBody {
    private let secret: String

    init(_ secret: String) { self.secret = secret }

    var typeName: RuntimeType { .secureString }
    var isImmutable: Bool { true }
    var text: String { "System.Security.SecureString" }
    var propertyNames: [String] { ["Length"] }
    func property(_ name: String) throws(Stop) -> Value? {
        name.folded == "length" ? .count(secret.length) : nil
    }

    /// For the one command that may: `ConvertFrom-SecureString -AsPlainText`.
    var revealed: String { secret }
}
