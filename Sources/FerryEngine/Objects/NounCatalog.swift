import Synchronization

/// The properties of each noun type that exists, by the type's name: what completion offers of objects nobody has made yet.
enum NounCatalog {
    private static let known = Mutex<[String: [(name: String, type: String)]]>([:])

    static func register(_ typeName: String, _ properties: [(name: String, type: String)]) {
        known.withLock { $0[typeName.folded] = properties }
    }

    static func properties(of typeName: String) -> [(name: String, type: String)] {
        known.withLock { $0[typeName.folded] ?? [] }
    }
}
