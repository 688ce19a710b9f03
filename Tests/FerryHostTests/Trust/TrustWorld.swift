import FerryContract
import FerryCore
import FerryHost
import Foundation
import Synchronization

/// Hosts that reach each other in this process. The network says truly which key a caller has, as TLS does.
final class TrustWorld: Sendable {
    /// Unix time, the same on every host.
    let time = Mutex<Double>(1_800_000_000)
    let folder: String
    private let hosts = Mutex<[String: HostTrust]>([:])

    init() throws {
        folder =
            FileManager.default.temporaryDirectory.appendingPathComponent("ferry-trust-\(UUID().uuidString.prefix(8))")
            .path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    static func fingerprint(_ seed: UInt8) -> String {
        (0..<32).map { String(format: "%02x", UInt8(truncatingIfNeeded: $0 &* 7 &+ Int(seed))) }.joined()
    }

    static func digest(_ bytes: [UInt8]) -> [UInt8] {
        // Not SHA-256: 32 bytes that depend on every byte and its place are all the trust needs of it here.
        var state = (0..<4).map { UInt64($0) &+ 0x9E37_79B9_7F4A_7C15 }
        for byte in bytes + [UInt8(truncatingIfNeeded: bytes.count)] {
            for index in state.indices {
                state[index] = (state[index] ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 &+ UInt64(index)
                state[index] ^= state[index] >> 29
            }
        }
        return state.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    }

    func own(_ name: String, _ seed: UInt8, listen: String) -> HostTrust.Own {
        HostTrust.Own(
            name: name, listenAddress: listen, controlPort: 6601, dataPort: 6600, fingerprint: Self.fingerprint(seed))
    }

    /// A host, with what an earlier one of the same name left on the disk.
    @discardableResult
    func start(_ name: String, _ seed: UInt8, listen: String? = nil) throws -> HostTrust {
        let state = "\(folder)/\(name)"
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
        let host = HostTrust(
            folder: state, own: own(name, seed, listen: listen ?? "127.0.0.\(seed)"),
            connector: Wire(world: self, fingerprint: Self.fingerprint(seed), address: "127.0.0.\(seed)"),
            sha256: Self.digest, now: { [self] in time.withLock { $0 } })
        hosts.withLock { $0[Self.fingerprint(seed)] = host }
        return host
    }

    func stop(_ seed: UInt8) { hosts.withLock { _ = $0.removeValue(forKey: Self.fingerprint(seed)) } }

    fileprivate func host(_ fingerprint: String) -> HostTrust? { hosts.withLock { $0[fingerprint] } }
}

/// The connections one host makes.
private struct Wire: PeerConnector {
    let world: TrustWorld
    let fingerprint: String
    let address: String

    func connection(to host: TrustReport) throws(Failure) -> any HostConnection { Line(wire: self, target: host) }
}

private struct Line: HostConnection {
    let wire: Wire
    let target: TrustReport
    var hostName: String { target.name }

    func send<Request: HostRequest>(_ request: Request) async throws(Failure) -> Request.Response {
        guard let host = wire.world.host(target.fingerprint) else {
            throw Failure(
                HostFault.hostStopping, "No connection could be made because the target machine actively refused it.",
                target: target.name)
        }
        guard let request = request as? PresentTrustTokenRequest,
            let response = try host.present(request, fingerprint: wire.fingerprint, address: wire.address)
                as? Request.Response
        else { throw Failure(HostFault.invalidArgument, "Only tokens are presented here.") }
        return response
    }

    func operation(_ id: String, after generation: UInt64) async throws(Failure) -> OperationReport {
        throw Failure(HostFault.operationNotFound, "There are no operations here.")
    }

    func cancelOperation(_ id: String) async throws(Failure) {}
}
