import FerryEngine

/// What a call names of jobs or sessions: each once, in the order it is named.
struct ListedChoice<Item: AnyObject> {
    private let all: [Item]
    private(set) var chosen: [Item] = []
    private var known: Set<ObjectIdentifier> = []

    init(of all: [Item]) { self.all = all }

    /// Adds those that have the numbers or identifiers of `wanted`.
    ///
    /// - Parameter missing: reports one that nothing has.
    mutating func add<ID: Equatable>(_ wanted: [ID], by id: (Item) -> ID, missing: (ID) throws(Stop) -> Void)
        throws(Stop)
    {
        for wanted in wanted { if !take(where: { id($0) == wanted }) { try missing(wanted) } }
    }

    /// Adds those that have the names of `patterns`. A name with wildcards may be nothing's.
    mutating func add(named patterns: [String], by name: (Item) -> String, missing: (String) throws(Stop) -> Void)
        throws(Stop)
    {
        for wanted in patterns {
            let pattern = WildcardPattern(wanted)
            if !take(where: { pattern.matches(name($0)) }), !WildcardPattern.isPattern(wanted) { try missing(wanted) }
        }
    }

    /// Whether there is one.
    private mutating func take(where isWanted: (Item) -> Bool) -> Bool {
        var isFound = false
        for item in all where isWanted(item) {
            isFound = true
            if known.insert(ObjectIdentifier(item)).inserted { chosen.append(item) }
        }
        return isFound
    }
}
