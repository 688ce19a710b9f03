/// Anything the language can hold: what variables contain, pipelines carry and commands emit.
///
/// Scalars are stored in place; everything with identity is a reference. A value belongs to one runspace and stays on its
/// thread, which is why nothing here is `Sendable`.
package enum Value {
    /// `$null`: it can travel down a pipeline and be an element of an array.
    case null
    /// "No output at all" (`AutomationNull`): reads as `$null`, but a pipeline given it carries zero objects.
    case nothing
    case bool(Bool)
    case number(Number)
    /// One UTF-16 code unit, as in .NET.
    case char(UInt16)
    case string(String)
    case array(ArrayObject)
    case list(ListObject)
    case table(TableObject)
    case symbol(EnumValue)
    case date(DateTime)
    case span(TimeSpan)
    case guid(GUID)
    case version(VersionNumber)
    case type(RuntimeType)
    /// Script blocks, custom objects, noun objects, error records, exceptions, regular expressions …
    case object(Object)
}

extension Value {
    @inline(__always) package static func int(_ value: Int32) -> Value { .number(.int(value)) }
    @inline(__always) package static func long(_ value: Int64) -> Value { .number(.long(value)) }
    @inline(__always) package static func double(_ value: Double) -> Value { .number(.double(value)) }

    /// A count, as `System.Int32` where it fits.
    package static func count(_ value: Int) -> Value {
        Int32(exactly: value).map { .int($0) } ?? .long(Int64(value))
    }

    /// A new fixed-size `Object[]`.
    package static func array(_ elements: [Value]) -> Value { .array(ArrayObject(elements)) }

    package static func optional(_ text: String?) -> Value { text.map { .string($0) } ?? .null }

    /// `$null` or nothing.
    package var isNull: Bool {
        switch self {
        case .null, .nothing: true
        default: false
        }
    }

    package var isNothing: Bool {
        if case .nothing = self { true } else { false }
    }

    /// The text if the value is a string; no conversion.
    package var asString: String? {
        if case .string(let text) = plain { text } else { nil }
    }

    package var asObject: Object? {
        if case .object(let object) = self { object } else { nil }
    }

    package var asScriptBlock: ScriptBlock? { asObject as? ScriptBlock }

    /// What a pipeline enumerates: the elements of arrays and lists; `nil` for everything that travels as one object
    /// (strings and dictionaries among them).
    package var elements: [Value]? {
        switch self {
        case .array(let array): array.elements
        case .list(let list): list.elements
        case .object(let object): object.enumerated
        default: nil
        }
    }
}
