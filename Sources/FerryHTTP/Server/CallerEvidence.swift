import FerryContract
import FerryCore
import Glibc
import NIOCore
import NIOSSL

/// Finds out who is at the other end of a connection, from the kernel or from TLS, never from what the peer says.
struct CallerEvidence: Sendable {
    let endpoint: HTTPEndpoint

    func caller(on channel: any Channel) async throws -> Caller {
        switch endpoint {
        case .unix(_, let group): try await localCaller(on: channel, administratorGroup: group)
        case .tls:
            .remote(
                fingerprint: try await channel.nioSSL_peerCertificate().get().flatMap { Fingerprint.of($0) },
                address: channel.remoteAddress?.ipAddress ?? "")
        }
    }

    /// The peer's credentials as they were when it connected. The group is the administrators' one if the peer is in it, by its
    /// primary or a supplementary group, else its primary group.
    private func localCaller(on channel: any Channel, administratorGroup: UInt32?) async throws -> Caller {
        guard let socket = channel as? any SocketOptionProvider else { throw ChannelError.operationUnsupported }
        // SAFETY: SO_PEERCRED answers with a struct ucred, three 32-bit words: process, user, group.
        let credentials: InlineArray<3, UInt32> = try await socket.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: CInt(17))
        ).get()
        var group = credentials[2]
        if let administratorGroup, group != administratorGroup, credentials[1] != 0,
            await isMember(socket, of: administratorGroup)
        {
            group = administratorGroup
        }
        return .local(userID: credentials[1], groupID: group, processID: Int32(bitPattern: credentials[0]))
    }

    private func isMember(_ socket: any SocketOptionProvider, of group: UInt32) async -> Bool {
        // SAFETY: SO_PEERGROUPS (59) fills an array of group ids and leaves the rest zero; a longer list is an error, not a
        // longer write. 1024 is far above what a login gets; group 0 never is the administrators' group.
        let groups: InlineArray<1024, UInt32>? = try? await socket.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: CInt(59))
        ).get()
        guard let groups, group != 0 else { return false }
        for index in groups.indices where groups[index] == group { return true }
        return false
    }
}
