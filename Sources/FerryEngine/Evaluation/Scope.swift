/// One scope of variables, functions and aliases. Reads go up to the parents, writes stay here.
package final class Scope {
    enum Kind { case global, script, local }

    package private(set) var parent: Scope?
    let kind: Kind
    private let link: SessionLink
    private(set) var layout: Layout?
    private var slots: [Variable?] = []
    /// The variables of a call that is over, by slot.
    private var spares: [Variable?] = []
    private var others: [Symbol: Variable] = [:]
    /// By folded name.
    var functions: [String: FunctionCommand] = [:]
    var aliases: [String: AliasCommand] = [:]
    /// What few scopes have; made when it is asked for, so that it costs the others nothing.
    private var rarities: ScopeRarities?
    var shared: ScopeRarities {
        if let rarities { return rarities }
        let made = ScopeRarities()
        rarities = made
        return made
    }

    /// `Set-StrictMode`'s version in this scope; `nil` inherits.
    var strictVersion: Int? {
        get { rarities?.strictVersion }
        set { shared.strictVersion = newValue }
    }

    init(parent: Scope?, kind: Kind, session: Session, layout: Layout? = nil) {
        self.parent = parent
        self.kind = kind
        link = session.link
        guard let layout else { return }
        self.layout = layout
        slots = Array(repeating: nil, count: layout.symbols.count)
    }

    /// Makes the scope of a call that is over a fresh one for the next call of the same function. Nobody else may know it.
    func renew(parent: Scope) { self.parent = parent }

    func clear() {
        parent = nil
        for slot in slots.indices where slots[slot] != nil { vacate(slot) }
        if !others.isEmpty { others = [:] }
        forgetFunctions()
        if !aliases.isEmpty { aliases = [:] }
        rarities = nil
    }

    /// Empties a slot. A variable that nobody else knows is kept for the next call's.
    private func vacate(_ slot: Int) {
        guard isKnownUniquelyReferenced(&slots[slot]), slots[slot]?.isPlain == true else {
            slots[slot] = nil
            return
        }
        slots[slot]?.stored = .null
        while spares.count <= slot { spares.append(nil) }
        swap(&spares[slot], &slots[slot])
        slots[slot] = nil
    }

    deinit {
        forgetFunctions()
        if !others.isEmpty { ReleaseQueue.release(&others, leaving: [:]) }
    }

    /// A function that calls itself has been remembered where it is called, in its own code.
    private func forgetFunctions() {
        guard !functions.isEmpty else { return }
        for function in functions.values { function.forgetCalls() }
        functions = [:]
    }

    /// The global session's or a module's.
    var session: Session {
        guard let session = unsafe link.session else {
            preconditionFailure("A scope is in use whose session is gone: whoever runs code holds the code's session.")
        }
        return session
    }

    @inline(__always) func belongs(to session: Session) -> Bool { link === session.link }

    /// Stands for the session where only sameness matters.
    @inline(__always) var sessionID: ObjectIdentifier { ObjectIdentifier(link) }

    /// Gives a scope that has no layout the one of the code about to run in it.
    func adopt(_ layout: Layout?) {
        guard let layout, self.layout == nil else { return }
        self.layout = layout
        slots = Array(repeating: nil, count: layout.symbols.count)
        for (index, symbol) in layout.symbols.enumerated() {
            if let variable = others.removeValue(forKey: symbol) { slots[index] = variable }
        }
    }

    // MARK: Own variables

    @inline(__always) func slot(_ index: Int) -> Variable? { index < slots.count ? slots[index] : nil }

    /// The value in a slot whose variable is nothing but a value.
    @inline(__always) func plainValue(_ index: Int) -> Value? {
        guard index < slots.count, let variable = slots[index], variable.isPlain else { return nil }
        return variable.stored
    }

    /// `$_` of this scope. Set for each object of a pipeline, so reached without a look-up where the scope has a layout.
    var item: Variable? {
        get { layout == nil ? others[.item] : slots[Layout.itemSlot] }
        set { if layout == nil { others[.item] = newValue } else { slots[Layout.itemSlot] = newValue } }
    }

    /// Puts another `$_` in place and gives back the one that was there.
    @inline(__always) func exchangeItem(_ variable: inout Variable?) {
        if layout == nil { exchangeUnplaced(&variable) } else { swap(&slots[Layout.itemSlot], &variable) }
    }

    private func exchangeUnplaced(_ variable: inout Variable?) {
        let outer = others[.item]
        others[.item] = variable
        variable = outer
    }

    /// Fills a slot of a new scope with a plain variable: that of the call before, where there is one.
    @inline(__always) func fill(_ slot: Int, _ name: String, _ value: Value) {
        if slot < spares.count, slot < slots.count, let spare = spares[slot], spare.name == name {
            spare.stored = value
            swap(&spares[slot], &slots[slot])
        } else {
            fill(slot, Variable(name, value))
        }
    }

    /// Fills a slot of a new scope.
    func fill(_ slot: Int, _ variable: Variable) {
        while slots.count <= slot { slots.append(nil) }
        slots[slot] = variable
    }

    func own(_ symbol: Symbol) -> Variable? {
        if let index = layout?.existing(symbol), index < slots.count { return slots[index] }
        return others.isEmpty ? nil : others[symbol]
    }

    func put(_ symbol: Symbol, _ variable: Variable?) {
        if let index = layout?.existing(symbol) {
            while slots.count <= index { slots.append(nil) }
            slots[index] = variable
        } else {
            others[symbol] = variable
        }
    }

    package var ownVariables: [Variable] { slots.compactMap { $0 } + others.values }
    package var ownAliases: [AliasCommand] { Array(aliases.values) }

    // MARK: Look-up

    /// The variable as code in this scope sees it.
    package func find(_ symbol: Symbol) -> Variable? {
        var scope: Scope? = self
        while let current = scope {
            if let variable = current.own(symbol), current === self || !variable.options.contains(.private) {
                return variable
            }
            scope = current.parent
        }
        return nil
    }

    package func value(of symbol: Symbol) -> Value? { find(symbol)?.value }

    package var global: Scope {
        var scope = self
        while let parent = scope.parent { scope = parent }
        return scope
    }

    /// The scope of the script or module this code is part of; global at the prompt.
    package var script: Scope {
        var scope = self
        while scope.kind == .local, let parent = scope.parent { scope = parent }
        return scope
    }

    /// `-Scope 0` is this one, 1 its parent.
    package func ancestor(_ depth: Int) -> Scope? {
        var scope: Scope? = self
        var left = depth
        while left > 0, let inner = scope { (scope, left) = (inner.parent, left - 1) }
        return scope
    }

    // MARK: Writing

    /// `$x = value`: here, unless the name is visible from everywhere (`AllScope`).
    package func set(_ symbol: Symbol, to value: Value, _ runspace: Runspace) throws(Stop) {
        if let variable = own(symbol) { return try variable.assign(value, runspace) }
        if let inherited = find(symbol), !inherited.options.isDisjoint(with: [.allScope, .constant]) {
            return try inherited.assign(value, runspace)
        }
        put(symbol, Variable(symbol.name, value))
    }

    /// Sets without any check, for variables the engine itself keeps.
    func define(_ symbol: Symbol, _ value: Value) {
        if let variable = own(symbol) { variable.stored = value } else { put(symbol, Variable(symbol.name, value)) }
    }

    package func remove(_ symbol: Symbol) { put(symbol, nil) }

    func isWithin(_ other: Scope) -> Bool {
        var scope: Scope? = self
        while let current = scope {
            if current === other { return true }
            scope = current.parent
        }
        return false
    }
}

