/// A value on its way from one runspace to another: a copy that no runspace holds, copied again for whoever opens it.
///
/// Collections, custom objects, error records and nouns arrive as what they were. Script blocks arrive without their session.
/// Objects that live in their runspace arrive as snapshots of their properties.
// SAFETY: the copy inside is made by `init`, reachable from nowhere else, and only read from then on.
package struct Parcel: @unchecked Sendable {
    private let value: Value

    package init(_ value: Value) {
        var copier = ValueCopier()
        self.value = copier.copy(value)
    }

    /// A copy of its own for the calling thread's runspace.
    package func open() -> Value {
        var copier = ValueCopier()
        return copier.copy(value)
    }
}
