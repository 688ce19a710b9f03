/// The base of everything that has identity and is neither a collection nor a dictionary.
///
/// Subclasses are `package` even where only the engine uses them: the compiler's stub for `init()` in an internal subclass is
/// diagnosed as calling itself.
///
/// A subclass says what type it is and what its own properties are; members every object has (`Add-Member`'s, inserted type
/// names) live here.
package class Object {
    /// Properties and script members added to this one object.
    package var added: PropertyBag?
    /// Put in front of the type's own names: `$o.PSObject.TypeNames.Insert(0, …)`, `[pscustomobject]@{PSTypeName=…}`.
    package var insertedTypeNames: [String] = []

    package init() {}

    deinit { if added != nil { ReleaseQueue.release(&added, leaving: nil) } }

    /// The .NET full name scripts see in `GetType().FullName`.
    package var typeName: RuntimeType { .object }

    /// Most derived first, inserted ones before all others.
    package var typeNames: [String] { insertedTypeNames + typeName.hierarchy }

    /// Puts members that are made when they are asked for among the added ones. Comes before those are listed or changed.
    package func gatherMembers() {}

    /// The object's own properties, in display order.
    package var propertyNames: [String] { [] }

    /// The object's own property, by case-insensitive name; `nil` if it has none of that name.
    package func property(_ name: String) throws(Stop) -> Value? { nil }

    /// Sets an own property. Returns `false` if there is none of that name.
    package func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool { false }

    /// The plain value inside, if the object is nothing but that value with members added to it.
    package var baseValue: Value? { nil }

    /// `ToString()`.
    package var text: String { typeName.fullName }

    /// The elements, if a pipeline enumerates the object.
    package var enumerated: [Value]? { nil }

    /// `Equals`: identity unless a subclass knows better.
    package func isEqual(to other: Object) -> Bool { self === other }
}
