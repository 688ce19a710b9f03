/// `$foreach`, `$switch`: where a loop is in its collection. A script that moves it on makes the loop skip.
package final class EnumeratorObject: Object {
    private var elements: [Value]
    private var position = -1

    init(_ elements: [Value]) { self.elements = elements }

    deinit { ReleaseQueue.release(&elements, leaving: []) }

    private static let type = RuntimeType("System.Collections.IEnumerator")
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] { ["Current"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        name.folded == "current" ? current : nil
    }

    var current: Value {
        guard elements.indices.contains(position) else { return .null }
        return elements[position].isNothing ? .null : elements[position]
    }

    func moveNext() -> Bool {
        if position < elements.count { position += 1 }
        return position < elements.count
    }

    /// What has not been passed yet.
    var rest: [Value] { Array(elements.dropFirst(position + 1)) }

    func reset() { position = -1 }

    static let members = TypeMembers("System.Collections.IEnumerator") {
        $0.method("MoveNext", "bool MoveNext()", 0...0) { call throws(Stop) in
            .bool((call.target.asObject as? EnumeratorObject)?.moveNext() ?? false)
        }
        $0.method("Reset", "void Reset()", 0...0) { call throws(Stop) in
            (call.target.asObject as? EnumeratorObject)?.reset()
            return .nothing
        }
    }
}
