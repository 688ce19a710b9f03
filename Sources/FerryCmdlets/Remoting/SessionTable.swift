package import FerryEngine
import FerryRemoting

/// The remote sessions this one has open: what `Get-PSSession` lists.
package final class SessionTable: RunspaceBelonging {
    private(set) var sessions: [SessionObject] = []
    /// The session that typed commands go to, after `Enter-PSSession`.
    package private(set) var entered: SessionObject?
    /// Whether leaving it also ends it: `Enter-PSSession` made it.
    private var endsWhenLeft = false
    private var lastID = 0

    /// - Parameter name: `Runspace1` and so on when nil.
    func add(_ remote: RemoteSession, name: String?) -> SessionObject {
        lastID += 1
        let session = SessionObject(remote, id: lastID, name: name ?? "Runspace\(lastID)")
        sessions.append(session)
        return session
    }

    func remove(_ session: SessionObject) {
        if entered === session { entered = nil }
        sessions.removeAll { $0 === session }
        session.remote.close()
    }

    func enter(_ session: SessionObject, endsWhenLeft: Bool) {
        entered = session
        self.endsWhenLeft = endsWhenLeft
    }

    /// Back to this session; false when it was not left.
    @discardableResult
    package func leave() -> Bool {
        guard let session = entered else { return false }
        entered = nil
        if endsWhenLeft { remove(session) }
        return true
    }

    package func runspaceEnds() {
        for session in sessions { session.remote.close() }
        sessions = []
        entered = nil
    }

    package static func of(_ runspace: Runspace) -> SessionTable {
        let key = ObjectIdentifier(SessionTable.self)
        if let table = runspace.belongings[key] as? SessionTable { return table }
        let table = SessionTable()
        runspace.belongings[key] = table
        return table
    }
}
