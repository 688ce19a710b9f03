/// What formatting needs of the runspace: to read objects and to run the blocks of calculated properties.
package protocol FormatSource: AnyObject {
    var views: ViewSet { get }
    /// `$FormatEnumerationLimit`: elements shown of a collection; negative shows all.
    var enumerationLimit: Int { get }
    /// A property as `value.name` reads it; nil when there is none.
    func formatProperty(_ name: String, of value: Value) throws(Stop) -> Value?
    /// Every property, added ones included, in display order.
    func formatPropertyNames(of value: Value) -> [String]
    /// The properties that a type's additions name for display; nil where none do.
    func formatDisplayProperties(of value: Value) -> [String]?
    func formatEvaluate(_ block: ScriptBlock, item: Value) throws(Stop) -> Value
    /// The same for a block given as text.
    func formatEvaluate(source: String, item: Value) throws(Stop) -> Value
    /// `value` under a .NET format string, as the -f operator does it.
    func formatText(_ value: Value, format: String) throws(Stop) -> String
    /// - Throws: the call depth error when little of the thread's stack is left: collections may contain themselves.
    func checkDepth() throws(Stop)
    /// An error record as the error view in force shows it.
    func formatError(_ record: ErrorRecord) -> String
    /// Everything about an error: what Get-Error shows.
    func formatExtendedError(_ record: ErrorRecord) -> String
}
