/// What an object showed when it was looked at: its type names, its properties, its text. Objects of other runspaces and other
/// computers are such; they have no methods.
package final class SnapshotObject: Object {
    private let names: [String]
    private let shown: String
    private var properties: PropertyBag
    private var items: [Value]?

    /// - Parameters:
    ///   - typeNames: most derived first.
    ///   - text: what `ToString()` gave.
    ///   - elements: what a pipeline enumerates, if the object was a collection.
    package init(typeNames: [String], text: String, properties: PropertyBag, elements: [Value]? = nil) {
        names = typeNames
        shown = text
        self.properties = properties
        items = elements
    }

    deinit {
        ReleaseQueue.release(&properties, leaving: PropertyBag())
        if items != nil { ReleaseQueue.release(&items, leaving: nil) }
    }

    private static let type = RuntimeType("System.Management.Automation.PSObject", kind: .psObject)
    package override var typeName: RuntimeType { Self.type }
    package override var typeNames: [String] { insertedTypeNames + names }
    package override var text: String { shown }
    package override var enumerated: [Value]? { items }
    package override var propertyNames: [String] { properties.names }
    package override func property(_ name: String) throws(Stop) -> Value? { properties.note(name) }

    package override func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool {
        guard properties[name] != nil else { return false }
        properties[name] = .note(value)
        return true
    }

    package var elements: [Value]? { items }
}
