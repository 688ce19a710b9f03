/// What a format command was asked for; the default is what `Out-Default` does by itself.
package struct FormatRequest {
    package enum Kind { case automatic, table, list, wide, custom }

    package var kind = Kind.automatic
    /// The arguments of `-Property`; nil when it was not given.
    package var properties: [Value]?
    package var groupBy: Value?
    package var viewName: String?
    package var isAutoSized = false
    package var wraps = false
    package var hidesHeaders = false
    /// The header of a table is shown again on each screen.
    package var repeatsHeaders = false
    /// `-Expand`: what of a collection in the pipeline is shown, its elements or the collection itself.
    package enum Expansion { case elements, collection, both }
    package var expansion = Expansion.elements
    /// `-DisplayError`: a calculated property that fails shows `#ERR`.
    package var marksErrors = false
    /// `-ShowError`: its error is shown below the object.
    package var showsErrors = false
    /// Formats scalars too, instead of showing them as they are.
    package var force = false
    /// `Format-Wide -Column`; 0 when it was not given.
    package var wideColumns = 0

    /// `Format-Custom -Depth`: levels shown below an object.
    package var depth = 5

    package init(_ kind: Kind = .automatic) { self.kind = kind }
}
