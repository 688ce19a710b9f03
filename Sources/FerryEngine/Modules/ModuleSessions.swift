/// The sessions of modules, to let go of those that nobody can reach any more.
///
/// A session holds its functions, and each function its session: after `Remove-Module` they would keep each other for as long as the
/// runspace lives. Whether somebody else holds them is found out by trying: the functions nobody else knows are taken out, and when
/// the session is still there afterwards they are put back.
struct ModuleSessions {
    private struct Entry {
        weak var session: Session?
    }

    private var entries: [Entry] = []
    private var next = 0
    /// Sessions looked at each time modules come or go.
    private static let atOnce = 4

    mutating func add(_ session: Session) { entries.append(Entry(session: session)) }

    /// Looks at a few sessions whose module is gone. Called where no code of a module runs that nobody holds.
    mutating func collect() {
        entries.removeAll { $0.session == nil }
        for _ in 0..<min(Self.atOnce, entries.count) {
            next = (next + 1) % entries.count
            Self.release(entries[next])
        }
    }

    private static func release(_ entry: Entry) {
        guard let taken = entry.session.flatMap({ $0.module == nil ? Belongings(of: $0) : nil }) else { return }
        // Without functions and blocks that hold it, a session nobody knows has gone by now.
        if let session = entry.session { taken.restore(to: session) }
    }

    /// What was taken out of a session: functions without their session, and blocks that are the values of its variables.
    private struct Belongings {
        private var functions: [(key: String, make: (Session) -> FunctionCommand)] = []
        private var blocks: [(variable: Variable, block: ScriptBlock)] = []

        /// Takes them; nil, having changed nothing, when somebody else holds one of the functions.
        init?(of session: Session) {
            let top: Scope = session.top
            top.layout?.forgetCalls()
            for function in top.functions.values { function.forgetCalls() }
            var held = top.functions
            top.functions = [:]
            for key in Array(held.keys) {
                guard var function = held.removeValue(forKey: key) else { continue }
                let isAlone = isKnownUniquelyReferenced(&function)
                guard isAlone, function.session === session else {
                    held[key] = function
                    for (key, make) in functions { held[key] = make(session) }
                    top.functions = held
                    return nil
                }
                functions.append((key, function.unbound()))
            }
            for variable in top.ownVariables where variable.compute == nil {
                guard var block = variable.stored.asScriptBlock, block.session === session else { continue }
                variable.stored = .null
                if isKnownUniquelyReferenced(&block) {
                    block.session = nil
                    blocks.append((variable, block))
                } else {
                    variable.stored = .object(block)
                }
            }
        }

        func restore(to session: Session) {
            for (key, make) in functions { session.top.functions[key] = make(session) }
            for (variable, block) in blocks {
                block.session = session
                variable.stored = .object(block)
            }
        }
    }
}
