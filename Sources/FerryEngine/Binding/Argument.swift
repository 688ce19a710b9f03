package import FerryLanguage

/// One word of a command line after evaluation, before binding.
package struct Argument {
    package enum Kind {
        case value(Value)
        /// `-Name`, or `-Name:value`.
        case parameter(String, Value?)
        /// A key of a splatted hashtable: gives way to the same parameter written out.
        case splatted(String, Value)
        case endOfParameters
        /// After `--%`.
        case verbatim(String)
    }

    package let kind: Kind
    /// As written, for native commands and for functions that take loose arguments.
    package let written: String?
    package let range: SourceRange?

    /// Unquoted, so that a program gets it with wildcards expanded.
    package let expands: Bool

    package init(value: Value, written: String? = nil, range: SourceRange? = nil, expands: Bool = false) {
        kind = .value(value)
        self.expands = expands
        self.written = written
        self.range = range
    }

    package init(_ kind: Kind, written: String? = nil, range: SourceRange? = nil) {
        self.kind = kind
        expands = false
        self.written = written
        self.range = range
    }
}
