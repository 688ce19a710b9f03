package import FerryContract
package import FerryCore
import FerryLinux
import Synchronization

/// A host's trust: the list, the open tokens and the exchange by which two hosts come to trust each other.
///
///     NODE1: newToken ──text, by hand──▶ NODE2: add ──TLS, NODE1's key pinned──▶ NODE1: present
///              stores the secret's hash                                            stores NODE2, uses the token up
///                                        stores NODE1 ◀──NODE1's description──────
///
/// A list that cannot be read is no list: nobody is trusted, and whoever asks for it or changes it is told why, until the file is
/// mended and ferryd started anew. Machines that run here have an owner meanwhile.
///
/// Each change is on the disk, in one document, before its caller is answered: a token is used up in the same write that adds
/// the host. Calls block on the file; `add` waits for the other host as well.
package final class HostTrust: TrustService {
    package typealias Digest = @Sendable ([UInt8]) -> [UInt8]

    /// This host, as it describes itself to others.
    package struct Own: Sendable {
        package var name: String
        /// Where it listens; may be a wildcard.
        package var listenAddress: String
        package var controlPort: UInt16
        package var dataPort: UInt16
        package var fingerprint: String

        package init(
            name: String, listenAddress: String, controlPort: UInt16, dataPort: UInt16, fingerprint: String
        ) {
            self.name = name
            self.listenAddress = listenAddress
            self.controlPort = controlPort
            self.dataPort = dataPort
            self.fingerprint = fingerprint
        }

        /// nil for a wildcard: then others know it by where it called from.
        var specificAddress: String? { HostAddresses.isWildcard(listenAddress) ? nil : listenAddress }
    }

    private struct Document: Codable, Sendable {
        var version = 1
        var list = TrustList()
        var tokens = TrustTokens()
    }

    private let path: String
    private let own: Own
    private let connector: any PeerConnector
    private let sha256: Digest
    private let now: @Sendable () -> Double
    private let document: Mutex<Document>
    /// Why the list cannot be used.
    package let damage: Failure?

    private static let validity: ClosedRange<UInt32> = 60...604_800
    /// For the other host to answer `present`.
    private static let patience: Duration = .seconds(30)

    /// Reads `trust.json` of `folder`, which is made at the first change.
    ///
    /// - Parameter now: Unix time.
    package init(
        folder: String, own: Own, connector: any PeerConnector, sha256: @escaping Digest,
        now: @escaping @Sendable () -> Double
    ) {
        path = "\(folder)/trust.json"
        self.own = own
        self.connector = connector
        self.sha256 = sha256
        self.now = now
        do throws(Failure) {
            document = Mutex(try Self.read(path))
            damage = nil
        } catch {
            document = Mutex(Document())
            damage = Failure(
                HostFault.documentDamaged,
                "No host is trusted by '\(own.name)', because its list of trusted hosts cannot be read: \(error.message)",
                target: path, cause: error,
                advice: "Mend the file \(path), or move it away to begin with an empty list; then restart ferryd.")
        }
    }

    private static func read(_ path: String) throws(Failure) -> Document {
        let stored = try JSONDocument.readIfPresent(Document.self, at: path) ?? Document()
        guard stored.version == 1 else {
            throw Failure(
                HostFault.documentDamaged, "\(path) is of version \(stored.version); this ferryd knows version 1.",
                target: path)
        }
        return stored
    }

    private func requireList() throws(Failure) {
        if let damage { throw damage }
    }

    package func newToken(_ request: NewTrustTokenRequest) throws(Failure) -> TrustToken {
        guard Self.validity.contains(request.validitySeconds) else {
            throw Failure(
                TrustFault.invalidValidity,
                "A trust token cannot be valid for \(request.validitySeconds) s: the limits are 60 s and 7 days.")
        }
        guard let address = request.address ?? own.specificAddress ?? Self.reachableAddress else {
            throw Failure(
                TrustFault.addressUnknown,
                "This host listens on every address (\(own.listenAddress)) and has none that others could reach it under."
            )
        }
        var generator = SystemRandomNumberGenerator()
        let secret = (0..<TrustInvitation.secretSize).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let time = now()
        let invitation = TrustInvitation(
            expires: UInt64(max(0, time)) + UInt64(request.validitySeconds), controlPort: own.controlPort,
            dataPort: own.dataPort, fingerprint: own.fingerprint, secret: secret, name: own.name, address: address)
        if let flaw = HostDescription.flaw(in: invitation.report(trustedSince: 0)) {
            throw Failure(
                TrustFault.addressUnknown, "A trust token for '\(own.name)' at '\(address)' cannot be made: \(flaw).")
        }
        try change { document throws(Failure) in
            try document.tokens.issue(
                secretHash: sha256(secret), expires: Double(invitation.expires), now: time)
        }
        return TrustToken(
            token: invitation.text(sha256), expires: Double(invitation.expires), fingerprint: own.fingerprint)
    }

    package func add(_ request: AddTrustRequest) throws(Failure) -> TrustReport {
        try requireList()
        let invitation = try TrustInvitation(parsing: request.token, sha256)
        guard invitation.fingerprint != own.fingerprint else {
            throw Failure(TrustFault.tokenIsOwn, "The trust token was made by this host, '\(own.name)', itself.")
        }
        let other = invitation.report(trustedSince: now())
        // Before the other host is asked: a token must not be used up for a name that cannot be added here.
        try document.withLock { document throws(Failure) in try check(other, document.list) }

        let presentation = PresentTrustTokenRequest(
            secret: Base64.text(invitation.secret),
            presenter: TrustReport(
                name: own.name, address: own.specificAddress ?? "", controlPort: own.controlPort,
                dataPort: own.dataPort,
                fingerprint: own.fingerprint, trustedSince: 0))
        let connection = try connector.connection(to: other)
        let answer = try BlockingWork.wait(until: .after(Self.patience)) { () async throws(Failure) in
            try await connection.send(presentation)
        }
        guard answer.fingerprint == other.fingerprint else {
            throw Failure(
                TrustFault.keyMismatch,
                "The host '\(other.name)' took the trust token but says that it has another key than the token names.",
                target: other.name)
        }
        try change { document throws(Failure) in
            try check(other, document.list)
            document.list.add(other)
        }
        return other
    }

    package func present(
        _ request: PresentTrustTokenRequest, fingerprint: String?, address: String
    ) throws(Failure) -> TrustReport {
        guard let fingerprint else {
            throw Failure(
                TrustFault.keyMissing,
                "A trust token was presented from \(address) by a host that showed no certificate.")
        }
        guard let secret = Base64.bytes(request.secret), secret.count == TrustInvitation.secretSize else {
            throw Failure(
                TrustFault.tokenUnknown, "What was presented from \(address) is not the secret of a trust token.")
        }
        var presenter = request.presenter
        if presenter.address.isEmpty { presenter.address = address }
        if let flaw = HostDescription.flaw(in: presenter) {
            throw Failure(
                TrustFault.presenterInvalid,
                "The host at \(address) presented a trust token, but describes itself badly: \(flaw).")
        }
        guard presenter.fingerprint == fingerprint else {
            throw Failure(
                TrustFault.keyMismatch,
                "The host at \(address) presented a trust token for another key than the one of its certificate.",
                target: presenter.name)
        }
        let time = now()
        presenter.trustedSince = time
        let added = presenter
        try change { document throws(Failure) in
            // The token first: without it nothing about this host's list is told.
            try document.tokens.redeem(secretHash: sha256(secret), host: added.name, now: time)
            try check(added, document.list)
            document.list.add(added)
        }
        return TrustReport(
            name: own.name, address: own.specificAddress ?? "", controlPort: own.controlPort, dataPort: own.dataPort,
            fingerprint: own.fingerprint, trustedSince: time)
    }

    package func trusts(_ request: GetTrustsRequest) throws(Failure) -> [TrustReport] {
        try requireList()
        return try document.withLock { $0.list }.matching(request.names)
    }

    package func remove(_ request: RemoveTrustRequest) throws(Failure) -> TrustReport {
        try change { document throws(Failure) in try document.list.remove(named: request.name) }
    }

    package func trustedHost(fingerprint: String) -> TrustReport? {
        document.withLock { $0.list.host(fingerprint: fingerprint) }
    }

    package func trustedHost(named name: String) -> TrustReport? { document.withLock { $0.list.host(named: name) } }

    /// Where others may reach a host that listens everywhere: IPv4 first, because every peer has it.
    private static var reachableAddress: String? {
        let outside = HostAddresses.all().filter { !$0.hasPrefix("127.") && !$0.hasPrefix("169.254.") && $0 != "::1" }
        return outside.first { !$0.contains(":") } ?? outside.first
    }

    private func check(_ report: TrustReport, _ list: TrustList) throws(Failure) {
        try list.check(report, ownName: own.name, ownFingerprint: own.fingerprint)
    }

    /// Changes a copy, writes it, and only then makes it what the host knows: a full disk changes nothing.
    private func change<Value: Sendable>(_ body: (inout Document) throws(Failure) -> Value) throws(Failure) -> Value {
        try requireList()
        return try document.withLock { document throws(Failure) in
            var copy = document
            let value = try body(&copy)
            try JSONDocument.write(copy, to: path)
            document = copy
            return value
        }
    }
}
