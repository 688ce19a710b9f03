import Synchronization

/// `System.Security.SecureString`: text that no formatting, logging or conversion to string shows.
package final class SecureText: HostedBody {
    private struct State {
        var secret: String
        var isReadOnly = false
    }
    private let state: Mutex<State>

    package init(_ secret: String) { state = Mutex(State(secret: secret)) }

    package var typeName: RuntimeType { .secureString }
    package var isImmutable: Bool { true }
    package var text: String { "System.Security.SecureString" }
    package var propertyNames: [String] { ["Length"] }
    package func property(_ name: String) throws(Stop) -> Value? {
        name.folded == "length" ? .count(revealed.length) : nil
    }

    /// For those that are asked to: `ConvertFrom-SecureString -AsPlainText`, `GetNetworkCredential()`.
    package var revealed: String { state.withLock { $0.secret } }

    /// Puts text behind what it hides; `nil` empties it. Returns `false` once it is read-only.
    func change(appending text: String?) -> Bool {
        state.withLock { state in
            guard !state.isReadOnly else { return false }
            state.secret = text.map { state.secret + $0 } ?? ""
            return true
        }
    }

    /// Changes characters. Returns `nil` once it is read-only, `false` where there is no such place.
    func change(_ edit: (inout [UInt16]) -> Bool) -> Bool? {
        state.withLock { state in
            guard !state.isReadOnly else { return nil }
            var units = Array(state.secret.utf16)
            guard edit(&units) else { return false }
            state.secret = String(decoding: units, as: UTF16.self)
            return true
        }
    }

    var isReadOnly: Bool { state.withLock { $0.isReadOnly } }

    func makeReadOnly() { state.withLock { $0.isReadOnly = true } }
}