/// A tree of scopes with a current one: the global session's, or a module's. A function's new scope has its own session's current
/// scope as parent, which is what makes scoping dynamic within a session and keeps modules apart.
package final class Session {
    private(set) var top: Scope!
    var current: Scope!
    weak var module: ScriptModule?
    let link = SessionLink()

    init(parent: Scope?, module: ScriptModule? = nil) {
        self.module = module
        unsafe link.session = self
        top = Scope(parent: parent, kind: parent == nil ? .global : .script, session: self)
        current = top
    }

    /// Makes another scope the current one and gives back the one that was.
    @inline(__always) func exchangeCurrent(_ scope: inout Scope?) { swap(&current, &scope) }

    @inline(__always) func isCurrent(_ scope: Scope) -> Bool { current === scope }

    /// Lets go of all that the session's top scope holds, functions and blocks that hold the session among it.
    func end() {
        top.layout?.forgetCalls()
        top.clear()
        current = top
    }

    deinit { unsafe link.session = nil }
}

/// How scopes know their session without owning it (it owns its top scope), and without the counting that `weak` and `unowned`
/// cost in every call.
final class SessionLink {
    // SAFETY: set by the session itself, and cleared when it goes; all on the one thread of its runspace.
    unowned(unsafe) var session: Session?
}
