/// `System.Security.SecureString`: text that no formatting, logging or conversion to string shows.
package final class SecureText: HostedBody {
    private let secret: String

    package init(_ secret: String) { self.secret = secret }

    package var typeName: RuntimeType { .secureString }
    package var isImmutable: Bool { true }
    package var text: String { "System.Security.SecureString" }
    package var propertyNames: [String] { ["Length"] }
    package func property(_ name: String) throws(Stop) -> Value? {
        name.folded == "length" ? .count(secret.length) : nil
    }

    /// For those that are asked to: `ConvertFrom-SecureString -AsPlainText`, `GetNetworkCredential()`.
    package var revealed: String { secret }
}
